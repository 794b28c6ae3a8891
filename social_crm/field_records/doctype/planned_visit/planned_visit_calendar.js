// A visit lies on a day, all day long: the hour, where one was agreed, stands in its form.
frappe.views.calendar["Planned Visit"] = {
    field_map: { start: "visit_date", end: "visit_date", id: "name", title: "title", status: "status" },
    fields: ["name", "title", "visit_date", "status"],
    get_css_class: (visit) => ({ Planned: "warning", Done: "success" })[visit.status] || "default",
    options: { eventDataTransform: all_day_long, eventDrop: put_on_the_day, ...(frappe.utils.is_xs() ? on_a_phone() : {}) },
};

// Frappe 16 would draw a day without an hour as an hour after midnight.
function all_day_long(visit) {
    return { ...visit, allDay: true };
}

// Frappe 16 moves only what has an hour. Its calendar hands over one object, the one before it the visit and how to take it back.
function put_on_the_day(info, delta, take_back) {
    const visit = info.event || info;
    const day = (visit.startStr || visit.start.format()).slice(0, 10);
    frappe.db.set_value("Planned Visit", visit.id, "visit_date", day).catch(info.revert || take_back);
}

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
