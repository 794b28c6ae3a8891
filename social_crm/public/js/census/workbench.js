// The form of a census import: what its runs are called, what came of the rows, and the questions about likely duplicates.

import { buttons, notices } from "../file_runs/views.js";
import { FileWorkbench } from "../file_runs/workbench.js";
import * as views from "./views.js";

export class Workbench extends FileWorkbench {
    service = "social_crm.social_crm.services.census.actions";
    working = "Loading";
    rows_method = "problem_rows";
    views = views;

    constructor(frm) {
        super(frm);
        this.$box.on("click", "[data-decision]", (event) => this.decide($(event.currentTarget)));
    }

    close_list() {
        super.close_list();
        this.questions_open = false;
    }

    running_part() {
        return this.progress_part(
            this.view.status === "Checking"
                ? __("The file is being checked. You can leave this page.")
                : __("The families are being loaded. You can leave this page."),
        );
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
        return `${this.lead()}${views.tiles(this.view, this.chosen)}${buttons(actions)}
            <div data-part="list">${list}</div>${status === "Finished" ? "" : notices(this.view.notices)}
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
        // Questions stay open when they are asked for again: the answer may just have been given elsewhere.
        if (result === "To Decide") this.chosen = null;
        this.questions_open = result === "To Decide";
        await super.choose(result);
    }

    async list_part() {
        return this.questions_open && !this.changing_columns ? this.questions_part() : super.list_part();
    }

    row_list(rows, more) {
        return views.problem_list(rows, more);
    }

    async questions_part() {
        const items = await this.ask("questions");
        if (!items.length) {
            this.close_list();
            return "";
        }
        const all = this.view.may_write
            ? buttons([
                  ["all-same", __("All are the same person")],
                  ["all-different", __("All are different persons")],
              ])
            : "";
        return `<h5>${__("Is it the same person?")}</h5>${all}${items.map((item) => views.question(item, this.view.may_write)).join("")}`;
    }

    more_actions() {
        return {
            load: () => this.run("load"),
            questions: () => this.choose("To Decide"),
            download: () => this.download("rejected_rows"),
            "all-same": () => this.decide_all("Same Person"),
            "all-different": () => this.decide_all("Different Person"),
        };
    }

    async decide($button) {
        await this.ask("decide", { row: $button.data("row"), decision: $button.data("decision") }, true);
        await this.show();
    }

    decide_all(decision) {
        const question =
            decision === "Same Person"
                ? __("None of these rows will be created. Is each of them the same person?")
                : __("All of these rows will be created as new persons. Is each of them a different person?");
        frappe.confirm(question, async () => {
            await this.ask("decide_all", { decision }, true);
            await this.show();
        });
    }
}
