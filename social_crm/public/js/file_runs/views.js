// What every file that is checked and worked through looks like: functions from the server's overview to HTML. All text is
// escaped here.

export const esc = (value) => frappe.utils.escape_html(String(value ?? ""));
export const number = (value) => format_number(value || 0, null, 0);

/** The steps with the one that is reached; past the last one everything is done. */
export function steps(labels, at) {
    const items = labels.map((label, index) => {
        const state = index < at || at === labels.length - 1 ? "done" : index === at ? "now" : "later";
        const current = index === at ? ' aria-current="step"' : "";
        return `<li class="census-step census-step-${state}"${current}><span>${index + 1}</span>${esc(label)}</li>`;
    });
    return `<ol class="census-steps">${items.join("")}</ol>`;
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

/** How far a run is. Of a check nobody knows it: its bar moves. */
export function bar(view, percent, done) {
    if (view.status === "Checking") {
        return `<div class="progress census-progress"><div class="progress-bar progress-bar-striped progress-bar-animated" style="width:100%"></div></div>`;
    }
    const whole = Math.round(percent || 0);
    return `<div class="progress census-progress" role="progressbar" aria-valuenow="${whole}" aria-valuemin="0" aria-valuemax="100">
        <div class="progress-bar" style="width:${whole}%"></div></div><p>${[`${whole} %`, esc(done)].filter(Boolean).join(" · ")}</p>`;
}

export function more_button(more) {
    return more ? `<button type="button" class="btn btn-default btn-sm" data-census="more">${__("Show more")}</button>` : "";
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
