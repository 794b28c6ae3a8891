frappe.listview_settings["Productive Unit"] = {
    add_fields: ["status", "last_follow_up", "next_visit"],
    formatters: {
        status(value) {
            const colours = {
                Active: "green",
                Unverified: "orange",
                "Not Operating": "red",
                Closed: "gray",
                "Not Started": "blue",
            };
            return `<span class="indicator-pill no-indicator-dot ${colours[value] || "gray"}">${__(value)}</span>`;
        },
    },
};
