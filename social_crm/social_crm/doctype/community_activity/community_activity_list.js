frappe.listview_settings["Community Activity"] = {
    add_fields: ["status"],

    get_indicator(doc) {
        const colours = { Planned: "blue", Held: "green", Cancelled: "gray" };
        return [__(doc.status), colours[doc.status] || "gray", `status,=,${doc.status}`];
    },
};
