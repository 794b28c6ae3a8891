// Two records of one person become one.

const METHODS = "social_crm.social_crm.services.person_merge";

async function show_preview(dialog, duplicate) {
    const target = dialog.get_value("target");
    // Leaving the field says again what was chosen: what is shown already stays.
    if (dialog.previewed === target) return;
    dialog.previewed = target;
    const box = dialog.fields_dict.preview.$wrapper.empty();
    if (!target) return;
    const found = await frappe.xcall(`${METHODS}.preview`, { duplicate, target });
    if (dialog.previewed !== target) return;
    const rows = Object.entries(found.counts)
        .map(([doctype, count]) => `<li>${frappe.utils.escape_html(__(doctype))}: <b>${count}</b></li>`)
        .join("");
    box.html(
        `<p>${__("These records of {0} will belong to {1}:", [
            frappe.utils.escape_html(found.duplicate).bold(),
            frappe.utils.escape_html(found.target).bold(),
        ])}</p><ul>${rows || `<li>${__("None")}</li>`}</ul>`
    );
    if (found.twice.length) {
        const pairs = found.twice.map((line) => `<li>${frappe.utils.escape_html(line)}</li>`).join("");
        box.append(`<div class="alert alert-warning"><p>${frappe.utils.escape_html(found.in_the_way)}</p><ul>${pairs}</ul></div>`);
    }
}

export function merge_duplicate(frm) {
    const dialog = new frappe.ui.Dialog({
        title: __("Merge a Duplicate"),
        fields: [
            {
                fieldname: "target",
                fieldtype: "Link",
                options: "Beneficiary",
                label: __("Record that remains"),
                description: __("This record, {0}, is the duplicate and will only point to the other.", [frm.doc.full_name]),
                reqd: 1,
                get_query: () => ({ filters: { name: ["!=", frm.doc.name], status: ["!=", "Merged"] } }),
                onchange: () => show_preview(dialog, frm.doc.name),
            },
            { fieldname: "preview", fieldtype: "HTML" },
            { fieldname: "reason", fieldtype: "Small Text", label: __("Reason"), reqd: 1 },
        ],
        primary_action_label: __("Merge the Records"),
        async primary_action(values) {
            dialog.disable_primary_action();
            try {
                await frappe.xcall(`${METHODS}.merge`, {
                    duplicate: frm.doc.name,
                    target: values.target,
                    reason: values.reason,
                });
                dialog.hide();
                frappe.set_route("Form", "Beneficiary", values.target);
            } finally {
                dialog.enable_primary_action();
            }
        },
    });
    dialog.show();
}
