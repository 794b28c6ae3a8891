frappe.ui.form.on("Psychosocial Activity", {
    setup(frm) {
        frm.set_query("professional", () => ({
            query: "social_crm.psychosocial.staff.professional_query",
        }));
    },

    onload(frm) {
        if (frm.is_new() && !frm.doc.professional && frappe.user.has_role("Psychosocial Professional")) {
            if (frappe.session.user !== "Administrator") {
                frm.set_value("professional", frappe.session.user);
            }
        }
    },

    async psychosocial_case(frm) {
        if (!frm.doc.psychosocial_case) {
            return;
        }
        const fields = ["level", "beneficiary", "family", "community", "programme", "line_of_care"];
        const { message: found } = await frappe.db.get_value(
            "Psychosocial Case",
            frm.doc.psychosocial_case,
            fields
        );
        fields.forEach((field) => found[field] && frm.set_value(field, found[field]));
    },
});
