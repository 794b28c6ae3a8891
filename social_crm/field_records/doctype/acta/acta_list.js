frappe.listview_settings["Acta"] = {
    add_fields: ["status", "workflow_state", "visit_date"],
    onload(list) {
        social_crm.lists.show_columns(list, 6);
        // Whom it is about before what it is: the end of a title does not fit there.
        const turned = (title) => title.split(" · ").reverse().join(" · ");
        social_crm.lists.say_on_phone(list, (title, doc) => `${social_crm.lists.short_day(doc.visit_date)} · ${turned(title)}`);
    },
};
