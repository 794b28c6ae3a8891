// Drives the form of a census import: asks the server where the import stands, draws it, and passes on what is chosen.
//
// One panel lives as long as the form. The Desk also reads a form again of its own accord, a second after the server
// told it of a save, when somebody may be answering a question already. So a refresh keeps what was opened, and what
// has not changed is not drawn again: the button under the finger stays.

import * as views from "./views.js";

const SERVICE = "social_crm.social_crm.services.census.actions";
const POLL_MS = 2500;
const RUNNING = ["Checking", "Loading"];

export class Workbench {
    constructor(frm) {
        this.frm = frm;
        this.$box = $('<div class="census-workbench">').appendTo(frm.fields_dict.workbench_html.$wrapper.empty());
        this.asked = 0;
        this.turn = 0;
        this.drawn = null;
        this.begin();
        this.$box.on("click", "[data-census]", (event) => this.act($(event.currentTarget).data("census")));
        this.$box.on("click", "[data-result]", (event) => this.choose($(event.currentTarget).data("result")));
        this.$box.on("click", "[data-decision]", (event) => this.decide($(event.currentTarget)));
        this.$box.on("change", "[data-census=sheet]", (event) => this.read_sheet({ sheet: event.target.value }));
        this.$box.on("change", "[data-census=header-row]", (event) => this.read_sheet({ header_row: event.target.value }));
    }

    get name() {
        return this.frm.doc.name;
    }

    begin() {
        this.turn += 1;
        this.shown = this.name;
        this.view = null;
        this.live = null;
        this.listed = 0;
        this.changing_columns = false;
        this.close_list();
    }

    close_list() {
        this.chosen = null;
        this.questions_open = false;
    }

    async call(method, args = {}, freeze = false) {
        const { message } = await frappe.call({ method: `${SERVICE}.${method}`, args: { name: this.name, ...args }, freeze });
        return message;
    }

    async show() {
        if (this.shown !== this.name) {
            this.begin();
            this.put("");
        }
        clearTimeout(this.timer);
        if (this.frm.is_new()) {
            this.put(views.stepper("New") + views.welcome());
            return;
        }
        await this.look();
        if (RUNNING.includes(this.view?.status)) this.wait();
    }

    /** Asks where the import stands and draws it. False if the answer is no longer wanted. */
    async look() {
        const name = this.name;
        this.asked += 1;
        const asked = this.asked;
        const view = await this.call("overview");
        if (name !== this.name || asked !== this.asked) return false;
        if (this.view && this.view.status !== view.status) {
            this.live = null;
            this.close_list();
        }
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
        if (message.census_import !== this.shown || this.shown !== this.name || !this.view) return;
        if (message.status) {
            this.follow();
            return;
        }
        this.live = message;
        if (this.view.status === "Loading") this.$box.find("[data-part=progress]").html(views.progress(this.view, this.live));
    }

    async draw() {
        this.turn += 1;
        const turn = this.turn;
        const list = await this.list_part();
        if (turn !== this.turn) return; // something newer is being drawn
        const view = this.view;
        const part = {
            Draft: () => this.columns_part(),
            Failed: () => this.columns_part(),
            Checking: () => this.checking_part(),
            Ready: () => (this.changing_columns ? this.columns_part() : this.outcome_part(list)),
            Loading: () => this.loading_part(),
            Cancelled: () => this.outcome_part(list),
            Finished: () => this.outcome_part(list),
        }[view.status];
        this.put(views.stepper(view.status) + views.alert(view.problem) + part());
    }

    put(html) {
        if (html === this.drawn) return;
        this.drawn = html;
        this.$box.html(html);
    }

    columns_part() {
        const view = this.view;
        const choice = view.may_write ? views.sheet_choice(view) : "";
        if (!view.columns.length) return choice;
        return `<p class="census-lead">${__("Say what each column holds. What you choose is remembered for the next file.")}</p>
            ${choice}${views.notices(view.notices)}${views.mapping(view)}
            ${views.buttons([view.may_write && ["check", __("Check the file"), true]])}`;
    }

    checking_part() {
        const stuck = this.view.stalled
            ? views.alert(__("There has been no sign of life for a while. You can start again where it stopped."), "warn")
            : "";
        return `<p class="census-lead">${__("The file is being checked. You can leave this page.")}</p>${stuck}
            <div class="progress census-progress"><div class="progress-bar progress-bar-striped progress-bar-animated" style="width:100%"></div></div>
            ${views.buttons([this.view.stalled && ["resume", __("Continue"), true], ["cancel", __("Cancel"), false]])}`;
    }

