frappe.ui.form.on("Microcredit Repayment", {
    setup(frm) {
        frm.set_query("microcredit", () => ({ filters: { status: ["!=", "Paid"] } }));
    },
    refresh(frm) {
        if (frm.doc.docstatus === 1 && frappe.model.can_cancel("Microcredit Repayment")) {
            frm.add_custom_button(__("Reverse"), () => ask_for_reason(frm));
        }
    },
});

function ask_for_reason(frm) {
    frappe.prompt(
        [{ fieldtype: "Small Text", fieldname: "reason", label: __("Reason for the Reversal"), reqd: 1 }],
        ({ reason }) =>
            frappe
                .call({
                    method: "social_crm.microcredit.services.repayments.reverse_repayment",
                    args: { repayment: frm.doc.name, reason },
                    freeze: true,
                })
                .then(() => frm.reload_doc()),
        __("Reverse Repayment"),
        __("Reverse")
    );
}
