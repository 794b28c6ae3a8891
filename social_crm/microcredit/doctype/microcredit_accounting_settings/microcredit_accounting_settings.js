frappe.ui.form.on("Microcredit Accounting Settings", {
    async refresh(frm) {
        const { message: status } = await frappe.call("social_crm.microcredit.services.accounting.actions.status");
        frm.fields_dict.status_html.$wrapper.html(status_of(status));
        if (!status.on || !frm.perm[0]?.write) return;
        frm.add_custom_button(__("Send Now"), async () => {
            await frappe.call({ method: "social_crm.microcredit.services.accounting.actions.send_now", freeze: true });
            frappe.show_alert({ message: __("The journal is being sent in the background."), indicator: "green" });
        });
    },
});

function status_of(status) {
    const esc = frappe.utils.escape_html;
    if (!status.erpnext) {
        return `<p class="text-muted">${__("ERPNext is not installed on this site: the journal is exported as a spreadsheet from the report Microcredit Journal.")}</p>`;
    }
    const link = (state, label) =>
        `<a href="${frappe.utils.generate_route({ type: "doctype", name: "Microcredit Journal Posting", doc_view: "List" })}?status=${encodeURIComponent(state)}">${esc(label)}: <b>${status.counts[state] || 0}</b></a>`;
    const facts = [
        status.sent_until
            ? __("Sent until {0}.", [frappe.datetime.str_to_user(status.sent_until)])
            : __("Nothing has been sent yet."),
        __("{0} closed days wait.", [status.closed_days_waiting]),
    ];
    const problems = status.problems.map(
        (row) =>
            `<li><a href="${frappe.utils.get_form_link("Microcredit Journal Posting", row.name)}">${esc(row.name)}</a> ${frappe.datetime.str_to_user(row.day)}: ${esc(row.problem)}</li>`
    );
    return `<p>${facts.map(esc).join(" ")}</p><p>${link("Posted", __("Posted"))} · ${link("To Send", __("To Send"))} · ${link("Failed", __("Failed"))}</p>
        ${problems.length ? `<ul class="text-danger">${problems.join("")}</ul>` : ""}`;
}
