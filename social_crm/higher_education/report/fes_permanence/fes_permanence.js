frappe.query_reports["FES Permanence"] = {
    filters: [
        {
            fieldname: "cut_off",
            label: __("Cut-off Date"),
            fieldtype: "Date",
            default: frappe.datetime.get_today(),
            reqd: 1,
        },
        {
            fieldname: "level",
            label: __("Level"),
            fieldtype: "Select",
            options: [
                { value: "System", label: __("System") },
                { value: "Institution", label: __("Institution") },
                { value: "Programme", label: __("Academic Programme") },
            ],
            default: "System",
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
    formatter: bold_total,
};

function bold_total(value, row, column, data, standard) {
    const text = standard(value, row, column, data);
    return data && data.bold ? `<b>${text}</b>` : text;
}
