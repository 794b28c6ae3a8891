frappe.ui.form.on("Microcredit Fund", {
    refresh(frm) {
        if (frm.is_new()) return;
        draw_movements(frm);
        if (frm.doc.status === "Open" && frappe.model.can_write("Microcredit Fund")) {
            frm.add_custom_button(__("Add Money"), () => move(frm, "contribute")).addClass("btn-primary");
            frm.add_custom_button(__("Withdraw Money"), () => move(frm, "withdraw"));
        }
    },
});

function money(frm, value) {
    return format_currency(value, frm.doc.currency, frm.doc.currency === "COP" ? 0 : 2);
}

function draw_movements(frm) {
    frappe
        .call({ method: "social_crm.microcredit.services.funds.latest_movements", type: "GET", args: { fund: frm.doc.name } })
        .then(({ message }) => {
            const rows = (message || [])
                .map(
                    (row) => `<tr><td class="text-nowrap">${frappe.datetime.str_to_user(row.day)}</td><td>${__(row.kind)}</td>
                    <td class="text-right ${row.amount < 0 ? "text-danger" : ""}">${money(frm, row.amount)}</td>
                    <td class="text-right text-nowrap">${money(frm, row.balance_after)}</td><td>${row.ledger_entry || ""}</td></tr>`
                )
                .join("");
            frm.get_field("movements_html").$wrapper.html(
                rows
                    ? `<div class="table-responsive"><table class="table table-bordered table-sm"><thead><tr><th>${__("Day")}</th><th>${__("Kind")}</th>
                    <th class="text-right text-nowrap">${__("Amount")}</th><th class="text-right text-nowrap">${__("Balance after it")}</th><th>${__("Ledger Entry")}</th></tr></thead>
                    <tbody>${rows}</tbody></table></div>`
                    : `<p class="text-muted">${__("No movements yet.")}</p>`
            );
        });
}

function move(frm, method) {
    const adds = method === "contribute";
    const after = (dialog) => {
        const amount = flt(dialog.get_value("amount")) * (adds ? 1 : -1);
        dialog.fields_dict.preview.$wrapper.html(
            `<p>${__("Balance after it")}: <b>${money(frm, frm.doc.balance + amount)}</b></p>`
        );
    };
    const dialog = new frappe.ui.Dialog({
        title: adds ? __("Add Money") : __("Withdraw Money"),
        fields: [
            { fieldtype: "Currency", fieldname: "amount", label: __("Amount"), reqd: 1, onchange: () => after(dialog) },
            { fieldtype: "Date", fieldname: "day", label: __("Day"), reqd: 1, default: frappe.datetime.get_today() },
            adds
                ? { fieldtype: "Data", fieldname: "reference", label: __("Reference") }
                : { fieldtype: "Small Text", fieldname: "reason", label: __("Reason"), reqd: 1 },
            { fieldtype: "HTML", fieldname: "preview" },
        ],
        primary_action_label: adds ? __("Add Money") : __("Withdraw Money"),
        primary_action: ({ preview, ...values }) => {
            dialog.disable_primary_action();
            frappe
                .call({ method: `social_crm.microcredit.services.funds.${method}`, args: { fund: frm.doc.name, ...values }, freeze: true })
                .then(() => {
                    dialog.hide();
                    frm.reload_doc();
                })
                .catch(() => dialog.enable_primary_action());
        },
    });
    dialog.show();
}
