frappe.listview_settings["Acta"] = {
    add_fields: ["status", "workflow_state"],
};
