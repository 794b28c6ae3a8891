// Drives the form of a file that is checked and then worked through in the background: asks the server where it stands,
// draws it, and passes on what is chosen. What a census and a file of payments share; each says the rest in its own words.
//
// One panel lives as long as the form. The Desk also reads a form again of its own accord, a second after the server
// told it of a save, when somebody may be answering a question already. So a refresh keeps what was opened, and what
// has not changed is not drawn again: the button under the finger stays.
//
// A subclass gives: service (path of its endpoints), working (status of the work itself), rows_method, views (stepper,
// welcome, progress), running_part(), outcome_part(list), more_actions(), row_list(rows, more).

import { alert, buttons, mapping, notices, sheet_choice } from "./views.js";

const POLL_MS = 2500;

export class FileWorkbench {
    constructor(frm) {
        this.frm = frm;
        this.$box = $('<div class="census-workbench">').appendTo(frm.fields_dict.workbench_html.$wrapper.empty());
        this.asked = 0;
        this.turn = 0;
        this.drawn = null;
        this.begin();
        this.$box.on("click", "button[data-census]", (event) => this.act($(event.currentTarget).data("census")));
        this.$box.on("click", "[data-result]", (event) => this.choose($(event.currentTarget).data("result")));
        this.$box.on("change", "[data-census=sheet]", (event) => this.read_sheet({ sheet: event.target.value }));
        this.$box.on("change", "[data-census=header-row]", (event) => this.read_sheet({ header_row: event.target.value }));
    }

    get name() {
        return this.frm.doc.name;
    }

    get is_running() {
        return ["Checking", this.working].includes(this.view?.status);
    }

    begin() {
        this.turn += 1;
        Object.assign(this, { shown: this.name, view: null, live: null, listed: 0, changing_columns: false });
        this.close_list();
    }

    close_list() {
        this.chosen = null;
    }

    async call(method, args = {}, freeze = false) {
        const { message } = await frappe.call({ method: `${this.service}.${method}`, args, freeze });
        return message;
    }

    /** Asks about the document of the form. */
    ask(method, args = {}, freeze = false) {
        return this.call(method, { name: this.name, ...args }, freeze);
    }

    async show() {
        if (this.shown !== this.name) {
            this.begin();
            this.put("");
        }
        clearTimeout(this.timer);
        if (this.frm.is_new()) {
            this.put(this.views.stepper("New") + this.views.welcome());
            return;
        }
        await this.follow();
    }

    /** Asks where the file stands and draws it. False if the answer is no longer wanted. */
    async look() {
        const name = this.name;
        this.asked += 1;
        const asked = this.asked;
        const view = await this.ask("overview");
        if (name !== this.name || asked !== this.asked) return false;
        if (this.view && this.view.status !== view.status) {
            this.live = null;
            this.close_list();
        }
        this.view = view;
        await this.draw();
        return true;
    }

    /** Looks, and again after a while as long as a run is under way. A quick run is over before the form has read its beginning. */
    async follow() {
        if (!(await this.look())) return;
        if (this.view.status !== this.frm.doc.status) await this.frm.reload_doc();
        else if (this.is_running) this.wait();
    }

    wait() {
        clearTimeout(this.timer);
        this.timer = setTimeout(async () => {
            if (cur_frm === this.frm && !this.frm.is_new()) await this.follow();
        }, POLL_MS);
    }

    on_progress(message) {
        if (message.name !== this.shown || this.shown !== this.name || !this.view) return;
        if (message.status) {
            this.follow();
            return;
        }
        this.live = message;
        if (this.view.status === this.working) this.$box.find("[data-part=progress]").html(this.views.progress(this.view, this.live));
    }

    async draw() {
        this.turn += 1;
        const turn = this.turn;
        const list = await this.list_part();
        if (turn !== this.turn) return; // something newer is being drawn
        const { status, problem } = this.view;
        const choosing = ["Draft", "Failed"].includes(status) || (this.changing_columns && !this.is_running);
        const part = this.is_running ? this.running_part() : choosing ? this.columns_part() : this.outcome_part(list);
        this.put(this.views.stepper(status) + alert(problem) + part);
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

    /** What goes on, how far it is, and how to stop or continue it. */
    progress_part(lead) {
        const { stalled, may_write } = this.view;
        const stuck = stalled
            ? alert(__("There has been no sign of life for a while. You can start again where it stopped."), "warn")
            : "";
        const actions = may_write ? buttons([stalled && ["resume", __("Continue"), true], ["cancel", __("Stop"), false]]) : "";
        return `<p class="census-lead">${lead}</p>${stuck}
            <div data-part="progress">${this.views.progress(this.view, this.live)}</div>${actions}`;
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
            const answer = await this.ask(this.rows_method, { result: this.chosen, start: rows.length });
            rows.push(...answer.rows);
            more = answer.rows.length === answer.page;
        }
        this.listed = rows.length;
        return this.row_list(rows, more);
    }

    async read_sheet(args) {
        this.view = await this.ask("read_sheet", args, true);
        await this.frm.reload_doc();
    }

    async act(action) {
        const actions = {
            check: () => this.check(),
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
            ...this.more_actions(),
        };
        await actions[action]?.();
    }

    async check() {
        const columns = {};
        this.$box.find("[data-column]").each((_, select) => {
            columns[$(select).data("column")] = select.value;
        });
        // What was changed beside the panel counts as well; saving draws the panel anew, so the choices are read first.
        if (this.frm.is_dirty()) await this.frm.save();
        this.changing_columns = false;
        await this.run("check", { columns: JSON.stringify(columns) });
    }

    async run(method, args = {}) {
        this.live = null;
        this.close_list();
        await this.ask(method, args, true);
        await this.frm.reload_doc();
    }

    download(method) {
        open_url_post(`/api/method/${this.service}.${method}`, { name: this.name });
    }
}
