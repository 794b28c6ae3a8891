// What lists of ours show at a glance.
frappe.provide("social_crm.lists");

// On a laptop Frappe draws four columns, one of which is the hidden one of tags; what an administrator has set for the list counts.
social_crm.lists.show_columns = (list, count) => {
    if (list.view_name !== "List" || list.list_view_settings?.total_fields) return;
    list.list_view_settings = { ...list.list_view_settings, total_fields: count };
    list.setup_columns();
    list.render_header(true);
};

// On a phone a list shows the title alone, and the state as a dot: `say` adds to it what else must be seen.
social_crm.lists.say_on_phone = (list, say) => frappe.utils.is_xs() && social_crm.lists.say(list, say);

// What stands for the title: `say` is given it and the row.
social_crm.lists.say = (list, say) => {
    const field = list.meta.title_field;
    if (list.view_name !== "List" || !field) return;
    const { prepare_data } = list;
    list.prepare_data = function (answer) {
        prepare_data.call(this, answer);
        this.data.forEach((doc) => (doc[field] = say(doc[field] || doc.name, doc)));
    };
};

social_crm.lists.short_day = (day) => moment(day).format("DD/MM");

// In the filter of a list too the states are named as this kind of record is: another kind may have another gender.
social_crm.lists.name_states = (list, field, states) => {
    const filter = list.page.fields_dict[field];
    if (filter?.df.fieldtype !== "Select") return;
    filter.df.options = [{ value: "", label: "" }, ...states.map((value) => ({ value, label: __(value, null, list.doctype) }))];
    filter.refresh();
};
