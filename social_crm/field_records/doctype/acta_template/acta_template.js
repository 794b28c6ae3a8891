const SERVICES = "social_crm.field_records.services";
// What a published version keeps for ever.
const FIXED = ["title", "component", "description", "default_language", "status", "questions", "choices"];

frappe.ui.form.on("Acta Template", {
    refresh(frm) {
        const can_write = frappe.model.can_write("Acta Template");
        if (can_write && (frm.is_new() || frm.doc.status === "Draft")) {
            frm.add_custom_button(__("Load XLSForm"), () => choose_file(frm));
        }
        if (can_write) frm.add_custom_button(__("Preview"), () => show_preview(frm));
        draw_preview(frm);
        const fixed = frm.doc.status === "Draft" || frm.is_new() ? 0 : 1;
        FIXED.forEach((field) => frm.set_df_property(field, "read_only", fixed));
        if (frm.is_new()) return;
        if (frm.doc.status !== "Draft") {
            frm.set_intro(
                __("What a published version asks never changes: make a new version of it. Translations and what closing writes may change."),
                "blue"
            );
        }
        frm.add_custom_button(__("Download XLSForm"), () => download(frm));
        frm.add_custom_button(__("Compare Versions"), () => choose_version(frm));
        if (can_write) add_states(frm);
    },
});

frappe.ui.form.on("Acta Template Write", {
    form_render: offer_choices,
    writes_add: offer_choices,
    target: offer_choices,
});

// The questions of the template, and the fields of the record that a line writes to.
function offer_choices(frm, doctype, name) {
    const { grid } = frm.get_field("writes");
    const offer = (field, options) => {
        grid.update_docfield_property(field, "options", options);
        // Where the row is being written, in its cells or in its form, the boxes are there already.
        const row = grid.grid_rows_by_docname[name];
        [row?.grid_form?.fields_dict[field], row?.on_grid_fields_dict?.[field]].forEach((box) => box?.set_data?.(options));
    };
    const asked = frm.doc.questions.filter((row) => row.field_name && !/^(begin|end)_|^note$/.test(row.field_type));
    offer("question", asked.map((row) => ({ value: row.field_name, label: row.label || row.field_name })));
    const { target } = locals[doctype][name];
    if (target) frappe.xcall(`${SERVICES}.mapping.writable_fields`, { target }).then((fields) => offer("target_field", fields));
}

function add_states(frm) {
    const change = (label, status) =>
        frm.add_custom_button(label, () =>
            frappe
                .call({
                    method: `${SERVICES}.templates.set_status`,
                    args: { template: frm.doc.name, status },
                    freeze: true,
                })
                .then(() => frm.reload_doc())
        );
    if (frm.doc.status === "Draft" && !frm.is_dirty()) change(__("Publish"), "Published");
    if (frm.doc.status === "Published") change(__("Withdraw"), "Withdrawn");
    if (frm.doc.status === "Withdrawn") change(__("Publish"), "Published");
    if (frm.doc.status !== "Draft") frm.add_custom_button(__("New Version"), () => make_version(frm));
}

function make_version(frm) {
    frappe
        .call(`${SERVICES}.templates.new_version`, { template: frm.doc.name })
        .then(({ message }) => frappe.set_route("Form", "Acta Template", message));
}

function download(frm) {
    if (frm.is_dirty()) frappe.show_alert({ message: __("The download holds what is saved."), indicator: "orange" });
    window.open(`/api/method/${SERVICES}.xlsforms.download?template=${encodeURIComponent(frm.doc.name)}`);
}

function choose_file(frm) {
    const input = $('<input type="file" accept=".xlsx,.ods,.xls">');
    input.on("change", () => {
        const [file] = input[0].files;
        if (!file) return;
        const reader = new FileReader();
        reader.onload = () => load(frm, reader.result);
        reader.readAsDataURL(file);
    });
    input.trigger("click");
}

function load(frm, content) {
    const stored = frm.is_new() ? {} : { template_key: frm.doc.template_key, version: frm.doc.version };
    frappe
        .call({
            method: `${SERVICES}.xlsforms.load`,
            args: { content, ...stored },
            freeze: true,
            freeze_message: __("Reading the spreadsheet"),
        })
        .then(({ message }) => {
            if (message.values) fill(frm, message.values);
            if (message.problems.length || message.notices.length) show_findings(message);
            else frappe.show_alert({ message: __("The spreadsheet is in the form. Look it over and save."), indicator: "green" });
        });
}

function fill(frm, values) {
    const { questions, choices, translations, ...fields } = values;
    if (!frm.is_new()) ["template_key", "version"].forEach((field) => delete fields[field]);
    Object.entries(fields).forEach(([field, value]) => frm.set_value(field, value));
    Object.entries({ questions, choices, translations }).forEach(([table, rows]) => {
        frm.clear_table(table);
        (rows || []).forEach((row) => frm.add_child(table, row));
        frm.refresh_field(table);
    });
    frm.dirty();
    draw_preview(frm);
}

// Everything at once, by sheet and cell: whoever corrects the spreadsheet goes down the list.
function show_findings({ problems, notices }) {
    const list = (items) =>
        `<ul class="pl-4">${items
            .map((item) => `<li><b>${frappe.utils.escape_html(item.where)}</b>: ${frappe.utils.escape_html(item.text)}</li>`)
            .join("")}</ul>`;
    const parts = [];
    if (problems.length) {
        parts.push(`<p>${__("Nothing was loaded. Correct this in the spreadsheet and load it again:")}</p>${list(problems)}`);
    }
    if (notices.length) parts.push(`<p>${__("This was left out, and changes nothing of what is asked:")}</p>${list(notices)}`);
    frappe.msgprint({
        title: problems.length ? __("The Spreadsheet has Problems") : __("The Spreadsheet was Loaded"),
        indicator: problems.length ? "red" : "orange",
        message: parts.join(""),
        wide: true,
    });
}

