frappe.query_reports["Portfolio"] = {
    filters: [
        { fieldname: "as_of", label: __("As of"), fieldtype: "Date", default: frappe.datetime.get_today(), reqd: 1 },
        { fieldname: "known_at", label: __("As known at"), fieldtype: "Datetime" },
        { fieldname: "programme", label: __("Programme"), fieldtype: "Link", options: "Social Programme" },
        { fieldname: "community", label: __("Community"), fieldtype: "Link", options: "Community" },
        { fieldname: "credit_officer", label: __("Credit Officer"), fieldtype: "Link", options: "User" },
        { fieldname: "only_arrears", label: __("Only in Arrears"), fieldtype: "Check" },
    ],
    formatter(value, row, column, data, standard) {
        const text = standard(value, row, column, data);
        return column.fieldname === "days_late" && data && data.days_late > 0 ? `<span class="text-danger">${text}</span>` : text;
    },
};
