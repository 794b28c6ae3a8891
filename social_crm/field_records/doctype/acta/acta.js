// The form of an acta is drawn from its template; what applies, what is calculated and what is wrong, the server says.
const BUNDLE = "acta.bundle.js";
frappe.ui.form.on("Acta", {
    setup(frm) {
        frm.set_query("template", () => ({ filters: { status: "Published" } }));
        frm.set_query("amends", () => ({ filters: { status: "Closed" } }));
        frm.set_query("productive_unit", () => (frm.doc.beneficiary ? { filters: { beneficiary: frm.doc.beneficiary } } : {}));
        frm.set_query("beneficiary", () => (frm.doc.family ? { filters: { family: frm.doc.family } } : {}));
    },
    onload(frm) {
        // The word of an acta: a productive unit is closed too, and a credit has another gender.
        frm.get_docfield("status").formatter = (status) => __(status, null, "Acta");
        open_rows_on_a_phone(frm.get_field("participants").grid);
        // Frappe fills both times of a new record with the present one; the end is not known yet.
        if (frm.is_new()) frm.doc.end_time = null;
    },
    refresh(frm) {
        const closed = frm.doc.status === "Closed";
        if (frm.read_only) say_who_writes(frm, closed);
        frm.set_df_property("participants", "read_only", closed ? 1 : 0);
        if (closed) {
            frm.disable_save();
            frm.add_custom_button(__("Amend"), () => ask_amendment(frm));
        } else if (!frm.is_new()) {
            frm.add_custom_button(__("Add Commitment"), async () => {
                await frappe.require(BUNDLE);
                social_crm.acta.ask_commitment(frm, () => social_crm.acta.draw_commitments(frm));
            });
        }
        draw_form(frm);
        frappe.require(BUNDLE, () => ["draw_commitments", "draw_seal"].forEach((draw) => social_crm.acta[draw](frm)));
    },
    async validate(frm) {
        if (!frm.acta_form || frm.doc.status === "Closed") return;
        try {
            await frm.acta_form.signatures.keep();
        } catch (problem) {
            frappe.validated = false;
            const message = __("A signature could not be sent to the server. It is still on the screen: save again when there is a connection.");
            frappe.msgprint({ title: __("Signature not Kept"), indicator: "red", message });
            return;
        }
        // What is still being written goes along, whatever event the browser has not sent yet.
        frm.doc.answers = JSON.stringify(read(frm));
    },
    template: draw_form,
    visit_date: (frm) => look(frm),
});

// The platform's notice of a workflow lies over the form, and of a closed acta tells what the state does.
function say_who_writes(frm, closed) {
    const notice = __("This form is not editable due to a Workflow.");
    $("#alert-container .desk-alert")
        .filter((_index, alert) => alert.innerText.includes(notice))
        .remove();
    if (!closed) frm.set_intro(__("A draft is changed by those who write actas. You may read it."), "blue");
}

function draw_form(frm) {
    const wrapper = frm.get_field("answers_html").$wrapper;
    if (!frm.doc.template) {
        wrapper.html(`<p class="text-muted">${__("Choose a template first.")}</p>`);
        return;
    }
    const key = `${frm.doc.name}:${frm.doc.template}:${frm.doc.modified}:${frm.doc.status}`;
    // Asked for once: a second answer would empty the form while somebody is writing in it.
    if (frm.acta_key === key) return;
    frm.acta_key = key;
    const asked = frappe.call({
        method: "social_crm.field_records.services.forms.template_form",
        args: { template: frm.doc.template },
        // Without a signal the next refresh asks again.
        error: () => (frm.acta_key = null),
    });
    Promise.all([asked, frappe.require(BUNDLE)]).then(([{ message }]) => {
        if (frm.acta_key !== key) return;
        wrapper.empty();
        frm.acta_form = {
            tree: message,
            points: {},
            signatures: new social_crm.acta.Signatures(() => frm.acta_form, questions, is_signature),
            choices: new social_crm.acta.Choices(() => frm.acta_form, () => changed(frm), () => look(frm)),
            group: new frappe.ui.FieldGroup({
                fields: message.flatMap((node) => fields_for(node, frm)),
                body: $('<div class="acta-form">').appendTo(wrapper)[0],
            }),
        };
        frm.acta_form.group.make();
        questions(message).forEach((node) => complete_control(node, frm));
        fill(frm);
        look(frm);
    });
}

