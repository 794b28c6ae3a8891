// What a census import looks like, step by step: functions from the server's overview to HTML. All text is escaped here.

const esc = (value) => frappe.utils.escape_html(String(value ?? ""));
const number = (value) => format_number(value || 0, null, 0);

const STEPS = () => [
    ["file", __("File")],
    ["columns", __("Columns")],
    ["check", __("Review")],
    ["load", __("Load")],
    ["result", __("Result")],
];

const STEP_OF = {
    New: "file",
    Draft: "columns",
    Failed: "columns",
    Checking: "check",
    Ready: "check",
    Loading: "load",
    Cancelled: "load",
    Finished: "result",
};

export function stepper(status) {
    const steps = STEPS();
    const at = steps.findIndex(([key]) => key === STEP_OF[status]);
    const items = steps.map(([, label], index) => {
        const state = index < at || status === "Finished" ? "done" : index === at ? "now" : "later";
        const current = index === at ? ' aria-current="step"' : "";
        return `<li class="census-step census-step-${state}"${current}><span>${index + 1}</span>${esc(label)}</li>`;
    });
    return `<ol class="census-steps">${items.join("")}</ol>`;
}

export function welcome() {
    return `<p class="census-lead">${__("Load the families and persons of the spreadsheet you already have: one row a person, with the headers you use.")}</p>
        <ol class="census-how">
            <li>${__("Attach the spreadsheet (.xlsx, .ods or .csv) and choose the community and the date.")}</li>
            <li>${__("Save. The columns are recognised and you confirm them.")}</li>
            <li>${__("The file is checked row by row. Nothing is created before you see the result and press Load.")}</li>
        </ol>`;
}

export function alert(text, tone = "danger") {
    return text ? `<div class="census-alert census-alert-${tone}" role="alert">${esc(text)}</div>` : "";
}

export function notices(list) {
    if (!list.length) return "";
    return `<ul class="census-notices">${list.map((text) => `<li>${esc(text)}</li>`).join("")}</ul>`;
}

const BASIS = () => ({
    Remembered: __("remembered from an earlier file"),
    Exact: __("recognised"),
    Similar: __("similar header: check it"),
    Values: __("recognised by its values"),
    Unknown: __("not recognised"),
    Chosen: __("chosen by you"),
});

export function sheet_choice(view) {
    const sheets = view.sheets
        .map((name) => `<option value="${esc(name)}"${name === view.sheet ? " selected" : ""}>${esc(name)}</option>`)
        .join("");
    const choice =
        view.sheets.length > 1
            ? `<label>${__("Sheet")}<select class="form-control input-sm" data-census="sheet">${sheets}</select></label>`
            : "";
    return `<div class="census-sheet">${choice}
        <label>${__("Row of the headers")}<input type="number" min="1" class="form-control input-sm" data-census="header-row"
            value="${esc(view.header_row || "")}"></label></div>`;
}

export function mapping(view) {
    const basis = BASIS();
    const rows = view.columns.map((column) => {
        const tone = ["Similar", "Unknown"].includes(column.basis) ? "warn" : "ok";
        return `<div class="census-column">
            <div class="census-column-from">
                <strong>${esc(column.header || __("(without header)"))}</strong> <span class="text-muted">${esc(column.letter)}</span>
                <div class="census-samples">${esc(column.samples)}</div>
            </div>
            <div class="census-column-to">
                <select class="form-control input-sm" data-column="${column.index}" aria-label="${esc(column.header)}">${options(view.fields, column.field)}</select>
                <small class="census-basis-${tone}">${esc(basis[column.basis] || "")}</small>
            </div>
        </div>`;
    });
    return `<div class="census-columns">${rows.join("")}</div>`;
}

function options(groups, chosen) {
    const one = (option) =>
        `<option value="${esc(option.value)}"${option.value === chosen ? " selected" : ""}>${esc(option.label)}</option>`;
    const listed = groups.map((group) =>
        group.label
            ? `<optgroup label="${esc(group.label)}">${group.options.map(one).join("")}</optgroup>`
            : group.options.map(one).join(""),
    );
    return `<option value="">${esc(__("(choose)"))}</option>${listed.join("")}`;
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
    const button = more
        ? `<button type="button" class="btn btn-default btn-sm" data-census="more">${__("Show more")}</button>`
        : "";
    return `<ul class="census-problems">${items.join("")}</ul>${button}`;
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
    const percent = Math.round(live?.progress ?? view.progress ?? 0);
    const done = live?.total
        ? __("{0} of {1} persons", [number(live.done), number(live.total)])
        : __("{0} persons created", [number(view.figures.Created)]);
    return `<div class="progress census-progress" role="progressbar" aria-valuenow="${percent}" aria-valuemin="0" aria-valuemax="100">
        <div class="progress-bar" style="width:${percent}%"></div></div><p>${percent} % · ${esc(done)}</p>`;
}

export function buttons(list) {
    const made = list
        .filter(Boolean)
        .map(
            ([action, label, primary]) =>
                `<button type="button" class="btn btn-sm ${primary ? "btn-primary" : "btn-default"}" data-census="${action}">${esc(label)}</button>`,
        );
    return made.length ? `<div class="census-actions">${made.join("")}</div>` : "";
}
