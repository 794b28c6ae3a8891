frappe.ui.form.on("Productive Unit Follow-up", {
    setup(frm) {
        frm.set_query("productive_unit", () => ({ filters: { status: ["!=", "Closed"] } }));
    },
    sales: preview_income,
    costs: preview_income,
});

// A preview while typing; the server reckons the figure that is kept.
function preview_income(frm) {
    frm.set_value("income", flt(frm.doc.sales) - flt(frm.doc.costs));
}
