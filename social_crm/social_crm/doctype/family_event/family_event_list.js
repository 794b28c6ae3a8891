frappe.listview_settings["Family Event"] = {
    // The first column of a list shows a Select as it is stored.
    formatters: { event_type: (value) => __(value) },
};
