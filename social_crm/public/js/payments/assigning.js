// The dialog in which a person says for which microcredits a payment is, and how much goes to each.

import { esc } from "../file_runs/views.js";
import { money } from "./views.js";

export class Assigning {
    constructor(row, view, ask, send) {
        Object.assign(this, { row, view, ask, send, controls: new Map(), loans: [] });
        this.dialog = new frappe.ui.Dialog({
            title: __("Row {0}: {1}", [row.sheet_row, money(row.amount - row.posted_amount, view.currency)]),
            size: "large",
            fields: this.fields(),
            primary_action_label: __("Confirm"),
            primary_action: (values) => this.confirm(values),
        });
        this.dialog.show();
        this.load();
    }

    fields() {
        const search = frappe.utils.debounce(() => this.load(), 350);
        return [
            { fieldtype: "HTML", fieldname: "what", options: this.what() },
            { fieldtype: "Section Break", fieldname: "search_section", hide_border: 1 },
            {
                fieldtype: "Data",
                fieldname: "text",
                label: __("Search a microcredit"),
                description: __("Number of the microcredit, document or name"),
                onchange: search,
            },
            { fieldtype: "Column Break", fieldname: "group_column" },
            { fieldtype: "Link", fieldname: "group", label: __("Solidarity Group"), options: "Solidarity Group", onchange: search },
            ...(this.row.paid_on
                ? []
                : [{ fieldtype: "Date", fieldname: "paid_on", label: __("Payment Date"), reqd: 1 }]),
            { fieldtype: "Section Break", fieldname: "loans_section" },
            { fieldtype: "HTML", fieldname: "loans" },
        ];
    }

    what() {
        const { row } = this;
        const facts = [row.payer_name, row.document_number, row.loan_number, row.payer_reference, row.bank_reference, row.description];
        const reasons = row.reasons.map((reason) => `<div class="census-reason">${esc(reason)}</div>`).join("");
        return `<div class="census-workbench"><p>${esc(facts.filter(Boolean).join(" · "))}</p>${reasons}</div>`;
    }

    async load() {
        const { text, group } = this.dialog.get_values(true);
        this.turn = (this.turn || 0) + 1;
        const turn = this.turn;
        const offer = await this.ask({ row: this.row.name, text: text || "", group: group || "" });
        if (turn !== this.turn) return;
        // What was filled in for a loan stays when another one is looked for.
        const kept = this.loans.filter((loan) => this.amount_of(loan) && !offer.loans.some((one) => one.name === loan.name));
        const filled = new Map(this.loans.map((loan) => [loan.name, this.amount_of(loan)]));
        const has_filled = [...filled.values()].some(Boolean);
        this.rest = offer.rest;
        this.loans = [
            ...kept.map((loan) => ({ ...loan, share: filled.get(loan.name) })),
            ...offer.loans.map((loan) => ({ ...loan, share: has_filled ? filled.get(loan.name) || 0 : loan.share })),
        ];
        this.draw();
    }

    amount_of(loan) {
        return flt(this.controls.get(loan.name)?.get_value() || 0);
    }

    draw() {
        const $place = this.dialog.fields_dict.loans.$wrapper.empty();
        this.controls.clear();
        if (!this.loans.length) {
            $place.html(`<p class="text-muted">${__("No open microcredit found. Search by number, document or name.")}</p>`);
            return;
        }
        const { currency } = this.view;
        const items = this.loans.map((loan) => {
            const asked = [
                loan.overdue && `${__("Overdue")} ${money(loan.overdue, currency)}`,
                loan.due && `${__("Due on the day")} ${money(loan.due, currency)}`,
                loan.coming && `${__("Next instalment")} ${money(loan.coming, currency)}`,
                loan.status === "Written Off" && __("Written off: a recovery"),
                `${__("Owed in all")} ${money(loan.owed, currency)}`,
            ].filter(Boolean);
            return `<div class="payments-loan"><div><b>${esc(loan.name)}</b> ${esc(loan.beneficiary_name)}<div class="text-muted small">${esc(asked.join(" · "))}</div></div>
                <div data-loan="${esc(loan.name)}"></div></div>`;
        });
        $place.html(`<div class="payments-loans">${items.join("")}</div><p class="payments-rest" role="status"></p>`);
        this.loans.forEach((loan) => {
            const control = frappe.ui.form.make_control({
                parent: $place.find(`[data-loan="${CSS.escape(loan.name)}"]`),
                df: {
                    fieldtype: "Currency",
                    fieldname: "share",
                    options: currency,
                    label: __("Amount for {0}", [loan.name]),
                    change: () => this.add_up(),
                },
                render_input: true,
            });
            control.set_value(loan.share || 0);
            this.controls.set(loan.name, control);
        });
        this.add_up();
    }

    add_up() {
        const given = this.loans.reduce((sum, loan) => sum + this.amount_of(loan), 0);
        const left = this.rest - given;
        const text =
            left < 0
                ? __("{0} more than the payment has.", [money(-left, this.view.currency)])
                : left
                  ? __("{0} of the payment is not given to anybody and stays pending.", [money(left, this.view.currency)])
                  : __("The whole payment is shared out.");
        this.dialog.fields_dict.loans.$wrapper.find(".payments-rest").text(text).toggleClass("text-danger", left < 0);
    }

    async confirm(values) {
        const shares = this.loans
            .map((loan) => ({ microcredit: loan.name, amount: this.amount_of(loan) }))
            .filter((share) => share.amount);
        if (!shares.length) {
            frappe.show_alert({ message: __("Write an amount beside a microcredit."), indicator: "orange" });
            return;
        }
        this.dialog.disable_primary_action();
        try {
            await this.send({ row: this.row.name, shares: JSON.stringify(shares), paid_on: values.paid_on });
            this.dialog.hide();
        } catch {
            this.dialog.enable_primary_action();
        }
    }
}
