const COMMITMENTS = "social_crm.social_crm.services.commitments";

frappe.ui.form.on("Commitment", {
    setup(frm) {
        frm.set_query("beneficiary", (doc) => ({ filters: doc.family ? { family: doc.family } : { status: "Active" } }));
        frm.set_query("family", (doc) => ({ filters: doc.community ? { community: doc.community } : {} }));
    },

    refresh(frm) {
        if (frm.is_new() || !frm.perm[0].write) return;
        const act = (method, args) => async () => {
            await frappe.xcall(`${COMMITMENTS}.${method}`, { commitment: frm.doc.name, ...args });
            frm.reload_doc();
        };
        if (frm.doc.status !== "Open") {
            frm.add_custom_button(__("Reopen"), act("reopen", {}));
            return;
        }
        frm.add_custom_button(__("Done"), () =>
            frappe.prompt(
                [
                    { fieldname: "done_on", fieldtype: "Date", label: __("Done on"), reqd: 1, default: frappe.datetime.get_today() },
                    { fieldname: "outcome", fieldtype: "Small Text", label: __("Outcome") },
                ],
                (values) => act("finish", values)(),
                __("Commitment Done"),
                __("Save")
            )
        ).addClass("btn-primary-light");
        frm.add_custom_button(__("Cancel Commitment"), () =>
            frappe.prompt(
                [{ fieldname: "reason", fieldtype: "Small Text", label: __("Reason"), reqd: 1 }],
                (values) => act("cancel", values)(),
                __("Cancel Commitment"),
                __("Save")
            )
        );
    },
});
