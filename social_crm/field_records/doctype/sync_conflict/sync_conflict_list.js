frappe.listview_settings["Sync Conflict"] = {
    add_fields: ["status"],
    get_indicator(doc) {
        return doc.status === "Open" ? [__("Open"), "red", "status,=,Open"] : [__("Resolved"), "green", "status,=,Resolved"];
    },
};
