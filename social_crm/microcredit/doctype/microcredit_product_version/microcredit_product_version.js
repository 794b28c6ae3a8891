// Shows the stored terms as a table of labels and values.
frappe.ui.form.on("Microcredit Product Version", {
    refresh(frm) {
        frm.disable_form();
        const wrapper = frm.get_field("terms_html").$wrapper.empty();
        if (!frm.doc.terms) return;
        const esc = (text) => frappe.utils.escape_html(String(text));
        const terms = JSON.parse(frm.doc.terms);
        frappe.model.with_doctype("Microcredit Product", () => {
            const show = (value) => (Array.isArray(value) ? value.map((row) => Object.values(row).map((item) => __(String(item))).join(" · ")).join("; ") : __(String(value)));
            const rows = frappe
                .get_meta("Microcredit Product")
                .fields.filter((field) => field.fieldname in terms && String(terms[field.fieldname]) !== "" && String(terms[field.fieldname]) !== "0")
                .map((field) => `<tr><td class="text-muted">${esc(__(field.label))}</td><td>${esc(show(terms[field.fieldname]))}</td></tr>`)
                .join("");
            wrapper.html(`<table class="table table-sm"><tbody>${rows}</tbody></table>`);
        });
    },
});
