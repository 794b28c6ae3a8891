// Dialogs of a loan: each asks, shows what the server says would happen, and sends. No rule is decided here.

frappe.provide("social_crm.microcredit");

const SERVICES = "social_crm.microcredit.services";
const CHANNELS = ["Cash", "Bank Deposit", "Bank Transfer", "Mobile Wallet", "Other"];
const esc = (text) => frappe.utils.escape_html(text || "");

function money(value, currency) {
    return format_currency(value, currency, currency === "COP" ? 0 : 2);
}

// A question to the server whose refusal is shown where it was asked, and not in a message of its own.
async function ask(method, args) {
    const given = Object.entries(args).filter(([, value]) => value !== undefined && value !== null && value !== "");
    const reply = await fetch(`/api/method/${SERVICES}.${method}?${new URLSearchParams(given)}`, {
        headers: { Accept: "application/json", "X-Frappe-CSRF-Token": frappe.csrf_token },
    });
    const answer = await reply.json();
    if (reply.ok) return answer.message;
    const messages = JSON.parse(answer._server_messages || "[]").map((text) => JSON.parse(text).message);
    throw new Error(messages.join(" ") || __("The preview is not possible."));
}

function schedule_table(rows, currency, first_new = 1) {
    const has_fees = rows.some((row) => row.fees);
    const cells = rows
        .map(
            (row) => `<tr${row.number < first_new ? ' class="text-muted"' : ""}><td class="text-center">${row.number}</td>
            <td class="text-nowrap">${frappe.datetime.str_to_user(row.due_date)}</td><td class="text-right text-nowrap">${money(row.principal, currency)}</td>
            <td class="text-right text-nowrap">${money(row.interest, currency)}</td>${has_fees ? `<td class="text-right text-nowrap">${money(row.fees, currency)}</td>` : ""}
            <td class="text-right text-nowrap">${money(row.total, currency)}</td><td class="text-right text-nowrap">${money(row.balance, currency)}</td></tr>`
        )
        .join("");
    return `<div class="table-responsive"><table class="table table-bordered table-sm"><thead><tr><th class="text-center">${__("No.")}</th>
        <th>${__("Due Date")}</th><th class="text-right text-nowrap">${__("Principal")}</th><th class="text-right text-nowrap">${__("Interest")}</th>
        ${has_fees ? `<th class="text-right text-nowrap">${__("Fees and Insurance")}</th>` : ""}<th class="text-right text-nowrap">${__("Instalment")}</th>
        <th class="text-right text-nowrap">${__("Balance after it")}</th></tr></thead><tbody>${cells}</tbody></table></div>`;
}

function figures(pairs, currency) {
    const cells = pairs
        .filter(([, value]) => value !== undefined && value !== null)
        .map(
            ([label, value]) =>
                `<tr><td>${label}</td><td class="text-right"><b>${typeof value === "number" ? money(value, currency) : esc(value)}</b></td></tr>`
        )
        .join("");
    return `<table class="table table-sm" style="margin-bottom: var(--margin-sm)"><tbody>${cells}</tbody></table>`;
}

// A dialog whose preview follows its fields. settings: title, fields, action, preview(values) -> html, send(values) -> promise.
function preview_dialog(settings) {
    let asked = 0;
    const refresh = frappe.utils.debounce(async () => {
        const mine = ++asked;
        const values = dialog.get_values(true);
        let html;
        try {
            html = await settings.preview(values);
        } catch (error) {
            html = `<div class="alert alert-warning microcredit-refusal">${error.message}</div>`;
        }
        if (mine === asked) dialog.fields_dict.preview.$wrapper.html(html);
    }, 300);
    const dialog = new frappe.ui.Dialog({
        title: settings.title,
        size: settings.size || "large",
        fields: [
            ...settings.fields.map((field) => ({ ...field, onchange: refresh })),
            { fieldtype: "Section Break", fieldname: "preview_section", label: __("What would happen") },
            { fieldtype: "HTML", fieldname: "preview" },
        ],
        primary_action_label: settings.action,
        primary_action: (values) => {
            // A second click must not send the money twice.
            dialog.disable_primary_action();
            settings
                .send(values)
                .then(() => dialog.hide())
                .catch(() => dialog.enable_primary_action());
        },
    });
    dialog.show();
    refresh();
    return dialog;
}

