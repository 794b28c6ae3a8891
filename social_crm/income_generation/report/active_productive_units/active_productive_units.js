frappe.query_reports["Active Productive Units"] = {
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
    formatter: bold_total,
};

function bold_total(value, row, column, data, standard) {
    const text = standard(value, row, column, data);
    return data && data.bold ? `<b>${text}</b>` : text;
}
