frappe.listview_settings["Microcredit"] = {
    add_fields: ["status", "days_late"],
    get_indicator(doc) {
        const colour = { Active: "blue", "In Arrears": "red", Paid: "green" }[doc.status];
        return [__(doc.status), colour, `status,=,${doc.status}`];
    },
};
