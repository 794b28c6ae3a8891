frappe.listview_settings["Beneficiary"] = {
    add_fields: ["status"],

    get_indicator(doc) {
        const colours = { Active: "green", Deceased: "gray", Merged: "gray", Inactive: "orange" };
        return [__(doc.status), colours[doc.status] || "gray", `status,=,${doc.status}`];
    },
};
