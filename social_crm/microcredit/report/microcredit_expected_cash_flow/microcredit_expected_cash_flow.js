frappe.query_reports["Microcredit Expected Cash Flow"] = {
    filters: [
        { fieldname: "as_of", label: __("As of"), fieldtype: "Date", default: frappe.datetime.get_today(), reqd: 1 },
        { fieldname: "known_at", label: __("As known at"), fieldtype: "Datetime" },
        { fieldname: "period", label: __("Period"), fieldtype: "Select", options: ["Month", "Quarter", "Year"], default: "Month", reqd: 1 },
        { fieldname: "community", label: __("Community"), fieldtype: "Link", options: "Community" },
        { fieldname: "programme", label: __("Programme"), fieldtype: "Link", options: "Social Programme" },
        { fieldname: "credit_officer", label: __("Credit Officer"), fieldtype: "Link", options: "User" },
        { fieldname: "product", label: __("Product"), fieldtype: "Link", options: "Microcredit Product" },
        { fieldname: "currency", label: __("Currency"), fieldtype: "Link", options: "Currency" },
    ],
};
