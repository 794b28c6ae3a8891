// The collection sheet of a meeting and applications for all members; every rule is checked by the server.
frappe.ui.form.on("Solidarity Group", {
    setup(frm) {
        frm.set_query("beneficiary", "members", () => ({ filters: { community: frm.doc.community || "" } }));
        frm.set_query("programme", () => ({ filters: { status: "Running" } }));
    },
    refresh(frm) {
        draw_sheet(frm, frappe.datetime.get_today());
        if (!frm.is_new() && frm.doc.status === "Active" && frappe.model.can_create("Microcredit Application")) {
            frm.add_custom_button(__("Apply for the Group"), () => apply(frm));
        }
    },
});

const esc = (text) => frappe.utils.escape_html(String(text ?? ""));

function draw_sheet(frm, day) {
    const wrapper = frm.get_field("sheet_html").$wrapper.empty();
    if (frm.is_new() || !frappe.model.can_read("Microcredit")) return;
    const group = frm.doc.name;
    frappe.call({ method: "social_crm.microcredit.services.groups.collection_sheet", args: { group, day } }).then(({ message }) => {
        // Another group may be open by the time that the answer is there.
        if (frm.doc.name !== group) return;
        wrapper.html(`<div class="sheet-day" style="max-width: 220px"></div>${sheet(message)}`);
        const control = frappe.ui.form.make_control({
            parent: wrapper.find(".sheet-day"),
            df: {
                fieldtype: "Date",
                label: __("Meeting Date"),
                onchange: () => control.get_value() && control.get_value() !== day && draw_sheet(frm, control.get_value()),
            },
            render_input: true,
        });
        control.set_value(day);
    });
}

function sheet({ rows, totals, currency }) {
    const money = (value) => (value ? format_currency(value, currency, currency === "COP" ? 0 : 2) : "—");
    const columns = ["due_now", "overdue", "to_collect", "balance"];
    const head = [__("Name"), __("Due at the Meeting"), __("Overdue"), __("To Collect"), __("Balance"), __("Answers for"), __("Signature")];
    const lines = rows
        .map(
            (row) => `<tr><td style="min-width: 150px">${row.loan ? `<a href="${frappe.utils.get_form_link("Microcredit", row.loan)}">${esc(row.beneficiary_name)}</a>` : esc(row.beneficiary_name)}
                ${row.days_late ? `<span class="indicator-pill red text-nowrap">${__("{0} days late", [row.days_late])}</span>` : ""}</td>
                ${columns.map((key) => `<td class="text-right text-nowrap">${money(row[key])}</td>`).join("")}
                <td class="text-right text-nowrap">${money(row.answers_for)}</td><td style="min-width: 110px"></td></tr>`
        )
        .join("");
    const note = totals.overdue
        ? __("{0} are overdue in the group: the members who are up to date answer for them.", [money(totals.overdue)])
        : __("Nothing is overdue in the group.");
    return `<p class="${totals.overdue ? "text-danger" : "text-muted"}">${note}</p>
        <div class="table-responsive"><table class="table table-bordered table-sm"><thead><tr>${head
            .map((text, index) => `<th class="${index && index < 6 ? "text-right" : ""}">${text}</th>`)
            .join("")}</tr></thead><tbody>${lines}
        <tr style="font-weight: 600"><td>${__("Total")}</td>${columns.map((key) => `<td class="text-right text-nowrap">${money(totals[key])}</td>`).join("")}<td></td><td></td></tr></tbody></table></div>`;
}

function apply(frm) {
    const today = frappe.datetime.get_today();
    const members = (frm.doc.members || []).filter((row) => row.from_date <= today && (!row.to_date || row.to_date >= today));
    const dialog = new frappe.ui.Dialog({
        title: __("Apply for the Group"),
        fields: [
            {
                fieldtype: "Link",
                fieldname: "product",
                label: __("Product"),
                options: "Microcredit Product",
                reqd: 1,
                get_query: () => ({ filters: { enabled: 1, borrower_kind: ["!=", "Person"] } }),
            },
            { fieldtype: "Int", fieldname: "periods", label: __("Requested Instalments"), reqd: 1 },
            { fieldtype: "Small Text", fieldname: "purpose", label: __("What the Money is for"), reqd: 1 },
            { fieldtype: "Section Break", fieldname: "amounts_section", label: __("Amount of each Member") },
            ...members.map((row, index) => ({ fieldtype: "Currency", fieldname: `amount_${index}`, label: esc(row.beneficiary_name || row.beneficiary) })),
        ],
        primary_action_label: __("Apply for the Group"),
        primary_action: (values) => {
            const amounts = {};
            members.forEach((row, index) => (amounts[row.beneficiary] = values[`amount_${index}`] || 0));
            dialog.disable_primary_action();
            frappe
                .call({
                    method: "social_crm.microcredit.services.groups.apply_for_group",
                    args: { group: frm.doc.name, product: values.product, periods: values.periods, purpose: values.purpose, amounts: JSON.stringify(amounts) },
                    freeze: true,
                })
                .then(() => {
                    dialog.hide();
                    frappe.set_route("List", "Microcredit Application", { solidarity_group: frm.doc.name });
                })
                .catch(() => dialog.enable_primary_action());
        },
    });
    dialog.show();
}
