frappe.query_reports["Microcredit Collections Due"] = {
    filters: [
        { fieldname: "as_of", label: __("From Date"), fieldtype: "Date", default: frappe.datetime.get_today(), reqd: 1 },
        { fieldname: "until", label: __("To Date"), fieldtype: "Date", default: frappe.datetime.add_days(frappe.datetime.get_today(), 6), reqd: 1 },
        { fieldname: "known_at", label: __("As known at"), fieldtype: "Datetime" },
        {
            fieldname: "group_by",
            label: __("Added up by"),
            fieldtype: "Select",
            options: ["Microcredit", "Community", "Credit Officer"],
            default: "Microcredit",
            reqd: 1,
        },
        { fieldname: "community", label: __("Community"), fieldtype: "Link", options: "Community" },
        { fieldname: "credit_officer", label: __("Credit Officer"), fieldtype: "Link", options: "User" },
        { fieldname: "programme", label: __("Programme"), fieldtype: "Link", options: "Social Programme" },
        { fieldname: "currency", label: __("Currency"), fieldtype: "Link", options: "Currency" },
    ],
    formatter(value, row, column, data, standard) {
        const text = standard(value, row, column, data);
        return ["overdue", "days_late"].includes(column.fieldname) && value > 0 ? `<span class="text-danger">${text}</span>` : text;
    },
};
