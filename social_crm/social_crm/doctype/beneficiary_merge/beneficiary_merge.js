frappe.ui.form.on("Beneficiary Merge", {
    refresh(frm) {
        frm.disable_save();
        if (frm.is_new() || frm.doc.undone_on) return;
        frm.add_custom_button(__("Undo the Merge"), () =>
            frappe.confirm(__("Make two records of them again? Every record that moved goes back."), async () => {
                await frappe.xcall("social_crm.social_crm.services.person_merge.undo", { merge: frm.doc.name });
                frm.reload_doc();
            })
        );
    },
});
