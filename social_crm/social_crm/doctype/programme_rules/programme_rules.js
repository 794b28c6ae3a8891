frappe.ui.form.on("Programme Rules", {
    async onload(frm) {
        if (!frm.is_new() || frm.doc.source) return;
        // New rules usually change one figure: the others begin as they are now.
        const figures = frm.meta.fields
            .filter((field) => ["Int", "Float", "Check"].includes(field.fieldtype) || field.fieldname === "fes_caps_source")
            .map((field) => field.fieldname);
        const [present] = await frappe.db.get_list("Programme Rules", {
            fields: figures,
            order_by: "valid_from desc",
            limit: 1,
        });
        if (present) frm.set_value(present);
    },
});
