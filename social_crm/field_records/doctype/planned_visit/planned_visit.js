frappe.ui.form.on("Planned Visit", {
    setup(frm) {
        frm.set_query("template", () => ({ filters: { status: "Published" } }));
        frm.set_query("productive_unit", () => (frm.doc.family ? { filters: { family: frm.doc.family } } : {}));
        frm.set_query("beneficiary", () => (frm.doc.family ? { filters: { family: frm.doc.family } } : {}));
        frm.get_docfield("gestor").filter_description = __("Those who write actas and may see whom to visit.");
        // Those alone who may see whom they are to visit: a plan for others would be refused.
        frm.set_query("gestor", () => {
            const { family, productive_unit, community } = frm.doc;
            return { query: "social_crm.field_records.services.visitors.visitor_query", filters: { family, productive_unit, community } };
        });
    },
    onload(frm) {
        // Frappe fills the hour of a new record with the present one; nobody has said an hour yet.
        if (frm.is_new()) frm.doc.start_time = null;
        // Who plans for others chooses whom: the one who writes actas is proposed.
        if (frm.is_new() && !frm.doc.gestor && frappe.model.can_create("Acta")) frm.set_value("gestor", frappe.session.user);
    },
    refresh(frm) {
        if (!frm.is_new() && frm.doc.status === "Planned" && frappe.model.can_create("Acta")) {
            frm.add_custom_button(__("Write the Acta"), async () => {
                // The plan may name a version that a newer one has replaced since.
                const template = await frappe.xcall("social_crm.field_records.services.visits.template_to_write", { visit: frm.doc.name });
                frappe.new_doc("Acta", {
                    template,
                    family: frm.doc.family,
                    beneficiary: frm.doc.beneficiary,
                    productive_unit: frm.doc.productive_unit,
                    community: frm.doc.community,
                });
            }).addClass("btn-primary");
        }
    },
});
