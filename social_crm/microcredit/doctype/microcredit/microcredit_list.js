frappe.listview_settings["Microcredit"] = {
    add_fields: ["status", "days_late"],
    get_indicator(doc) {
        const colours = { Active: "blue", "In Arrears": "red", Paid: "green", Pending: "orange", "Written Off": "gray", Annulled: "gray" };
        return [__(doc.status), colours[doc.status], `status,=,${doc.status}`];
    },
};
