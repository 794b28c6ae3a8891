frappe.listview_settings["Productive Unit Follow-up"] = {
    add_fields: ["operating", "next_visit"],
    get_indicator(doc) {
        return doc.operating === "Yes"
            ? [__("Operating"), "green", "operating,=,Yes"]
            : [__("Not Operating"), "red", "operating,=,No"];
    },
};
