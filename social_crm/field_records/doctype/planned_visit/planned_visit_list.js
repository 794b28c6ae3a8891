frappe.listview_settings["Planned Visit"] = {
    add_fields: ["status", "visit_date"],
    // The map of the platform would put a visit without a place into the sea off Africa.
    get_coords_method: "social_crm.field_records.services.visits.map_points",
    get_indicator(doc) {
        if (doc.status === "Done") return [__("Done"), "green", "status,=,Done"];
        if (doc.status === "Cancelled") return [__("Cancelled"), "gray", "status,=,Cancelled"];
        const late = doc.visit_date < frappe.datetime.get_today();
        return [__("Planned"), late ? "red" : "orange", "status,=,Planned"];
    },
};