function choose_version(frm) {
    frappe.call(`${SERVICES}.template_versions.versions`, { template: frm.doc.name }).then(({ message }) => {
        if (!message.length) {
            frappe.msgprint({ title: __("Compare Versions"), message: __("This template has no other version.") });
            return;
        }
        const options = message.map((row) => ({
            value: row.name,
            label: __("Version {0} ({1})", [row.version, __(row.status)]),
        }));
        const previous = frm.doc.previous_version || message[0].name;
        const dialog = new frappe.ui.Dialog({
            title: __("Compare Versions"),
            size: "large",
            fields: [
                {
                    fieldtype: "Select",
                    fieldname: "other",
                    label: __("Compare with"),
                    options,
                    default: options.some((option) => option.value === previous) ? previous : options[0].value,
                    onchange: () => show_changes(frm, dialog),
                },
                { fieldtype: "HTML", fieldname: "changes" },
            ],
        });
        dialog.show();
        show_changes(frm, dialog);
    });
}

function show_changes(frm, dialog) {
    const other = dialog.get_value("other");
    if (!other) return;
    frappe.call(`${SERVICES}.template_versions.changes`, { template: frm.doc.name, other }).then(({ message }) => {
        if (dialog.get_value("other") !== other) return;
        const colours = { added: "green", removed: "red", changed: "orange", moved: "blue" };
        const text = (value) => frappe.utils.escape_html(value) || "—";
        const rows = message.map(
            (row) => `<tr><td><span class="indicator ${colours[row.kind]}">${frappe.utils.escape_html(row.what)}</span></td>
                <td>${row.kind === "changed" ? `<del class="text-muted">${text(row.was)}</del><br>${text(row.now)}` : ""}</td></tr>`
        );
        dialog
            .get_field("changes")
            .$wrapper.html(
                rows.length
                    ? `<table class="table table-sm"><tbody>${rows.join("")}</tbody></table>`
                    : `<p class="text-muted">${__("Both versions ask the same.")}</p>`
            );
    });
}

function draw_preview(frm) {
    const line = (row) => {
        if (row.field_type.startsWith("end_")) return "</div>";
        const label = frappe.utils.escape_html(row.label || row.field_name || "");
        if (row.field_type.startsWith("begin_")) return `<div class="border-left pl-3 mb-3"><h5>${label}</h5>`;
        const choices = (frm.doc.choices || [])
            .filter((choice) => row.choice_list && choice.list_name === row.choice_list)
            .map((choice) => frappe.utils.escape_html(choice.label));
        const required = row.required ? ' <span class="text-danger">*</span>' : "";
        const detail = choices.length ? `<div class="text-muted small">${choices.join(" · ")}</div>` : "";
        const filtered = row.choice_filter ? `<div class="text-muted small">${__("Only the choices with")} ${frappe.utils.escape_html(row.choice_filter)}</div>` : "";
        const relevant = row.relevant ? `<div class="text-muted small">${__("Only if")} ${frappe.utils.escape_html(row.relevant)}</div>` : "";
        return `<div class="mb-2">${label}${required}${detail}${filtered}${relevant}</div>`;
    };
    const rows = (frm.doc.questions || []).filter((row) => row.field_type);
    frm.get_field("preview_html").$wrapper.html(rows.map(line).join(""));
}

// The form as a telephone shows it: a page of the field app itself, which gets what stands in this form, saved or not.
function show_preview(frm) {
    frappe
        .call({
            method: `${SERVICES}.previews.preview`,
            args: { template: frm.doc },
            freeze: true,
            freeze_message: __("Preparing the preview"),
        })
        .then(({ message }) => {
            if (message) open_preview(message);
        });
}

function open_preview({ title, languages, html, model }) {
    const dialog = new frappe.ui.Dialog({
        title: __("Preview"),
        fields: [
            {
                fieldtype: "Select",
                fieldname: "language",
                label: __("Language of the Template"),
                options: languages.map((one) => ({ value: one.code, label: one.title })),
                default: languages[0].code,
                hidden: languages.length < 2 ? 1 : 0,
                onchange: () => send(),
            },
            { fieldtype: "HTML", fieldname: "frame" },
        ],
    });
    // 360 by 640: a cheap telephone. On a telephone as wide as the screen lets it be.
    const frame = $("<iframe>", { src: "/campo-preview", title: __("Preview of the form on a telephone") }).css({
        width: "360px",
        "max-width": "100%",
        height: "min(640px, 70vh)",
        border: "8px solid var(--gray-800, #2d3338)",
        "border-radius": "18px",
        "box-sizing": "content-box",
        background: "#fff",
    });
    const is_narrow = frappe.utils.is_xs();
    if (is_narrow) frame.css({ width: "100%", border: "1px solid var(--border-color)", "border-radius": "8px", "box-sizing": "border-box" });
    dialog.get_field("frame").$wrapper.addClass("text-center").append(frame);
    const page = () => frame[0].contentWindow;
    const send = () =>
        page()?.postMessage(
            { type: "campo-preview-show", title, html, model, language: dialog.get_value("language") || languages[0].code, reader: frappe.boot.lang.slice(0, 2) },
            window.location.origin
        );
    const hear = (event) => {
        if (event.source === page() && event.origin === window.location.origin && event.data?.type === "campo-preview-ready") send();
    };
    window.addEventListener("message", hear);
    dialog.onhide = () => {
        window.removeEventListener("message", hear);
        // The page lets go of camera, microphone and what was written to try the form out.
        dialog.$wrapper.remove();
    };
    dialog.show();
}
