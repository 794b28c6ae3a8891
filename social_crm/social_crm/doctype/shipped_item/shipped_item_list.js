frappe.listview_settings["Shipped Item"] = {
    add_fields: ["state", "kind", "item_name"],
    hide_name_column: true,

    onload(listview) {
        // The states are looked at anew: an item may have been edited since the last migrate.
        frappe.xcall("social_crm.shipping.choices.refresh_states").then(() => listview.refresh());
    },

    get_indicator(doc) {
        const colours = {
            Current: "green",
            Edited: "blue",
            "Update Available": "orange",
            Kept: "blue",
            Removed: "red",
            "Owned by the Site": "gray",
            "No Longer Shipped": "gray",
        };
        return [__(doc.state), colours[doc.state], `state,=,${doc.state}`];
    },

    formatters: {
        item_name: (value) => __(value),
    },
};