// What the controls of the Desk lack for a question that may stay open.
function complete_control(node, frm) {
    const field = frm.acta_form.group.get_field(node.name);
    if (node.type === "begin_repeat") {
        open_rows_on_a_phone(field.grid);
        frm.acta_form.choices.watch(node);
        const needs_form = (part) => is_signature(part) || part.type === "select_multiple";
        if (questions(node.parts).some(needs_form)) field.grid.allow_on_grid_editing = () => false;
        // The form of a row is made when it is opened, by a press that the platform tells nobody else: then it too shows what applies.
        const later = () => setTimeout(() => frm.acta_form.show_rows?.(node), 50);
        $(field.grid.wrapper)[0].addEventListener("click", later, true);
    }
    if (["integer", "decimal"].includes(node.type)) {
        // Nothing typed is no answer; the control would make it a 0.
        const { parse, format_for_input } = field;
        field.parse = (value) => (is_empty(value) ? null : parse.call(field, value));
        field.format_for_input = (value) => (is_empty(value) ? "" : format_for_input.call(field, value));
        field.$input?.val("");
    }
    if (node.type === "select_multiple" && node.required) field.$label?.append(' <span class="text-danger">*</span>');
    if (node.type === "geopoint" && navigator.geolocation && frm.doc.status !== "Closed") {
        $(`<button type="button" class="btn btn-default btn-xs mb-3">${__("Take the present position")}</button>`)
            .appendTo(field.$wrapper)
            .on("click", () => take_position(frm, node.name, field));
    }
}

// A new row is too wide for its cells there, and a signature has its place only in the row's own form.
function open_rows_on_a_phone(grid) {
    if (frappe.utils.is_xs()) grid.allow_on_grid_editing = () => false;
}

function take_position(frm, name, field) {
    navigator.geolocation.getCurrentPosition(
        ({ coords }) => {
            const point = { latitude: coords.latitude, longitude: coords.longitude, accuracy: Math.round(coords.accuracy) };
            frm.acta_form.points[name] = point;
            field.set_value(point_text(point));
        },
        () => frappe.msgprint(__("The position is not known. Allow the browser to use it, or write latitude and longitude.")),
        { enableHighAccuracy: true, timeout: 20000 }
    );
}

const is_signature = (node) => node.type === "image" && (node.appearance || "").split(/\s+/).includes("signature");

const is_empty = (value) => value === null || value === undefined || value === "";

// A time without seconds, as answers have it, is none for the box of the Desk.
function as_control({ type }, value) {
    if (type === "datetime") return (value ?? "").replace("T", " ");
    return type === "time" ? (value ?? "").replace(/^\d\d:\d\d$/, "$&:00") : (value ?? "");
}

const as_answer = (node, value) => (node?.type === "time" && value ? value.replace(/^(\d\d:\d\d):[\d.]+$/, "$1") : value);

const point_text = (point) => `${point.latitude}, ${point.longitude}`;

