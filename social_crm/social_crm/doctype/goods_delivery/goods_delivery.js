frappe.ui.form.on("Goods Delivery", {
    setup(frm) {
        frm.set_query("family", () => ({ filters: { status: ["in", ["Active", "Moved Away"]] } }));
        frm.set_query("beneficiary", (doc) => ({ filters: doc.family ? { family: doc.family } : {} }));
    },

    onload(frm) {
        if (frm.is_new() && !frm.doc.responsible) frm.set_value("responsible", frappe.session.user);
    },

    refresh(frm) {
        frm.set_intro("");
        if (!frm.is_new() && frm.doc.status === "Planned") {
            frm.set_intro(
                __("Attach the evidence or let the recipient sign, then set the status to Delivered."),
                "blue"
            );
        }
    },
});

// Only a preview: the server computes the values exactly.
function preview(frm) {
    for (const row of frm.doc.items || []) row.total_value = flt((row.quantity || 0) * (row.unit_value || 0), 2);
    frm.doc.total_value = flt((frm.doc.items || []).reduce((sum, row) => sum + row.total_value, 0), 2);
    frm.refresh_field("items");
    frm.refresh_field("total_value");
}

frappe.ui.form.on("Goods Delivery Item", { quantity: preview, unit_value: preview, items_remove: preview });
