frappe.query_reports["Follow-ups Overdue"] = {
    filters: [
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
