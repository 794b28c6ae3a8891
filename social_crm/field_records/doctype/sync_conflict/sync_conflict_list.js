frappe.listview_settings["Sync Conflict"] = {
    add_fields: ["status"],
    onload: (list) => social_crm.lists.show_columns(list, 6),
    get_indicator(doc) {
        return doc.status === "Open" ? [__("Open"), "red", "status,=,Open"] : [__("Resolved"), "green", "status,=,Resolved"];
    },
};
