frappe.query_reports["Actas Overview"] = {
    filters: [
        {
            fieldname: "group_by",
            label: __("Group by"),
            fieldtype: "Select",
            options: ["Community", "Family", "Gestor", "Acta Template"].map((value) => ({ value, label: __(value) })),
            default: "Community",
            reqd: 1,
        },
        { fieldname: "from_date", label: __("From"), fieldtype: "Date" },
        { fieldname: "to_date", label: __("Until"), fieldtype: "Date" },
        { fieldname: "community", label: __("Community"), fieldtype: "Link", options: "Community" },
        { fieldname: "gestor", label: __("Gestor"), fieldtype: "Link", options: "User" },
        { fieldname: "template", label: __("Acta Template"), fieldtype: "Link", options: "Acta Template" },
        { fieldname: "programme", label: __("Programme"), fieldtype: "Link", options: "Social Programme" },
    ],
    onload: social_crm.draw_bars_in,
};
