frappe.query_reports["Microcredit Portfolio at Risk"] = {
    filters: [
        { fieldname: "as_of", label: __("As of"), fieldtype: "Date", default: frappe.datetime.get_today(), reqd: 1 },
        { fieldname: "known_at", label: __("As known at"), fieldtype: "Datetime" },
        {
            fieldname: "group_by",
            label: __("Divided by"),
            fieldtype: "Select",
            options: ["Community", "Credit Officer", "Programme", "Product"],
            default: "Community",
            reqd: 1,
        },
        { fieldname: "community", label: __("Community"), fieldtype: "Link", options: "Community" },
        { fieldname: "programme", label: __("Programme"), fieldtype: "Link", options: "Social Programme" },
        { fieldname: "credit_officer", label: __("Credit Officer"), fieldtype: "Link", options: "User" },
        { fieldname: "product", label: __("Product"), fieldtype: "Link", options: "Microcredit Product" },
        { fieldname: "currency", label: __("Currency"), fieldtype: "Link", options: "Currency" },
    ],
    formatter(value, row, column, data, standard) {
        const text = standard(value, row, column, data);
        return data && data.is_total ? `<b>${column.fieldname === "group_key" ? data.group_label : text}</b>` : text;
    },
};
