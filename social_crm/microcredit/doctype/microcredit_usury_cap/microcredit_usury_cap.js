frappe.ui.form.on("Microcredit Usury Cap", {
    refresh(frm) {
        const facts = ["modality", "valid_from", "valid_to", "ibc", "cap"];
        facts.forEach((field) => frm.set_df_property(field, "read_only", frm.is_new() ? 0 : 1));
        if (frm.doc.is_withdrawn) {
            frm.set_intro(__("This cap was registered by mistake and does not count any more."), "orange");
        } else if (!frm.is_new() && frm.perm[0].write) {
            frm.add_custom_button(__("Withdraw"), () => withdraw(frm));
        }
    },
});

function withdraw(frm) {
    frappe.prompt(
        [
            {
                fieldtype: "Small Text",
                fieldname: "reason",
                label: __("Reason"),
                reqd: 1,
                description: __("The cap stays, with this reason, and counts no more from now on. Then register the right one."),
            },
        ],
        async ({ reason }) => {
            await frappe.call({
                method: "social_crm.microcredit.services.cap_register.withdraw",
                args: { name: frm.doc.name, reason },
                freeze: true,
            });
            await frm.reload_doc();
        },
        __("Withdraw this cap"),
        __("Withdraw"),
    );
}
