// A visit lies on a day, all day long: the hour, where one was agreed, stands in its form.
frappe.views.calendar["Planned Visit"] = {
    field_map: { start: "visit_date", end: "visit_date", id: "name", title: "title", status: "status" },
    fields: ["name", "title", "visit_date", "status"],
    get_css_class: (visit) => ({ Planned: "warning", Done: "success" })[visit.status] || "default",
};
