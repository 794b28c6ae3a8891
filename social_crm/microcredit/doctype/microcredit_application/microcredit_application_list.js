frappe.listview_settings["Microcredit Application"] = {
    add_fields: ["status", "workflow_state"],
};