function paid_table(result, currency) {
    const paid = result.paid || {};
    const parts = [
        [__("Default Interest"), paid.default_interest],
        [__("Fees"), paid.fees],
        [__("Insurance"), paid.insurance],
        [__("Interest"), paid.interest],
        [__("Principal"), paid.principal],
    ].filter(([, value]) => value);
    return (
        figures(
            [
                ...parts,
                [__("Outstanding Principal after it"), result.balance],
                [__("Still to be Paid in all"), result.unpaid],
                [__("Status"), __(result.status)],
            ],
            currency
        ) + (result.rows.length ? `<h6>${__("Instalments to come")}</h6>${schedule_table(result.rows, currency)}` : "")
    );
}

// kind: "Payment", "Prepayment" or "Recovery"; payoff: offer what closes the loan on the day.
social_crm.microcredit.repay = function (frm, { kind, payoff = false, amount }) {
    const currency = frm.doc.currency;
    const title = payoff ? __("Pay off") : { Payment: __("Record Repayment"), Prepayment: __("Prepayment"), Recovery: __("Recovery") }[kind];
    const dialog = preview_dialog({
        title,
        action: title,
        fields: [
            { fieldtype: "Currency", fieldname: "amount", label: __("Amount"), reqd: 1, default: amount, read_only: payoff ? 1 : 0 },
            { fieldtype: "Date", fieldname: "paid_on", label: __("Paid on"), reqd: 1, default: frappe.datetime.get_today() },
            ...(kind === "Prepayment" && !payoff
                ? [
                      {
                          fieldtype: "Select",
                          fieldname: "prepayment_mode",
                          label: __("Effect of the Prepayment"),
                          reqd: 1,
                          default: "Shorten the Term",
                          options: ["Shorten the Term", "Lower the Instalment"],
                      },
                  ]
                : []),
            { fieldtype: "Column Break", fieldname: "channel_column" },
            { fieldtype: "Select", fieldname: "channel", label: __("Payment Channel"), reqd: 1, default: "Cash", options: CHANNELS },
            { fieldtype: "Data", fieldname: "reference", label: __("Payment Reference") },
            { fieldtype: "Small Text", fieldname: "notes", label: __("Notes") },
        ],
        preview: async (values) => {
            if (payoff && values.paid_on) {
                values.amount = await ask("schedules.payoff_on", { microcredit: frm.doc.name, day: values.paid_on });
                if (dialog.get_value("amount") !== values.amount) dialog.set_value("amount", values.amount);
            }
            if (!(values.amount > 0) || !values.paid_on) return `<p class="text-muted">${__("Write the amount and the date.")}</p>`;
            const { amount: paid, paid_on, prepayment_mode } = values;
            const mode = payoff ? "Shorten the Term" : prepayment_mode;
            const result = await ask("schedules.preview_payment", {
                microcredit: frm.doc.name,
                amount: paid,
                paid_on,
                kind,
                prepayment_mode: mode,
            });
            return paid_table(result, currency);
        },
        send: (values) =>
            frappe
                .call({
                    method: `${SERVICES}.repayments.record_repayment`,
                    args: {
                        microcredit: frm.doc.name,
                        kind,
                        ...values,
                        preview: undefined,
                        prepayment_mode: payoff ? "Shorten the Term" : values.prepayment_mode,
                    },
                    freeze: true,
                })
                .then(({ message }) => {
                    frappe.show_alert({
                        indicator: "green",
                        message: __("Repayment {0} recorded.", [frappe.utils.get_form_link("Microcredit Repayment", message, true)]),
                    });
                    frm.reload_doc();
                }),
    });
};

