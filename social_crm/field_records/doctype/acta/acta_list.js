frappe.listview_settings["Acta"] = {
    add_fields: ["status", "visit_date"],
    onload(list) {
        social_crm.lists.show_columns(list, 6);
        // Whom it is about before what it is: the end of a title does not fit there.
        const turned = (title) => title.split(" · ").reverse().join(" · ");
        const dated = (title, doc) => `${social_crm.lists.short_day(doc.visit_date)} · ${turned(title)}`;
        social_crm.lists.say(list, frappe.utils.is_xs() ? dated : turned);
        social_crm.lists.name_states(list, "status", ["Draft", "Closed"]);
    },
    get_indicator(doc) {
        const colour = doc.status === "Closed" ? "green" : "orange";
        return [__(doc.status, null, "Acta"), colour, `status,=,${doc.status}`];
    },
};
