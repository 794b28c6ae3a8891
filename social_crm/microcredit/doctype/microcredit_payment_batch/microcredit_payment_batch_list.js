frappe.listview_settings["Microcredit Payment Batch"] = {
    get_indicator(doc) {
        const colours = {
            Draft: "gray",
            Checking: "orange",
            Ready: "blue",
            "Being Posted": "orange",
            Finished: "green",
            Cancelled: "yellow",
            Failed: "red",
        };
        if (doc.status === "Finished" && doc.pending_amount) return [__("Pending"), "yellow", "pending_amount,>,0"];
        return [__(doc.status), colours[doc.status], `status,=,${doc.status}`];
    },
    add_fields: ["pending_amount"],
};
