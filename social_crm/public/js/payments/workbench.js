// Drives the form of a batch of payments: asks the server where it stands, draws it, and passes on what is chosen.
//
// One panel lives as long as the form; what has not changed is not drawn again, so that a button stays under the finger.

import { alert, buttons, mapping, notices, sheet_choice } from "../census/views.js";
import { Assigning } from "./assigning.js";
import * as views from "./views.js";

const SERVICE = "social_crm.microcredit.services.payments.actions";
const POLL_MS = 2500;
const RUNNING = ["Checking", "Being Posted"];

export class PaymentWorkbench {
    constructor(frm) {
        this.frm = frm;
        this.$box = $('<div class="census-workbench">').appendTo(frm.fields_dict.workbench_html.$wrapper.empty());
        this.asked = 0;
        this.turn = 0;
        this.begin();
        this.$box.on("click", "button[data-census]", (event) => this.act($(event.currentTarget).data("census")));
        this.$box.on("click", "[data-result]", (event) => this.choose($(event.currentTarget).data("result")));
        this.$box.on("click", "[data-row-action]", (event) => this.act_on_row($(event.currentTarget)));
        this.$box.on("change", "[data-census=sheet]", (event) => this.read_sheet({ sheet: event.target.value }));
        this.$box.on("change", "[data-census=header-row]", (event) => this.read_sheet({ header_row: event.target.value }));
    }

    get name() {
        return this.frm.doc.name;
    }

    begin() {
        Object.assign(this, { shown: this.name, view: null, live: null, rows: new Map(), listed: 0, chosen: null, changing_columns: false, drawn: null });
    }

    async call(method, args = {}, freeze = false) {
        const { message } = await frappe.call({ method: `${SERVICE}.${method}`, args, freeze });
        return message;
    }

    ask(method, args = {}, freeze = false) {
        return this.call(method, { name: this.name, ...args }, freeze);
    }

    async show() {
        if (this.shown !== this.name) this.begin();
        clearTimeout(this.timer);
        if (this.frm.is_new()) {
            this.put(views.stepper("New") + views.welcome());
            return;
        }
        if (!(await this.look())) return;
        // A quick run is over before the form has read its beginning.
        if (this.view.status !== this.frm.doc.status) await this.frm.reload_doc();
        else if (RUNNING.includes(this.view.status)) this.wait();
    }

    /** Asks where the batch stands and draws it. False if the answer is no longer wanted. */
    async look() {
        const name = this.name;
        this.asked += 1;
        const asked = this.asked;
        const view = await this.ask("overview");
        if (name !== this.name || asked !== this.asked) return false;
        if (this.view && this.view.status !== view.status) Object.assign(this, { live: null, chosen: null });
        this.view = view;
        await this.draw();
        return true;
    }

    wait() {
        clearTimeout(this.timer);
        this.timer = setTimeout(async () => {
            if (cur_frm === this.frm && !this.frm.is_new()) await this.follow();
        }, POLL_MS);
    }

    async follow() {
        if (!(await this.look())) return;
        if (this.view.status !== this.frm.doc.status) await this.frm.reload_doc();
        else if (RUNNING.includes(this.view.status)) this.wait();
    }

    on_progress(message) {
        if (message.batch !== this.shown || this.shown !== this.name || !this.view) return;
        if (message.status) {
            this.follow();
            return;
        }
        this.live = message;
        if (this.view.status === "Being Posted") this.$box.find("[data-part=progress]").html(views.progress(this.view, this.live));
    }

    async draw() {
        this.turn += 1;
        const turn = this.turn;
        const list = await this.list_part();
        if (turn !== this.turn) return; // something newer is being drawn
        const { status, problem } = this.view;
        const checked = () => (this.changing_columns ? this.columns_part() : this.outcome_part(list));
        const part = {
            Draft: () => this.columns_part(),
            Failed: () => this.columns_part(),
            Checking: () => this.running_part(__("The file is being checked. You can leave this page.")),
            "Being Posted": () => this.running_part(__("The payments are being posted. You can leave this page.")),
            Ready: checked,
            Cancelled: checked,
            Finished: checked,
        }[status];
        this.put(views.stepper(status) + alert(problem) + part());
    }

    put(html) {
        if (html === this.drawn) return;
        this.drawn = html;
        this.$box.html(html);
    }

    columns_part() {
        const view = this.view;
        const choice = view.may_write ? sheet_choice(view) : "";
        if (!view.columns.length) return choice;
        return `<p class="census-lead">${__("Say what each column holds. What you choose is remembered for the next file.")}</p>
            ${choice}${notices(view.notices)}${mapping(view)}
            ${buttons([view.may_write && ["check", __("Check the file"), true]])}`;
    }

    running_part(lead) {
        const stuck = this.view.stalled
            ? alert(__("There has been no sign of life for a while. You can start again where it stopped."), "warn")
            : "";
        const figures = this.view.status === "Being Posted" ? views.balance(this.view) : "";
        const actions = this.view.may_write
            ? buttons([this.view.stalled && ["resume", __("Continue"), true], ["cancel", __("Stop"), false]])
            : "";
        return `<p class="census-lead">${lead}</p>${stuck}<div data-part="progress">${views.progress(this.view, this.live)}</div>${figures}${actions}`;
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

    async choose(result) {
        this.chosen = this.chosen === result ? null : result;
        this.listed = 0;
        await this.draw();
    }

    /** At least so many rows as were shown, if there are as many: those that "Show more" has brought stay. */
    async list_part() {
        if (!this.chosen || this.changing_columns || !this.view.figures[this.chosen]) return "";
        const rows = [];
        let more = true;
        while (more && (!rows.length || rows.length < this.listed)) {
            const answer = await this.ask("rows", { result: this.chosen, start: rows.length });
            rows.push(...answer.rows);
            more = answer.rows.length === answer.page;
        }
        // By name: an answer that comes late must not take the rows of what is shown.
        rows.forEach((row) => this.rows.set(row.name, row));
        this.listed = rows.length;
        return views.row_list(rows, this.view, more);
    }

    async read_sheet(args) {
        this.view = await this.ask("read_sheet", args, true);
        await this.frm.reload_doc();
    }

    async act(action) {
        const actions = {
            check: () => this.check(),
            post: () => this.run("post"),
            resume: () => this.run("resume"),
            cancel: () => this.run("cancel"),
            columns: () => {
                this.changing_columns = true;
                return this.draw();
            },
            more: () => {
                this.listed += 1; // one more than is shown brings the next page
                return this.draw();
            },
            download: () => open_url_post(`/api/method/${SERVICE}.not_posted`, { name: this.name }),
        };
        await actions[action]?.();
    }

    async check() {
        const columns = {};
        this.$box.find("[data-column]").each((_, select) => {
            columns[$(select).data("column")] = select.value;
        });
        if (this.frm.is_dirty()) await this.frm.save();
        this.changing_columns = false;
        await this.run("check", { columns: JSON.stringify(columns) });
    }

    async run(method, args = {}) {
        Object.assign(this, { live: null, chosen: null });
        await this.ask(method, args, true);
        await this.frm.reload_doc();
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
