frappe.listview_settings["Field Device"] = {
    add_fields: ["status", "unsent", "last_seen", "wiped_on"],
    hide_name_column: true,
    get_indicator(doc) {
        if (doc.status === "Revoked") {
            const text = doc.wiped_on ? __("Wiped") : __("Device Revoked");
            return [text, doc.wiped_on ? "gray" : "red", "status,=,Revoked"];
        }
        const days = doc.last_seen ? frappe.datetime.get_diff(frappe.datetime.now_datetime(), doc.last_seen) : 0;
        if (days > 7) return [__("No sync for {0} days", [days]), "orange", "status,=,Active"];
        if (doc.unsent) return [__("{0} unsent", [doc.unsent]), "blue", "unsent,>,0"];
        return [__("All is on the server"), "green", "unsent,=,0"];
    },
};
