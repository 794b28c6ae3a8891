frappe.listview_settings["Microcredit Alert Rule"] = {
    add_fields: ["enabled"],
    hide_name_column: true,
    get_indicator(doc) {
        return doc.enabled ? [__("In Use"), "green", "enabled,=,1"] : [__("Not in Use"), "gray", "enabled,=,0"];
    },
};
