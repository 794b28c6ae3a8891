// Queries, previews and the disbursement dialog; every rule is checked by the server.
frappe.ui.form.on("Microcredit Application", {
    setup(frm) {
        frm.set_query("productive_unit", () => ({ filters: { beneficiary: frm.doc.beneficiary || "" } }));
        frm.set_query("programme", () => ({ filters: { status: "Running" } }));
    },
    refresh(frm) {
        preview_schedule(frm);
        if (frm.doc.microcredit) {
            frm.add_custom_button(__("Open Microcredit"), () => frappe.set_route("Form", "Microcredit", frm.doc.microcredit));
        }
    },
    before_workflow_action(frm) {
        // The action alone would disburse today; the dialog asks for the dates and calls the same service.
        if (frm.selected_workflow_action !== "Disburse") return Promise.resolve();
        frappe.dom.unfreeze();
        open_disbursement(frm);
        return new Promise(() => {});
    },
    beneficiary(frm) {
        frm.set_value("productive_unit", null);
    },
    requested_amount: preview_schedule,
    requested_periods: preview_schedule,
    monthly_rate: preview_schedule,
    approved_amount: preview_schedule,
    approved_periods: preview_schedule,
});

function preview_schedule(frm) {
    const amount = frm.doc.approved_amount || frm.doc.requested_amount;
    const periods = frm.doc.approved_periods || frm.doc.requested_periods;
    const field = frm.get_field("schedule_html");
    if (!(amount > 0) || !(periods > 0) || frm.doc.monthly_rate == null) {
        field.$wrapper.html(`<p class="text-muted">${__("The schedule shows here once amount, instalments and rate are filled.")}</p>`);
        return;
    }
    frappe.call({
        method: "social_crm.microcredit.services.applications.preview_schedule",
        args: { amount, periods, monthly_rate: frm.doc.monthly_rate },
        callback: ({ message }) => message && field.$wrapper.html(schedule_table(message)),
    });
}

function schedule_table(schedule) {
    const money = (value) => format_currency(value, frappe.boot.sysdefaults.currency, 0);
    const rows = schedule.rows
        .map(
            (row) => `<tr><td class="text-center">${row.number}</td><td>${frappe.datetime.str_to_user(row.due_date)}</td>
            <td class="text-right">${money(row.principal)}</td><td class="text-right">${money(row.interest)}</td>
            <td class="text-right">${money(row.total)}</td><td class="text-right">${money(row.balance)}</td></tr>`
        )
        .join("");
    return `<p class="text-muted">${__("If disbursed today: {0} of interest, {1} in all, {2} % effective a year.", [
        money(schedule.total_interest),
        money(schedule.total),
        format_number(schedule.effective_annual_rate, null, 2),
    ])}</p><div class="table-responsive"><table class="table table-bordered table-sm">
        <thead><tr><th class="text-center">${__("No.")}</th><th>${__("Due Date")}</th><th class="text-right">${__("Principal")}</th>
        <th class="text-right">${__("Interest")}</th><th class="text-right">${__("Instalment")}</th><th class="text-right">${__("Balance after it")}</th></tr></thead>
        <tbody>${rows}</tbody></table></div>`;
}

function open_disbursement(frm) {
    const today = frappe.datetime.get_today();
    const dialog = new frappe.ui.Dialog({
        title: __("Disburse"),
        fields: [
            {
                fieldtype: "HTML",
                fieldname: "summary",
                options: `<p>${__("{0} to {1}, in {2} monthly instalments.", [
                    format_currency(frm.doc.approved_amount, frappe.boot.sysdefaults.currency, 0),
                    frappe.utils.escape_html(frm.doc.beneficiary_name || frm.doc.beneficiary),
                    frm.doc.approved_periods,
                ])}</p>`,
            },
            { fieldtype: "Date", fieldname: "disbursed_on", label: __("Disbursed on"), reqd: 1, default: today },
            {
                fieldtype: "Date",
                fieldname: "first_due",
                label: __("First Due Date"),
                reqd: 1,
                default: frappe.datetime.add_months(today, 1),
            },
        ],
        primary_action_label: __("Disburse"),
        primary_action: (values) => {
            dialog.disable_primary_action();
            frappe
                .call({
                    method: "social_crm.microcredit.services.disbursement.disburse",
                    args: { application: frm.doc.name, ...values },
                    freeze: true,
                })
                .then(({ message }) => {
                    dialog.hide();
                    frappe.set_route("Form", "Microcredit", message);
                })
                .catch(() => dialog.enable_primary_action());
        },
    });
    dialog.fields_dict.disbursed_on.df.onchange = () =>
        dialog.set_value("first_due", frappe.datetime.add_months(dialog.get_value("disbursed_on"), 1));
    dialog.show();
}
