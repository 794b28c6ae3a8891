frappe.ui.form.on("Microcredit Payment Batch", {
    setup(frm) {
        frappe.realtime.on("microcredit_payment_progress", (message) => frm.payments?.on_progress(message));
    },

    async refresh(frm) {
        const locked = !frm.is_new() && ["Checking", "Being Posted", "Finished", "Cancelled"].includes(frm.doc.status);
        ["payment_file", "channel", "programme"].forEach((field) => frm.set_df_property(field, "read_only", locked ? 1 : 0));
        if (locked) frm.disable_save();
        else frm.enable_save();
        await frappe.require([
            "payment_batch.bundle.js",
            "census_import.bundle.css",
            "payment_batch.bundle.css",
        ]);
        if (frm.doc.total_rows) {
            const rows = () => frappe.set_route("List", "Microcredit Payment Row", { batch: frm.doc.name });
            frm.add_custom_button(__("All the rows"), rows);
        }
        frm.payments ??= new social_crm.microcredit.PaymentWorkbench(frm);
        await frm.payments.show();
    },
});
