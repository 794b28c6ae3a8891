frappe.ui.form.on("Acta Template", {
    refresh(frm) {
        const change = (label, status) =>
            frm.add_custom_button(label, () =>
                frappe
                    .call("social_crm.field_records.services.templates.set_status", { template: frm.doc.name, status })
                    .then(() => frm.reload_doc())
            );
        if (frm.is_new()) return;
        if (frm.doc.status !== "Draft") {
            frm.disable_save();
            frm.set_intro(__("A published version never changes: make a new version of it."), "blue");
        }
        if (frappe.model.can_write("Acta Template")) {
            if (frm.doc.status === "Draft" && !frm.is_dirty()) change(__("Publish"), "Published");
            if (frm.doc.status === "Published") change(__("Withdraw"), "Withdrawn");
            if (frm.doc.status === "Withdrawn") change(__("Publish"), "Published");
            if (frm.doc.status !== "Draft") frm.add_custom_button(__("New Version"), () => make_version(frm));
        }
        draw_preview(frm);
    },
});

function make_version(frm) {
    frappe
        .call("social_crm.field_records.services.templates.new_version", { template: frm.doc.name })
        .then(({ message }) => frappe.set_route("Form", "Acta Template", message));
}

function draw_preview(frm) {
    const line = (row) => {
        if (row.field_type.startsWith("end_")) return "</div>";
        const label = frappe.utils.escape_html(row.label || row.field_name || "");
        if (row.field_type.startsWith("begin_")) return `<div class="border-left pl-3 mb-3"><h5>${label}</h5>`;
        const choices = (frm.doc.choices || [])
            .filter((choice) => choice.list_name === row.choice_list)
            .map((choice) => frappe.utils.escape_html(choice.label));
        const required = row.required ? ' <span class="text-danger">*</span>' : "";
        const detail = choices.length ? `<div class="text-muted small">${choices.join(" · ")}</div>` : "";
        const relevant = row.relevant ? `<div class="text-muted small">${__("Only if")} ${frappe.utils.escape_html(row.relevant)}</div>` : "";
        return `<div class="mb-2">${label}${required}${detail}${relevant}</div>`;
    };
    frm.get_field("preview_html").$wrapper.html((frm.doc.questions || []).map(line).join(""));
}
