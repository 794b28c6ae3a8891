// A visit lies on a day, all day long: the hour, where one was agreed, stands in its form.
frappe.views.calendar["Planned Visit"] = {
    field_map: { start: "visit_date", end: "visit_date", id: "name", title: "title", status: "status" },
    fields: ["name", "title", "visit_date", "status"],
    get_css_class: (visit) => ({ Planned: "warning", Done: "success" })[visit.status] || "default",
    options: frappe.utils.is_xs() ? on_a_phone() : {},
};

// The days of a month are too narrow there for a name, and the platform cuts off the weeks that do not fit: the week as a list
// comes first. Each option has the name of the calendar of Frappe 15 and the one of 16.
function on_a_phone() {
    const buttons = { today: __("Today"), month: __("Month"), list: __("Week") };
    return {
        ...{ defaultView: "listWeek", header: { left: "prev, title, next", right: "today, listWeek, month" } },
        ...{ initialView: "listWeek", headerToolbar: { left: "prev,title,next", right: "today,listWeek,dayGridMonth" } },
        ...{ height: "auto", contentHeight: "auto", buttonText: { ...buttons, listWeek: __("Week"), dayGridMonth: __("Month") } },
    };
}
