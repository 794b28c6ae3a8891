frappe.ui.form.on("Microcredit Write-off", {
    setup(frm) {
        frm.set_query("microcredit", () => ({ filters: { status: ["in", ["Active", "In Arrears"]] } }));
    },
    async refresh(frm) {
        await frappe.require("microcredit.bundle.js");
        social_crm.microcredit.voucher_form(frm);
    },
    before_workflow_action(frm) {
        return social_crm.microcredit.before_reversal(frm);
    },
});
