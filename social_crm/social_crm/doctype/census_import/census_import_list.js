frappe.listview_settings["Census Import"] = {
    get_indicator(doc) {
        const colours = {
            Draft: "gray",
            Checking: "orange",
            Ready: "blue",
            Loading: "orange",
            Finished: "green",
            Cancelled: "yellow",
            Failed: "red",
        };
        return [__(doc.status), colours[doc.status], `status,=,${doc.status}`];
    },
};
