// The form of a file of payments: what its runs are called, what came of the rows, and what people decide on each.

import { buttons, notices } from "../file_runs/views.js";
import { FileWorkbench } from "../file_runs/workbench.js";
import { Assigning } from "./assigning.js";
import * as views from "./views.js";

export class PaymentWorkbench extends FileWorkbench {
    service = "social_crm.microcredit.services.payments.actions";
    working = "Being Posted";
    rows_method = "rows";
    views = views;

    constructor(frm) {
        super(frm);
        this.$box.on("click", "[data-row-action]", (event) => this.act_on_row($(event.currentTarget)));
    }

    begin() {
        super.begin();
        this.rows = new Map();
    }

    running_part() {
        if (this.view.status === "Checking") return this.progress_part(__("The file is being checked. You can leave this page."));
        return this.progress_part(__("The payments are being posted. You can leave this page.")) + views.balance(this.view);
    }

    outcome_part(list) {
        const { figures, status, may_write, currency } = this.view;
        const ready = figures.Ready;
        const left = ["To Confirm", "To Reconcile", "Rejected", "Duplicate", "Dismissed"].some((key) => figures[key]);
        const label = ready && __("Post {0} payments for {1}", [ready.rows, views.money(ready.amount, currency)]);
        const actions = [
            may_write && ready && ["post", label, true],
            left && ["download", __("Download what was not posted")],
            may_write && status === "Ready" && ["columns", __("Change the columns")],
        ];
        return `${this.lead()}${views.balance(this.view)}${views.tiles(this.view, this.chosen)}${buttons(actions)}
            <div data-part="list">${list}</div>${status === "Finished" ? "" : notices(this.view.notices)}`;
    }

    lead() {
        const { status, pending } = this.view;
        const text = {
            Ready: __("Nothing has been posted yet. This is what posting will do:"),
            Cancelled: __("The posting was stopped. What was posted stays; the rest can be continued."),
            Finished: pending ? __("What could be posted is posted. The rest waits for you:") : __("The whole file is settled."),
        }[status];
        return `<p class="census-lead${status === "Finished" && !pending ? " census-done" : ""}">${text}</p>`;
    }

    row_list(rows, more) {
        // By name: an answer that comes late must not take the rows of what is shown.
        rows.forEach((row) => this.rows.set(row.name, row));
        return views.row_list(rows, this.view, more);
    }

    more_actions() {
        return {
            post: () => this.run("post"),
            download: () => this.download("not_posted"),
        };
    }

    async run(method, args = {}) {
        await super.run(method, args);
        frappe.utils.scroll_to(0);
    }

    act_on_row($button) {
        const row = this.rows.get($button.attr("data-row"));
        const action = $button.data("row-action");
        if (action === "assign") {
            const send = (args) => this.decide("assign", args);
            new Assigning(row, this.view, (args) => this.call("offer", args), send);
        } else if (action === "dismiss") {
            frappe.prompt(
                [{ fieldtype: "Small Text", fieldname: "reason", label: __("Reason"), reqd: 1 }],
                ({ reason }) => this.decide("dismiss", { row: row.name, reason }),
                __("Set aside row {0}", [row.sheet_row]),
                __("Set aside"),
            );
        } else {
            this.decide("reopen", { row: row.name });
        }
    }

    async decide(method, args) {
        await this.call(method, args, true);
        await this.look();
    }
}