social_crm.microcredit.hand_over = function (frm, undrawn) {
    preview_dialog({
        title: __("Hand over a Part"),
        action: __("Hand over"),
        fields: [
            { fieldtype: "Currency", fieldname: "amount", label: __("Amount"), reqd: 1, default: undrawn },
            { fieldtype: "Date", fieldname: "disbursed_on", label: __("Disbursed on"), reqd: 1, default: frappe.datetime.get_today() },
            { fieldtype: "Column Break", fieldname: "channel_column" },
            { fieldtype: "Select", fieldname: "channel", label: __("Payment Channel"), reqd: 1, default: "Cash", options: CHANNELS },
            { fieldtype: "Data", fieldname: "reference", label: __("Payment Reference") },
        ],
        preview: async (values) => {
            if (!(values.amount > 0)) return "";
            const result = await ask("disbursement.preview_part", {
                microcredit: frm.doc.name,
                amount: values.amount,
                disbursed_on: values.disbursed_on,
            });
            return (
                figures(
                    [
                        [__("Outstanding Principal after it"), result.balance],
                        [__("Still to be handed over"), result.undrawn],
                    ],
                    frm.doc.currency
                ) + schedule_table(result.rows, frm.doc.currency)
            );
        },
        send: (values) =>
            frappe
                .call({
                    method: `${SERVICES}.disbursement.hand_over`,
                    args: { microcredit: frm.doc.name, ...values, preview: undefined },
                    freeze: true,
                })
                .then(() => frm.reload_doc()),
    });
};

social_crm.microcredit.restructure = function (frm) {
    const today = frappe.datetime.get_today();
    preview_dialog({
        title: __("Restructure"),
        action: __("Create Request"),
        fields: [
            { fieldtype: "Date", fieldname: "restructured_on", label: __("Counts from"), reqd: 1, default: today },
            {
                fieldtype: "Select",
                fieldname: "method",
                label: __("Method"),
                reqd: 1,
                default: frm.doc.method,
                options: ["Equal Instalment", "Equal Principal", "Flat", "Bullet"],
            },
            {
                fieldtype: "Select",
                fieldname: "frequency",
                label: __("Frequency"),
                reqd: 1,
                default: frm.doc.frequency === "Seasonal" ? "Monthly" : frm.doc.frequency,
                options: ["Weekly", "Fortnightly", "Monthly", "Quarterly"],
            },
            { fieldtype: "Int", fieldname: "periods", label: __("Instalments"), reqd: 1, default: frm.doc.periods },
            { fieldtype: "Column Break", fieldname: "rate_column" },
            { fieldtype: "Float", fieldname: "monthly_rate", label: __("Monthly Interest Rate (%)"), reqd: 1, default: frm.doc.monthly_rate },
            {
                fieldtype: "Date",
                fieldname: "first_due",
                label: __("First Due Date"),
                reqd: 1,
                default: frappe.datetime.add_months(today, 1),
            },
            { fieldtype: "Int", fieldname: "principal_grace", label: __("Instalments of Interest alone"), default: 0 },
            {
                fieldtype: "Select",
                fieldname: "arrears_mode",
                label: __("Unpaid Interest and Charges"),
                reqd: 1,
                default: "With the First Instalment",
                options: ["Capitalise", "With the First Instalment", "Waive"],
            },
            { fieldtype: "Section Break", fieldname: "reason_section" },
            { fieldtype: "Small Text", fieldname: "reason", label: __("Reason"), reqd: 1 },
        ],
        preview: async (values) => {
            const { reason, ...terms } = values;
            delete terms.preview;
            if (!terms.first_due || !terms.periods) return "";
            const shown = await ask("restructuring.preview_restructuring", { microcredit: frm.doc.name, ...terms });
            return social_crm.microcredit.restructured(shown, frm.doc.currency);
        },
        send: (values) => request(frm, "Microcredit Restructuring", values),
    });
};

social_crm.microcredit.restructured = (shown, currency) =>
    figures(
        [
            [__("Principal owed before it"), shown.principal_before],
            [__("Unpaid Interest and Charges before it"), shown.charges_before],
            [__("Principal owed after it"), shown.principal_after],
            [__("Still to be Paid in all"), shown.total],
            [__("True Annual Rate"), `${format_number(shown.true_annual_rate, null, 2)} %`],
        ],
        currency
    ) +
    cap_note(shown.cap) +
    schedule_table(shown.rows, currency);

