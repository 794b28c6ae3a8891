// Previews the new schedule; every rule is checked by the server.
frappe.ui.form.on("Microcredit Restructuring", {
    setup(frm) {
        frm.set_query("microcredit", () => ({ filters: { status: ["in", ["Active", "In Arrears"]] } }));
    },
    async refresh(frm) {
        await frappe.require("microcredit.bundle.js");
        social_crm.microcredit.voucher_form(frm);
        preview(frm);
    },
    before_workflow_action(frm) {
        return social_crm.microcredit.before_reversal(frm);
    },
    microcredit: preview,
    restructured_on: preview,
    method: preview,
    frequency: preview,
    periods: preview,
    monthly_rate: preview,
    first_due: preview,
    principal_grace: preview,
    arrears_mode: preview,
});

const ASKED = ["microcredit", "restructured_on", "method", "frequency", "periods", "monthly_rate", "first_due", "principal_grace", "arrears_mode"];

async function preview(frm) {
    const field = frm.get_field("schedule_html");
    if (!frm.doc.microcredit || !frm.doc.periods || !frm.doc.first_due || !social_crm.microcredit) return;
    if (frm.doc.docstatus) {
        const text = __("The schedule in force and its versions are in the microcredit.");
        field.$wrapper.html(`<p class="text-muted">${text} ${frappe.utils.get_form_link("Microcredit", frm.doc.microcredit, true)}</p>`);
        return;
    }
    const asked = Object.fromEntries(ASKED.map((name) => [name, frm.doc[name]]));
    try {
        const shown = await social_crm.microcredit.ask("restructuring.preview_restructuring", asked);
        field.$wrapper.html(social_crm.microcredit.restructured(shown, frm.doc.currency));
    } catch (error) {
        field.$wrapper.html(`<div class="alert alert-warning">${error.message}</div>`);
    }
}