function fields_for(node, frm) {
    if (node.type === "hidden") return [];
    const read_only = frm.doc.status === "Closed" || node.shown_only ? 1 : 0;
    const base = {
        fieldname: node.name,
        label: node.label,
        description: node.hint ? frappe.utils.escape_html(node.hint) : "",
        reqd: node.required ? 1 : 0,
        default: node.in_row ? node.default : undefined,
        read_only,
        onchange: node.shown_only ? undefined : () => changed(frm), on_change: () => changed(frm), // the second is what a list of ticks calls
    };
    if (node.type === "begin_group") {
        const in_row = node.in_row && { required: false, in_row: true };
        const end = { fieldtype: "Section Break", fieldname: `${node.name}_end` };
        return [{ fieldtype: "Section Break", fieldname: node.name, label: node.label }, ...node.parts.flatMap((part) => fields_for({ ...part, ...in_row }, frm)), end];
    }
    if (node.type === "begin_repeat") {
        const parts = node.parts.flatMap((part) => fields_for({ ...part, required: false, in_row: true }, frm));
        return [
            {
                ...base,
                reqd: 0,
                fieldtype: "Table",
                in_place_edit: !frappe.utils.is_xs(),
                cannot_add_rows: read_only || (node.counted ? 1 : 0),
                cannot_delete_rows: read_only,
                data: [],
                fields: parts.map((part) => {
                    const offered = (row) => frm.acta_form.choices.of_row(node, part.fieldname, row);
                    return { ...part, in_list_view: 1, columns: 2, onchange: () => changed(frm), offered };
                }),
            },
        ];
    }
    if (read_only && ["image", "audio"].includes(node.type)) {
        const show = node.type === "audio" ? social_crm.acta.recording : social_crm.acta.picture;
        return [{ fieldname: node.name, fieldtype: "HTML", options: show(node, stored(frm)[node.name]) }];
    }
    return [{ ...base, ...control_for(node) }];
}

function number_formatter(fieldtype) {
    return (value, df) => (is_empty(value) ? "" : frappe.form.formatters[fieldtype](value, { ...df, fieldtype, formatter: null }));
}

function control_for(node) {
    const options = node.choices.map((choice) => ({ value: choice.value, label: choice.label }));
    const controls = {
        integer: { fieldtype: "Int", formatter: number_formatter("Int") },
        decimal: { fieldtype: "Float", formatter: number_formatter("Float") },
        date: { fieldtype: "Date" },
        time: { fieldtype: "Time" },
        datetime: { fieldtype: "Datetime" },
        select_one: {
            fieldtype: "Select",
            options: ["", ...options],
            // The row of a repeat shows the label too, not the value that is stored.
            formatter: (value) => frappe.utils.escape_html(options.find((option) => option.value === value)?.label ?? value ?? ""),
        },
        // Frappe's own keeps nothing in a row.
        select_multiple: node.in_row ? social_crm.acta.choices_of_row(options) : { fieldtype: "MultiCheck", options, columns: 2, sort_options: false },
        note: { fieldtype: "HTML", options: `<p class="text-muted">${frappe.utils.escape_html(node.label)}</p>`, label: "" },
        geopoint: { fieldtype: "Data", placeholder: __("Latitude, longitude") },
        image: is_signature(node)
            ? { fieldtype: "Signature", formatter: (value) => (value ? `<span class="indicator-pill green">${__("Signed")}</span>` : "") }
            : { fieldtype: "Attach Image" },
        audio: { fieldtype: "Attach", options: { restrictions: { allowed_file_types: ["audio/*"] } } },
    };
    const text = { fieldtype: node.appearance.includes("multiline") ? "Small Text" : "Data" };
    return controls[node.type] || text;
}

// Every question by its name: groups hold theirs openly, a repeat is one question.
function questions(tree) {
    return tree.flatMap((node) => (node.type === "begin_group" ? questions(node.parts) : ["note", "hidden"].includes(node.type) ? [] : [node]));
}

// What nobody writes and a device began with goes along as it came; what is calculated the server knows itself.
function carried(tree) {
    const all = (nodes) => nodes.flatMap((node) => (node.type === "begin_group" ? all(node.parts) : [node]));
    return all(tree).filter((node) => node.shown_only && (node.type !== "calculate" || node.keeps_first)).map((node) => node.name);
}

function stored(frm) {
    const answers = frm.doc.answers;
    return (typeof answers === "string" ? JSON.parse(answers || "{}") : answers) || {};
}

