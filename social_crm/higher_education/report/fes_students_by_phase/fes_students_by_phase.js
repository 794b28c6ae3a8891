frappe.query_reports["FES Students by Phase"] = {
    filters: [
        {
            fieldname: "as_of",
            label: __("As of"),
            fieldtype: "Date",
            default: frappe.datetime.get_today(),
            reqd: 1,
        },
        {
            fieldname: "programme",
            label: __("Programme"),
            fieldtype: "Link",
            options: "Social Programme",
        },
        {
            fieldname: "community",
            label: __("Community"),
            fieldtype: "Link",
            options: "Community",
        },
    ],
};
