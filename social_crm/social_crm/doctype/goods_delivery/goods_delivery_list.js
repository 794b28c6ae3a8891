frappe.listview_settings["Goods Delivery"] = {
    add_fields: ["status"],

    get_indicator(doc) {
        const colours = { Planned: "orange", Delivered: "green", Cancelled: "gray" };
        return [__(doc.status), colours[doc.status] || "gray", `status,=,${doc.status}`];
    },
};
