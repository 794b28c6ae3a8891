frappe.query_reports["Microcredit Roll Rates"] = {
    filters: [
        { fieldname: "first_day", label: __("From Date"), fieldtype: "Date", default: frappe.datetime.add_months(frappe.datetime.get_today(), -1), reqd: 1 },
        { fieldname: "as_of", label: __("To Date"), fieldtype: "Date", default: frappe.datetime.get_today(), reqd: 1 },
        { fieldname: "known_at", label: __("As known at"), fieldtype: "Datetime" },
        { fieldname: "community", label: __("Community"), fieldtype: "Link", options: "Community" },
        { fieldname: "programme", label: __("Programme"), fieldtype: "Link", options: "Social Programme" },
        { fieldname: "credit_officer", label: __("Credit Officer"), fieldtype: "Link", options: "User" },
        { fieldname: "product", label: __("Product"), fieldtype: "Link", options: "Microcredit Product" },
        { fieldname: "currency", label: __("Currency"), fieldtype: "Link", options: "Currency" },
    ],
    // What did not happen is an empty cell.
    formatter(value, row, column, data, standard) {
        if (column.fieldname.startsWith("to_") && data && !data[column.fieldname]) return "";
        return standard(value, row, column, data);
    },
};
