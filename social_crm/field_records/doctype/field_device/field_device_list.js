frappe.listview_settings["Field Device"] = {
    add_fields: ["status", "unsent", "last_sync", "wiped_on"],
    hide_name_column: true,
    onload(list) {
        social_crm.lists.show_columns(list, 7);
        social_crm.lists.say_on_phone(list, (label, doc) => `${label} · ${in_words(doc)}`);
        // Of an authorisation, which may be revoked too, the words have another gender.
        social_crm.lists.name_states(list, "status", ["Active", "Revoked"]);
    },
    formatters: {
        // How long ago: the moment itself is in the form.
        last_sync: (moment) => `<span title="${frappe.datetime.str_to_user(moment)}">${frappe.datetime.prettyDate(moment) || "—"}</span>`,
    },
    get_indicator: device_state,
};

const days_silent = (doc) => (doc.last_sync ? frappe.datetime.get_diff(frappe.datetime.now_datetime(), doc.last_sync) : 0);

function device_state(doc) {
    if (doc.status === "Revoked") {
        if (doc.wiped_on) return [__("Wiped"), "gray", "status,=,Revoked"];
        return [__("Revoked", null, "Field Device"), "red", "status,=,Revoked"];
    }
    if (days_silent(doc) > 7) return [__("Silent", null, "Field Device"), "orange", "status,=,Active"];
    if (doc.unsent) return [__("Pending"), "blue", "unsent,>,0"];
    return [__("Up to Date", null, "Field Device"), "green", "unsent,=,0"];
}

function in_words(doc) {
    const [state] = device_state(doc);
    // The worst is said: what a revoked device had not sent is lost.
    if (doc.status === "Revoked") return state;
    if (days_silent(doc) > 7) return __("No sync for {0} days", [days_silent(doc)]);
    return doc.unsent ? __("{0} unsent", [doc.unsent]) : state;
}