function fill(frm) {
    const answers = stored(frm);
    frm.acta_form.filling = true;
    const tasks = questions(frm.acta_form.tree).map((node) => {
        const field = frm.acta_form.group.get_field(node.name);
        if (field.df.fieldtype === "HTML") return null;
        let value = answers[node.name] ?? (frm.is_new() && node.default ? node.default : null);
        if (value == null) return null;
        value = as_control(node, value);
        if (node.type === "geopoint" && typeof value === "object") {
            frm.acta_form.points[node.name] = value;
            value = point_text(value);
        }
        if (node.type === "begin_repeat") {
            const timed = questions(node.parts).filter((part) => ["time", "datetime"].includes(part.type));
            const boxes = (row) => Object.fromEntries(timed.map((part) => [part.name, as_control(part, row[part.name])]));
            field.df.data = value.map((row, index) => ({ ...row, ...boxes(row), idx: index + 1, name: `row ${index + 1}` }));
            return field.grid.refresh();
        }
        return node.type === "select_multiple" ? social_crm.acta.tick(field, value) : field.set_value(value);
    });
    Promise.all(tasks)
        .then(() => frm.acta_form.signatures.show())
        .then(() => setTimeout(() => (frm.acta_form.filling = false), 200));
}

// whole: with the rows that are still empty.
function read(frm, whole = false) {
    const answers = {};
    const { signatures } = frm.acta_form;
    questions(frm.acta_form.tree).forEach((node) => {
        if (node.shown_only) return;
        const field = frm.acta_form.group.get_field(node.name);
        let value = node.type === "select_multiple" ? field.selected_options || [] : field.get_value();
        if (node.type === "begin_repeat") {
            const parts = new Map(questions(node.parts).map((part) => [part.name, part]));
            const names = [...parts.values()].filter((part) => !part.shown_only).map((part) => part.name);
            const given = (row, of) => of.filter((name) => !is_empty(row[name]) && row[name].length !== 0).map((name) => [name, as_answer(parts.get(name), signatures.answer(row[name]))]);
            value = (field.grid.get_data() || [])
                .filter((row) => whole || node.counted || given(row, names).length)
                .map((row) => Object.fromEntries(given(row, [...names, ...carried(node.parts)])));
        }
        value = as_answer(node, signatures.answer(value));
        // A point keeps its accuracy as long as nobody writes another one.
        const point = frm.acta_form.points[node.name];
        if (point && value === point_text(point)) value = point;
        // An empty number box reads as 0: it is an answer only when something was typed.
        if (["integer", "decimal"].includes(node.type) && !field.$input?.val()) value = null;
        if (value !== null && value !== undefined && value !== "" && !(Array.isArray(value) && !value.length)) answers[node.name] = value;
    });
    const before = stored(frm);
    carried(frm.acta_form.tree).forEach((name) => !is_empty(before[name]) && (answers[name] = before[name]));
    return answers;
}

function changed(frm) {
    if (!frm.acta_form || frm.acta_form.filling || frm.doc.status === "Closed") return;
    const text = JSON.stringify(read(frm));
    if (text === JSON.stringify(stored(frm))) return;
    frm.set_value("answers", text);
    look(frm);
}

// Not at every key: the server is asked once the writing pauses.
function look(frm) {
    clearTimeout(frm.acta_look);
    frm.acta_look = setTimeout(() => ask_server(frm), 400);
}

// What now() means, as the server says it too.
function moment_of({ device_time, visit_date, end_time, start_time }) {
    return device_time || (visit_date && `${visit_date} ${end_time || start_time || "00:00:00"}`) || null;
}

function ask_server(frm) {
    if (!frm.acta_form || !frm.doc.template) return;
    frappe
        .call("social_crm.field_records.services.forms.look_at_answers", {
            template: frm.doc.template,
            answers: frm.doc.status === "Closed" ? stored(frm) : read(frm, true),
            visit_date: frm.doc.visit_date,
            moment: moment_of(frm.doc),
        })
        .then(({ message }) => show_findings(frm, message));
    if (frm.doc.status !== "Closed") frm.acta_form.choices.ask(frm.doc.template, read(frm, true), frm.doc.visit_date);
}

