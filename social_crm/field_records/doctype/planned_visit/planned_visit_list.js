frappe.listview_settings["Planned Visit"] = {
    add_fields: ["status", "visit_date"],
    hide_name_column: true,
    onload(list) {
        social_crm.lists.show_columns(list, 6);
        social_crm.lists.say_on_phone(list, (title, doc) => `${social_crm.lists.short_day(doc.visit_date)} · ${title}`);
    },
    // The map of the platform would put a visit without a place into the sea off Africa.
    get_coords_method: "social_crm.field_records.services.visits.map_points",
    get_indicator(doc) {
        if (doc.status === "Done") return [__("Done"), "green", "status,=,Done"];
        if (doc.status === "Cancelled") return [__("Cancelled"), "gray", "status,=,Cancelled"];
        const late = doc.visit_date < frappe.datetime.get_today();
        return [__("Planned"), late ? "red" : "orange", "status,=,Planned"];
    },
};
