frappe.ui.form.on("Microcredit Disbursement", {
    setup(frm) {
        frm.set_query("refinances", () => ({ filters: { beneficiary: frm.doc.beneficiary || "", status: ["in", ["Active", "In Arrears"]] } }));
    },
    async refresh(frm) {
        await frappe.require("microcredit.bundle.js");
        social_crm.microcredit.voucher_form(frm);
    },
});
