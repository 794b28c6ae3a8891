frappe.listview_settings["Productive Unit"] = {
    add_fields: ["status", "last_follow_up", "next_visit"],
    hide_name_column: true,
    get_indicator(doc) {
        const colours = {
            Active: "green",
            Unverified: "orange",
            "Not Operating": "red",
            Closed: "gray",
            "Not Started": "blue",
        };
        return [__(doc.status), colours[doc.status] || "gray", `status,=,${doc.status}`];
    },
};
