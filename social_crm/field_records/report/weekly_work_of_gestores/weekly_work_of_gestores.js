frappe.query_reports["Weekly Work of Gestores"] = {
    filters: [
        { fieldname: "week", label: __("A Day of the Week"), fieldtype: "Date", default: frappe.datetime.get_today(), reqd: 1 },
        { fieldname: "gestor", label: __("Gestor"), fieldtype: "Link", options: "User" },
        { fieldname: "community", label: __("Community"), fieldtype: "Link", options: "Community" },
    ],
    onload: social_crm.draw_bars_in,
};
