frappe.listview_settings["Data Authorisation"] = {
    add_fields: ["status"],

    get_indicator(doc) {
        const colours = { "In Force": "green", Refused: "red", Revoked: "orange", Superseded: "gray" };
        return [__(doc.status), colours[doc.status] || "gray", `status,=,${doc.status}`];
    },
};
