frappe.ui.form.on("Microcredit Journal Posting", {
    async refresh(frm) {
        frm.disable_save();
        frm.fields_dict.lines_html.$wrapper.html(lines_of(frm.doc));
        const act = (method, args) =>
            frappe
                .call({ method: `social_crm.microcredit.services.accounting.actions.${method}`, args: { posting: frm.doc.name, ...args }, freeze: true })
                .then(() => frm.reload_doc());
        if (!frappe.user.has_role(["Social CRM Administrator", "System Manager"])) return;
        if (frm.doc.status === "Posted") {
            frm.add_custom_button(__("Take Back"), () =>
                frappe.prompt(
                    [{ fieldtype: "Small Text", fieldname: "reason", label: __("Reason"), reqd: 1 }],
                    ({ reason }) => act("take_back", { reason }),
                    __("Cancel the Journal Entry")
                )
            );
        }
        if (["Taken Back", "Failed"].includes(frm.doc.status)) frm.add_custom_button(__("Send Again"), () => act("send_again"));
    },
});

function lines_of(doc) {
    const esc = (value) => frappe.utils.escape_html(String(value ?? ""));
    const money = (value) => (Number(value) ? format_currency(value, doc.currency, doc.currency === "COP" ? 0 : 2) : "");
    const rows = JSON.parse(doc.lines || "[]").map(
        ([product, account, debit, credit]) =>
            `<tr><td>${esc(__(social_crm_account(account)))}</td><td>${esc(product)}</td><td class="text-right text-nowrap">${money(debit)}</td><td class="text-right text-nowrap">${money(credit)}</td></tr>`
    );
    return `<div class="table-responsive"><table class="table table-bordered table-sm"><thead><tr><th>${__("Neutral Account")}</th><th>${__("Product")}</th>
        <th class="text-right">${__("Debit")}</th><th class="text-right">${__("Credit")}</th></tr></thead><tbody>${rows.join("")}</tbody></table></div>`;
}

// The names under which the rules of accounts show them.
function social_crm_account(account) {
    const own = { surplus: "Surplus of Borrowers", write_off_loss: "Write-off Loss" };
    return own[account] || frappe.unscrub(account);
}
