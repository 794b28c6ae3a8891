// What a batch of payments looks like, step by step: functions from the server's answers to HTML. All text is escaped here.

import { bar, esc, more_button, number, steps } from "../file_runs/views.js";

export const money = (value, currency) => format_currency(value || 0, currency, currency === "COP" ? 0 : 2);
const STEP_OF = { New: 0, Draft: 1, Failed: 1, Checking: 2, Ready: 2, "Being Posted": 3, Cancelled: 3, Finished: 4 };

export function stepper(status) {
    return steps([__("File"), __("Columns"), __("Review"), __("Post"), __("Result")], STEP_OF[status]);
}

export function welcome() {
    return `<p class="census-lead">${__("Post the payments of many microcredits from the file of your bank or from your own list: one row a payment, with the headers you use.")}</p>
        <ol class="census-how">
            <li>${__("Attach the file (.xlsx, .ods or .csv) and save. The columns are recognised and you confirm them.")}</li>
            <li>${__("Each payment is matched to its microcredit by its number, the document or the reference. Nothing is posted before you see the result and press Post.")}</li>
            <li>${__("What does not match waits here until you say for which microcredit it is, or set it aside with a reason.")}</li>
        </ol>`;
}

// The total of the file is always what was posted, what is pending and what was set aside.
export function balance(view) {
    const parts = [
        ["posted", __("Posted"), view.posted],
        ["pending", __("Pending"), view.pending],
        ["dismissed", __("Dismissed"), view.dismissed],
    ];
    const whole = parts.reduce((sum, [, , value]) => sum + Math.abs(value), 0) || 1;
    const bar = parts
        .filter(([, , value]) => value)
        .map(([key, , value]) => `<span class="payments-${key}" style="width:${(100 * Math.abs(value)) / whole}%"></span>`);
    const legend = parts.map(
        ([key, label, value]) =>
            `<li><i class="payments-${key}"></i><span>${esc(label)}</span><b>${money(value, view.currency)}</b></li>`,
    );
    const label = __("Total of the file: {0} in {1} rows", [money(view.total, view.currency), number(view.rows)]);
    return `<div class="payments-balance"><p><b>${esc(label)}</b></p><div class="payments-bar" aria-hidden="true">${bar.join("")}</div>
        <ul>${legend.join("")}</ul></div>`;
}

const TILES = () => [
    ["Ready", __("Ready to post"), "good"],
    ["Posted", __("Posted"), "good"],
    ["To Confirm", __("To share out"), "warn"],
    ["To Reconcile", __("To reconcile"), "warn"],
    ["Rejected", __("Not possible as it stands"), "bad"],
    ["Duplicate", __("Already recorded"), "plain"],
    ["Dismissed", __("Set aside by a person"), "plain"],
];

export function tiles(view, chosen) {
    const cards = TILES()
        .filter(([key]) => view.figures[key])
        .map(([key, label, tone]) => {
            const { rows, amount } = view.figures[key];
            return `<button type="button" class="census-tile census-tile-${tone}${key === chosen ? " census-tile-chosen" : ""}" data-result="${key}">
                <b>${number(rows)}</b><span>${esc(label)}</span><small class="text-muted">${money(amount, view.currency)}</small></button>`;
        });
    return `<div class="census-tiles">${cards.join("")}</div>`;
}

const DECIDE = ["Ready", "To Confirm", "To Reconcile", "Rejected", "Duplicate"];
const PENDING = ["Ready", "To Confirm", "To Reconcile", "Rejected"];

function row_buttons(row) {
    const label = { "To Confirm": __("Share out"), Ready: __("Change"), Duplicate: __("It is another payment") }[row.result];
    const usable = row.amount > row.posted_amount;
    return [
        usable && DECIDE.includes(row.result) && ["assign", label || __("Say which microcredit"), row.result !== "Ready" && row.result !== "Duplicate"],
        PENDING.includes(row.result) && ["dismiss", __("Set aside")],
        ["Duplicate", "Dismissed"].includes(row.result) && ["reopen", __("Open again")],
    ]
        .filter(Boolean)
        .map(
            ([action, text, primary]) =>
                `<button type="button" class="btn btn-xs ${primary ? "btn-primary" : "btn-default"}" data-row-action="${action}" data-row="${esc(row.name)}">${esc(text)}</button>`,
        )
        .join(" ");
}

function share_line(share, currency) {
    const loan = `<a href="${frappe.utils.get_form_link("Microcredit", share.microcredit)}">${esc(share.microcredit)}</a>`;
    const paid = share.repayment
        ? ` · <a href="${frappe.utils.get_form_link("Microcredit Repayment", share.repayment)}">${esc(share.repayment)}</a>`
        : "";
    const reversed = share.is_reversed ? ` <span class="indicator-pill red">${esc(__("Reversed"))}</span>` : "";
    return `<div class="payments-share">${loan} ${esc(share.beneficiary_name)} · ${money(share.amount, currency)}${paid}${reversed}</div>`;
}

export function row_list(rows, view, more) {
    if (!rows.length) return `<p class="text-muted">${__("No rows.")}</p>`;
    const items = rows.map((row) => {
        const facts = [
            row.document_number && `${__("Document")} ${row.document_number}`,
            row.loan_number && `${__("Loan Number")} ${row.loan_number}`,
            row.bank_reference && `${__("Bank Reference")} ${row.bank_reference}`,
            row.payer_reference && `${__("Reference")} ${row.payer_reference}`,
            row.group_name && `${__("Group")} ${row.group_name}`,
            row.description,
        ].filter(Boolean);
        const left = row.posted_amount
            ? ` <span class="text-muted">${esc(__("({0} of it posted)", [money(row.posted_amount, view.currency)]))}</span>`
            : "";
        const day = row.paid_on ? frappe.datetime.str_to_user(row.paid_on) : "—";
        return `<li class="payments-row"><div class="payments-row-head"><span><b>${esc(__("Row {0}", [row.sheet_row]))}</b> ${esc(row.payer_name)}</span>
                <span class="payments-amount">${esc(day)} · <b>${money(row.amount, view.currency)}</b>${left}</span></div>
            <div class="text-muted small">${esc(facts.join(" · "))}</div>
            ${row.shares.map((share) => share_line(share, view.currency)).join("")}
            ${row.reasons.map((reason) => `<div class="census-reason">${esc(reason)}</div>`).join("")}
            ${row.dismiss_reason ? `<div class="census-reason">${esc(row.dismiss_reason)}</div>` : ""}
            ${view.may_write && !["Being Posted", "Checking"].includes(view.status) ? `<div class="payments-row-actions">${row_buttons(row)}</div>` : ""}</li>`;
    });
    return `<ul class="census-problems">${items.join("")}</ul>${more_button(more)}`;
}

export function progress(view, live) {
    const percent = live?.total ? (100 * live.done) / live.total : view.progress;
    return bar(view, percent, live?.total ? __("{0} of {1} payments", [number(live.done), number(live.total)]) : "");
}