    loading_part() {
        const stuck = this.view.stalled
            ? views.alert(__("There has been no sign of life for a while. You can start again where it stopped."), "warn")
            : "";
        return `<p class="census-lead">${__("The families are being loaded. You can leave this page.")}</p>${stuck}
            <div data-part="progress">${views.progress(this.view, this.live)}</div>
            ${views.buttons([this.view.stalled && ["resume", __("Continue"), true], ["cancel", __("Stop"), false]])}`;
    }

    outcome_part(list) {
        const { figures, status, may_write } = this.view;
        const ready = figures.Ready || 0;
        const label = { Ready: __("Load {0} persons", [ready]), Cancelled: __("Continue: {0} persons", [ready]), Finished: __("Load {0} more persons", [ready]) };
        const not_loaded = (figures.Rejected || 0) + (figures.Waiting || 0) + (figures["To Decide"] || 0);
        const actions = [
            may_write && ready && ["load", label[status], true],
            figures["To Decide"] && ["questions", __("Decide on {0} likely duplicates", [figures["To Decide"]]), !ready],
            not_loaded && ["download", __("Download the rows not loaded")],
            may_write && status === "Ready" && ["columns", __("Change the columns")],
        ];
        return `${this.lead()}${views.tiles(this.view, this.chosen)}${views.buttons(actions)}
            <div data-part="list">${list}</div>${status === "Finished" ? "" : views.notices(this.view.notices)}
            ${status === "Ready" ? views.preview(this.view.preview) : ""}`;
    }

    lead() {
        const { status, figures, families } = this.view;
        if (status === "Finished") {
            const text = __("{0} persons created in {1} new families.", [figures.Created || 0, families || 0]);
            return `<p class="census-lead census-done">${frappe.utils.escape_html(text)}</p>`;
        }
        const text =
            status === "Cancelled"
                ? __("The loading was stopped. What was loaded stays; the rest can be continued.")
                : __("Nothing has been created yet. This is what loading will do:");
        return `<p class="census-lead">${text}</p>`;
    }

    async choose(result) {
        const again = this.chosen === result;
        this.questions_open = result === "To Decide";
        this.chosen = again && !this.questions_open ? null : result;
        this.listed = 0;
        await this.draw();
    }

    async list_part() {
        if (this.changing_columns) return "";
        if (this.questions_open) return this.questions_part();
        return this.chosen ? this.problems_part(this.listed) : "";
    }

    /** At least so many rows, if there are as many: those that "Show more" has brought stay. */
    async problems_part(wanted) {
        const rows = [];
        let more = true;
        while (more && (!rows.length || rows.length < wanted)) {
            const answer = await this.call("problem_rows", { result: this.chosen, start: rows.length });
            rows.push(...answer.rows);
            more = answer.rows.length === answer.page;
        }
        this.listed = rows.length;
        return views.problem_list(rows, more);
    }

    async questions_part() {
        const items = await this.call("questions");
        if (!items.length) {
            this.close_list();
            return "";
        }
        const all = this.view.may_write
            ? views.buttons([
                  ["all-same", __("All are the same person")],
                  ["all-different", __("All are different persons")],
              ])
            : "";
        return `<h5>${__("Is it the same person?")}</h5>${all}${items.map((item) => views.question(item, this.view.may_write)).join("")}`;
    }

    async decide($button) {
        await this.call("decide", { row: $button.data("row"), decision: $button.data("decision") }, true);
        await this.show();
    }

    async read_sheet(args) {
        this.view = await this.call("read_sheet", args, true);
        await this.frm.reload_doc();
    }

    async act(action) {
        const actions = {
            check: () => this.check(),
            load: () => this.run("load"),
            resume: () => this.run("resume"),
            cancel: () => this.run("cancel"),
            questions: () => this.choose("To Decide"),
            columns: () => {
                this.changing_columns = true;
                return this.draw();
            },
            more: () => this.show_more(),
            download: () => this.download(),
            "all-same": () => this.decide_all("Same Person"),
            "all-different": () => this.decide_all("Different Person"),
        };
        await actions[action]?.();
    }

    async show_more() {
        this.listed += 1; // one more than is shown brings the next page
        await this.draw();
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
        await this.call(method, args, true);
        await this.frm.reload_doc();
    }

    decide_all(decision) {
        const question =
            decision === "Same Person"
                ? __("None of these rows will be created. Is each of them the same person?")
                : __("All of these rows will be created as new persons. Is each of them a different person?");
        frappe.confirm(question, async () => {
            await this.call("decide_all", { decision }, true);
            await this.show();
        });
    }

    download() {
        open_url_post(`/api/method/${SERVICE}.rejected_rows`, { name: this.name });
    }
}
