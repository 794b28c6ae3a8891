frappe.ui.form.on("Microcredit Repayment", {
    setup(frm) {
        frm.set_query("microcredit", () => ({ filters: { status: ["not in", ["Paid", "Pending", "Annulled"]] } }));
    },
    async refresh(frm) {
        await frappe.require("microcredit.bundle.js");
        social_crm.microcredit.voucher_form(frm);
    },
});
