// What a census import looks like, step by step: functions from the server's overview to HTML. All text is escaped here.

import { alert, bar, esc, more_button, number, steps } from "../file_runs/views.js";

const STEP_OF = { New: 0, Draft: 1, Failed: 1, Checking: 2, Ready: 2, Loading: 3, Cancelled: 3, Finished: 4 };

export function stepper(status) {
    return steps([__("File"), __("Columns"), __("Review"), __("Load"), __("Result")], STEP_OF[status]);
}

export function welcome() {
    return `<p class="census-lead">${__("Load the families and persons of the spreadsheet you already have: one row a person, with the headers you use.")}</p>
        <ol class="census-how">
            <li>${__("Attach the spreadsheet (.xlsx, .ods or .csv) and choose the community and the date.")}</li>
            <li>${__("Save. The columns are recognised and you confirm them.")}</li>
            <li>${__("The file is checked row by row. Nothing is created before you see the result and press Load.")}</li>
        </ol>`;
}

const TILES = () => [
    ["Ready", __("To load"), "good"],
    ["Created", __("Persons created"), "good"],
    ["To Decide", __("To decide"), "warn"],
    ["Waiting", __("Waiting for a decision"), "warn"],
    ["Repeated", __("Duplicates"), "plain"],
    ["Skipped", __("Already loaded"), "plain"],
    ["Rejected", __("Rows rejected"), "bad"],
];

export function tiles(view, chosen) {
    const shown = TILES().filter(([key]) => view.figures[key] || ["Rejected"].includes(key));
    const cards = shown.map(
        ([key, label, tone]) => `<button type="button" class="census-tile census-tile-${tone}${key === chosen ? " census-tile-chosen" : ""}"
            data-result="${key}"><b>${number(view.figures[key])}</b><span>${esc(label)}</span></button>`,
    );
    const rows = __("{0} rows in {1} households", [number(view.total), number(view.households)]);
    return `<div class="census-tiles">${cards.join("")}</div><p class="text-muted">${esc(rows)}</p>`;
}

export function preview(rows) {
    if (!rows.length) return "";
    const head = [
        __("Row"),
        __("Household"),
        __("Given Names"),
        __("Surnames"),
        __("Document"),
        __("Date of Birth"),
        __("Sex"),
        __("Kinship"),
    ];
    const body = rows.map((row) => {
        const cells = [
            row.sheet_row,
            row.household,
            row.given_names,
            row.surnames,
            row.document,
            row.birth_date ? frappe.datetime.str_to_user(row.birth_date) : "",
            row.sex ? __(row.sex) : "",
            row.kinship ? __(row.kinship) : "",
        ];
        return `<tr>${cells.map((cell, index) => `<td data-label="${esc(head[index])}">${esc(cell)}</td>`).join("")}</tr>`;
    });
    return `<h5>${__("The first rows, as they were understood")}</h5><div class="census-scroll"><table class="table table-sm census-preview">
        <thead><tr>${head.map((label) => `<th>${esc(label)}</th>`).join("")}</tr></thead><tbody>${body.join("")}</tbody></table></div>`;
}

export function problem_list(rows, more) {
    if (!rows.length) return `<p class="text-muted">${__("No rows.")}</p>`;
    const items = rows.map((row) => {
        const link = row.beneficiary
            ? ` <a href="${frappe.utils.get_form_link("Beneficiary", row.beneficiary)}">${esc(row.beneficiary)}</a>`
            : "";
        const where = row.household ? `<span class="text-muted">${esc(__("Household {0}", [row.household]))}</span>` : "";
        return `<li><div><b>${esc(__("Row {0}", [row.sheet_row]))}</b> ${esc(row.full_name)}${link} ${where}</div>
            ${row.reasons.map((reason) => `<div class="census-reason">${esc(reason)}</div>`).join("")}</li>`;
    });
    return `<ul class="census-problems">${items.join("")}</ul>${more_button(more)}`;
}

const CARD = () => [
    ["full_name", __("Name")],
    ["documents", __("Document")],
    ["birth_date", __("Date of Birth")],
    ["sex", __("Sex")],
    ["kinship", __("Kinship")],
    ["household", __("Household")],
    ["community", __("Community")],
];

function shown(key, card) {
    const value = card[key];
    if (!value) return "—";
    if (key === "birth_date") return frappe.datetime.str_to_user(value);
    return ["sex", "kinship"].includes(key) ? __(value) : value;
}

export function question(item, may_write) {
    const findings = item.findings.length
        ? `<p class="census-findings">${esc(item.findings.join(" · "))} <span class="text-muted">${esc(__("likeness {0} of 100", [item.score]))}</span></p>`
        : "";
    if (item.elsewhere || !item.other) {
        return `<div class="census-question"><b>${esc(__("Row {0}", [item.sheet_row]))}: ${esc(item.row.full_name)}</b>
            ${alert(__("Exists elsewhere, ask the administrator."), "warn")}</div>`;
    }
    const other = item.other.record
        ? `<a href="${frappe.utils.get_form_link("Beneficiary", item.other.record)}" target="_blank">${esc(__("Registered: {0}", [item.other.record]))}</a>`
        : esc(__("Row {0}", [item.other.sheet_row]));
    const lines = CARD().map(([key, label]) => {
        const [left, right] = [shown(key, item.row), shown(key, item.other)];
        return `<tr class="${left === right ? "" : "census-differs"}"><th>${esc(label)}</th><td>${esc(left)}</td><td>${esc(right)}</td></tr>`;
    });
    const buttons = may_write
        ? `<div class="census-answers">
            <button type="button" class="btn btn-default btn-sm" data-row="${esc(item.name)}" data-decision="Same Person">${__("Same person: do not create")}</button>
            <button type="button" class="btn btn-default btn-sm" data-row="${esc(item.name)}" data-decision="Different Person">${__("Different person: create")}</button>
        </div>`
        : "";
    return `<div class="census-question"><table class="table table-sm census-pair"><thead><tr><th></th>
        <th>${esc(__("Row {0}", [item.sheet_row]))}</th><th>${other}</th></tr></thead><tbody>${lines.join("")}</tbody></table>${findings}${buttons}</div>`;
}

export function progress(view, live) {
    const done = live?.total
        ? __("{0} of {1} persons", [number(live.done), number(live.total)])
        : __("{0} persons created", [number(view.figures.Created)]);
    return bar(view, live?.progress ?? view.progress, done);
}