function show_findings(frm, seen) {
    const visible = new Set(seen.visible);
    frm.acta_form.show_rows = (node) => show_rows(frm.acta_form.group.get_field(node.name).grid, node, visible, seen.answers[node.name] || []);
    const required = new Set(seen.required);
    const calculated = new Set(questions(frm.acta_form.tree).filter((node) => node.type === "calculate" && node.label).map((node) => node.name));
    const walk = (nodes) =>
        nodes.forEach((node) => {
            const field = frm.acta_form.group.fields_dict[node.name];
            if (!field) return;
            const named = node.type === "note" ? [...node.label.matchAll(/\$\{([^}]*)\}/g)].map((match) => match[1]) : [];
            // Shown and hidden without redrawing the box: someone may be writing in it.
            // A note that says what is calculated is for phones: here the calculation stands as a field of its own.
            const is_said = node.type === "calculate" ? !node.label : named.some((name) => calculated.has(name));
            $(field.$wrapper || field.wrapper).toggle(visible.has(node.name) && !is_said);
            if (named.length) $(field.wrapper).find("p").text(node.label.replace(/\$\{([^}]*)\}/g, (_all, name) => seen.answers[name] ?? ""));
            if (node.type === "begin_group") walk(node.parts);
            const is_counted = node.counted && frm.doc.status !== "Closed";
            if (is_counted && social_crm.acta.count_rows(field, seen.counts[node.name] || 0)) changed(frm);
            if (node.shown_only && node.type === "select_multiple") social_crm.acta.tick(field, seen.answers[node.name]);
            else if (node.shown_only && !["note", "hidden"].includes(node.type)) field.set_value(as_control(node, seen.answers[node.name]));
            if (!node.required) field.$wrapper?.find(".control-label").first().toggleClass("reqd", required.has(node.name));
            if (node.type === "begin_repeat") frm.acta_form.show_rows(node);
        });
    walk(frm.acta_form.tree);
    const wrapper = frm.get_field("answers_html").$wrapper;
    wrapper.find(".acta-findings").remove();
    if (frm.doc.status === "Closed") return;
    // A blank row is not kept, whatever is calculated in it; one that is counted is.
    const is_of_empty_row = ({ path }) => {
        const [, name, index] = path.match(/^(\w+)\[(\d+)\]/) || [];
        const repeat = name && questions(frm.acta_form.tree).find((node) => node.name === name);
        const row = seen.answers[name]?.[index] || {};
        return repeat && !repeat.counted && questions(repeat.parts).every((part) => part.shown_only || is_empty(row[part.name]));
    };
    const list = (items, colour) =>
        items.filter((item) => !is_of_empty_row(item)).map((item) => `<li class="text-${colour}">${frappe.utils.escape_html(item.text)}</li>`).join("");
    if (seen.findings.length || seen.missing.length) {
        wrapper.append(`<div class="acta-findings border-top pt-3"><b>${__("Before closing")}</b>
            <ul>${list(seen.findings, "danger")}${list(seen.missing, "muted")}</ul></div>`);
    }
}

// What applies in each row, in its cells and in its form, and what is calculated there.
function show_rows(grid, node, visible, answers) {
    (grid.grid_rows || []).forEach((row, index) => {
        // A row that the server was not asked about yet.
        if (!answers[index]) return;
        questions(node.parts).forEach((part) => {
            const applies = visible.has(`${node.name}[${index}].${part.name}`);
            row.columns?.[part.name]?.children().css("visibility", applies ? "" : "hidden");
            row.grid_form?.fields_dict?.[part.name]?.$wrapper.toggle(applies);
            if (!part.shown_only) return;
            const value = answers[index]?.[part.name] ?? "";
            if (row.doc[part.name] === value) return;
            row.doc[part.name] = value;
            row.refresh_field(part.name);
        });
    });
}

function ask_amendment(frm) {
    frappe.prompt(
        [{ fieldtype: "Small Text", fieldname: "reason", label: __("Reason for the Amendment"), reqd: 1 }],
        ({ reason }) =>
            frappe
                .call("social_crm.field_records.services.actions.amend", { acta: frm.doc.name, reason })
                .then(({ message }) => frappe.set_route("Form", "Acta", message)),
        __("Amend"),
        __("Amend")
    );
}
