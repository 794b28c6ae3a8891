frappe.listview_settings["Family"] = {
    add_fields: ["status", "after_cut_off"],

    get_indicator(doc) {
        const colours = { Active: "green", "Moved Away": "orange", Merged: "gray", Closed: "gray" };
        return [__(doc.status), colours[doc.status] || "gray", `status,=,${doc.status}`];
    },

    onload(listview) {
        if (!frappe.model.can_create("Family")) return;
        listview.page.add_inner_button(__("Register a Family"), async () => {
            await frappe.require(["people.bundle.js", "people.bundle.css"]);
            social_crm.people.register_family();
        });
    },
};
