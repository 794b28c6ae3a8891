// Drives the form of a census import: asks the server where the import stands, draws it, and passes on what is chosen.

import * as views from "./views.js";

const SERVICE = "social_crm.social_crm.services.census.actions";
const POLL_MS = 2500;
const RUNNING = ["Checking", "Loading"];

export class Workbench {
    constructor(frm) {
        this.frm = frm;
        this.$box = $('<div class="census-workbench">').appendTo(frm.fields_dict.workbench_html.$wrapper.empty());
        this.live = null;
        this.chosen = null;
        this.questions_open = false;
        this.changing_columns = false;
        this.$box.on("click", "[data-census]", (event) => this.act($(event.currentTarget).data("census")));
        this.$box.on("click", "[data-result]", (event) => this.choose($(event.currentTarget).data("result")));
        this.$box.on("click", "[data-decision]", (event) => this.decide($(event.currentTarget)));
        this.$box.on("change", "[data-census=sheet]", (event) => this.read_sheet({ sheet: event.target.value }));
        this.$box.on("change", "[data-census=header-row]", (event) => this.read_sheet({ header_row: event.target.value }));
    }

    get name() {
        return this.frm.doc.name;
    }

    async call(method, args = {}, freeze = false) {
        const { message } = await frappe.call({ method: `${SERVICE}.${method}`, args: { name: this.name, ...args }, freeze });
        return message;
    }

    async show() {
        clearTimeout(this.timer);
        if (this.frm.is_new()) {
            this.$box.html(views.stepper("New") + views.welcome());
            return;
        }
        const name = this.name;
        this.view = await this.call("overview");
        if (name !== this.name) return;
        await this.draw();
        if (RUNNING.includes(this.view.status)) this.wait();
    }

    wait() {
        clearTimeout(this.timer);
        this.timer = setTimeout(async () => {
            if (cur_frm !== this.frm || this.frm.is_new()) return;
            const before = this.view.status;
            this.view = await this.call("overview");
            await this.settle(before);
        }, POLL_MS);
    }

    async settle(before) {
        if (this.view.status === before) {
            await this.draw();
            if (RUNNING.includes(before)) this.wait();
            return;
        }
        this.live = null;
        this.chosen = null;
        await this.frm.reload_doc();
    }

    on_progress(message) {
        if (message.census_import !== this.name || !this.view) return;
        if (message.status) {
            this.settle_soon();
            return;
        }
        this.live = message;
        if (this.view.status === "Loading") this.$box.find("[data-part=progress]").html(views.progress(this.view, this.live));
    }

    async settle_soon() {
        const before = this.view.status;
        this.view = await this.call("overview");
        await this.settle(before);
    }

    async draw() {
        const view = this.view;
        const part = {
            Draft: () => this.columns_part(),
            Failed: () => this.columns_part(),
            Checking: () => this.checking_part(),
            Ready: () => (this.changing_columns ? this.columns_part() : this.outcome_part()),
            Loading: () => this.loading_part(),
            Cancelled: () => this.outcome_part(),
            Finished: () => this.outcome_part(),
        }[view.status];
        this.$box.html(views.stepper(view.status) + views.alert(view.problem) + part());
        if (this.questions_open) await this.show_questions();
        else if (this.chosen) await this.show_problems();
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

    outcome_part() {
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
            <div data-part="list"></div>${status === "Finished" ? "" : views.notices(this.view.notices)}
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
        this.questions_open = result === "To Decide";
        this.chosen = this.chosen === result && !this.questions_open ? null : result;
        await this.draw();
    }

    async show_problems(start = 0) {
        const $list = this.$box.find("[data-part=list]");
        if (!$list.length) return;
        const { rows, page } = await this.call("problem_rows", { result: this.chosen, start });
        this.rows = start ? [...this.rows, ...rows] : rows;
        $list.html(views.problem_list(this.rows, rows.length === page));
    }

    async show_questions() {
        const $list = this.$box.find("[data-part=list]");
        if (!$list.length) return;
        const items = await this.call("questions");
        if (!items.length) {
            this.questions_open = false;
            return;
        }
        const all = this.view.may_write
            ? views.buttons([
                  ["all-same", __("All are the same person")],
                  ["all-different", __("All are different persons")],
              ])
            : "";
        $list.html(`<h5>${__("Is it the same person?")}</h5>${all}${items.map((item) => views.question(item, this.view.may_write)).join("")}`);
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
            more: () => this.show_problems(this.rows.length),
            download: () => this.download(),
            "all-same": () => this.decide_all("Same Person"),
            "all-different": () => this.decide_all("Different Person"),
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
        this.chosen = null;
        this.questions_open = false;
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