// The usury cap of the day from which the new terms count.
function cap_note(cap) {
    if (!cap) return "";
    if (cap.message) return `<div class="alert alert-warning microcredit-refusal">${cap.message}</div>`;
    const dates = [cap.valid_from, cap.valid_to].map((day) => frappe.datetime.str_to_user(day));
    const percent = (value) => `${format_number(value, null, 2)} %`;
    const text = __("Usury cap of {0}, from {1} to {2}: {3}.", [esc(cap.modality), ...dates, percent(cap.cap)]);
    const highest = cap.highest === null ? "" : __("Highest rate allowed: {0}.", [percent(cap.highest)]);
    return `<p class="text-muted small">${text} ${highest}</p>`;
}

social_crm.microcredit.write_off = function (frm) {
    preview_dialog({
        title: __("Write off"),
        size: "small",
        action: __("Create Request"),
        fields: [
            { fieldtype: "Date", fieldname: "written_off_on", label: __("Counts from"), reqd: 1, default: frappe.datetime.get_today() },
            { fieldtype: "Small Text", fieldname: "reason", label: __("Reason"), reqd: 1 },
        ],
        preview: async ({ written_off_on }) => {
            const shown = await ask("write_offs.preview_write_off", { microcredit: frm.doc.name, written_off_on });
            return figures(
                [
                    [__("Principal"), shown.principal],
                    [__("Interest"), shown.interest],
                    [__("Default Interest"), shown.default_interest],
                    [__("Fees"), shown.fees],
                    [__("Insurance"), shown.insurance],
                    [__("Total Written off"), shown.total],
                ],
                frm.doc.currency
            );
        },
        send: (values) => request(frm, "Microcredit Write-off", values),
    });
};

// A loan whose money came back and that the borrower does not want any more.
social_crm.microcredit.annul = function (frm) {
    frappe.prompt(
        [{ fieldtype: "Small Text", fieldname: "reason", label: __("Reason for Annulment"), reqd: 1 }],
        ({ reason }) =>
            frappe
                .call({ method: `${SERVICES}.declining.annul`, args: { microcredit: frm.doc.name, reason }, freeze: true })
                .then(() => frm.reload_doc()),
        __("The Borrower does not Take it"),
        __("Annul")
    );
};

// The request waits for its approval: whoever may give it sees it in their list.
function request(frm, doctype, values) {
    const fields = { ...values };
    delete fields.preview;
    return frappe.db
        .insert({ doctype, microcredit: frm.doc.name, ...fields })
        .then((doc) => frappe.set_route("Form", doctype, doc.name));
}

social_crm.microcredit.reverse = function (frm) {
    frappe.prompt(
        [{ fieldtype: "Small Text", fieldname: "reason", label: __("Reason for the Reversal"), reqd: 1 }],
        ({ reason }) =>
            frappe
                .call({
                    method: `${SERVICES}.vouchers.reverse`,
                    args: { doctype: frm.doctype, name: frm.doc.name, reason },
                    freeze: true,
                })
                .then(() => frm.reload_doc()),
        __("Reverse {0}", [frm.doc.name]),
        __("Reverse")
    );
};

// What the forms of vouchers share: the button Reverse, in place of Frappe's Cancel, which asks for no reason.
social_crm.microcredit.voucher_form = function (frm) {
    if (frm.doc.docstatus !== 1 || !frappe.model.can_cancel(frm.doctype)) return;
    // With a workflow, reversing is one of its steps.
    if (frappe.workflow.get_state_fieldname(frm.doctype)) return;
    frm.page.clear_secondary_action();
    frm.add_custom_button(__("Reverse"), () => social_crm.microcredit.reverse(frm));
};

// The workflow's own step of reversing asks for the reason first; other steps go on.
social_crm.microcredit.before_reversal = function (frm) {
    if (frm.selected_workflow_action !== "Reverse") return Promise.resolve();
    frappe.dom.unfreeze();
    social_crm.microcredit.reverse(frm);
    return new Promise(() => {});
};

social_crm.microcredit.money = money;
social_crm.microcredit.ask = ask;
social_crm.microcredit.schedule_table = schedule_table;
social_crm.microcredit.figures = figures;
