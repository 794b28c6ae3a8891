// What the form of an acta needs besides its questions: signatures drawn on the pad of the Desk, and the dialog of a commitment.
frappe.provide("social_crm.acta");

const is_drawn = (value) => typeof value === "string" && value.startsWith("data:image/");
// Stands for a signature that is no file yet, while it is only looked at.
const NOT_KEPT_YET = "/private/files/signature-not-kept-yet.png";

// A file's address is what an answer holds; what is drawn becomes a file when the acta is saved.
social_crm.acta.Signatures = class Signatures {
    // form: returns {tree, group}. questions: of nodes of a tree. is_signature: of one of them.
    constructor(form, questions, is_signature) {
        Object.assign(this, { form, questions, is_signature, kept: new Map() });
    }

    // Every place that holds a signature now: a question of its own, or one in each row of a repeat.
    places() {
        const { tree, group } = this.form();
        return this.questions(tree).flatMap((node) => {
            const field = group.get_field(node.name);
            if (this.is_signature(node)) return [{ value: field.value, set: (value) => field.set_value(value) }];
            if (node.type !== "begin_repeat") return [];
            const names = this.questions(node.parts).filter(this.is_signature).map((part) => part.name);
            return (field.df.data || []).flatMap((row) =>
                names.map((name) => ({ value: row[name], set: (value) => (row[name] = value), grid: field.grid }))
            );
        });
    }

    // The answer for what a control holds.
    answer(value) {
        return is_drawn(value) ? this.kept.get(value) || NOT_KEPT_YET : value;
    }

    // Make files of what was drawn; throws when the server does not take one.
    async keep() {
        for (const { value } of this.places()) {
            if (!is_drawn(value) || this.kept.has(value)) continue;
            const body = new FormData();
            body.append("file", await (await fetch(value)).blob(), `firma-${frappe.utils.get_random(8)}.png`);
            body.append("is_private", "1");
            const headers = { Accept: "application/json", "X-Frappe-CSRF-Token": frappe.csrf_token };
            const answer = await fetch("/api/method/upload_file", { method: "POST", body, headers });
            if (!answer.ok) throw new Error(`${answer.status}`);
            this.kept.set(value, (await answer.json()).message.file_url);
        }
    }

    // The pad shows a picture, not the address of one. Without a connection the address stays, and so does the answer.
    async show() {
        const grids = new Set();
        for (const { value, set, grid } of this.places()) {
            if (!value || is_drawn(value)) continue;
            const answer = await fetch(value).catch(() => null);
            if (!answer?.ok) continue;
            const drawn = await frappe.dom.file_to_base64(await answer.blob());
            this.kept.set(drawn, value);
            await set(drawn);
            if (grid) grids.add(grid);
        }
        grids.forEach((grid) => grid.refresh());
    }
};

// Choices that go with the answers before them: of each question with a filter the server says which.
social_crm.acta.Choices = class Choices {
    // form: returns {tree, group}. cleared: what to do when answers went that do not go with the others any more; look: asks anew.
    constructor(form, cleared, look) {
        Object.assign(this, { form, cleared, look, offered: {} });
    }

    // The questions with a filter, each with the repeat that it stands in.
    nodes(tree = this.form().tree, repeat = null) {
        return tree.flatMap((node) =>
            node.filtered ? [{ node, repeat }] : this.nodes(node.parts, node.type === "begin_repeat" ? node : repeat)
        );
    }

    // answers: with the rows that are still empty, so that the rows of the server are those of the screen.
    ask(template, answers, visit_date) {
        const asked = (this.asked = {});
        if (!this.nodes().length) return;
        frappe
            .call("social_crm.field_records.services.forms.offered_choices", { template, answers, visit_date })
            // Of two questions that are under way only the answer to the later one counts.
            .then(({ message }) => asked === this.asked && this.show(message));
    }

    show(offered) {
        this.offered = offered;
        let is_cleared = false;
        for (const { node, repeat } of this.nodes()) {
            const field = this.form().group.get_field((repeat || node).name);
            if (repeat) field.grid.grid_rows.forEach((row, number) => (is_cleared = this.show_row(node, repeat, row, number) || is_cleared));
            else if (offered[node.name]) is_cleared = (node.type === "select_multiple" ? this.tick : this.narrow).call(this, field, node, offered[node.name]) || is_cleared;
        }
        if (is_cleared) this.cleared();
    }

    narrow(field, node, values) {
        const { value } = field;
        field.df.options = this.options(node, values);
        field.set_options(values.includes(value) ? value : "");
        if (values.includes(value)) field.$input?.val(value);
        if (!value || values.includes(value)) return false;
        field.set_value("");
        return true;
    }

    tick(field, _node, values) {
        field.options.forEach(({ value }) =>
            field.$wrapper.find(":checkbox").filter((_, box) => box.dataset.unit === value).closest(".checkbox").toggle(values.includes(value))
        );
        const kept = field.selected_options.filter((value) => values.includes(value));
        if (kept.length === field.selected_options.length) return false;
        field.selected_options = kept;
        field.select_options(kept);
        return true;
    }

    show_row(node, repeat, row, number) {
        const values = this.offered[`${repeat.name}[${number}].${node.name}`];
        if (!values || !row.doc) return false;
        this.narrow_row(node, row, values);
        const value = row.doc[node.name];
        if (!value) return false;
        const before = node.type === "select_multiple" ? social_crm.acta.chosen(value) : [value];
        const kept = before.filter((one) => values.includes(one));
        if (kept.length === before.length) return false;
        row.doc[node.name] = kept.length ? kept : "";
        [row.on_grid_fields_dict?.[node.name], row.grid_form?.fields_dict[node.name]].forEach((box) => box?.set_input(row.doc[node.name]));
        row.refresh_field(node.name);
        return true;
    }

    // The boxes of a row are made when somebody goes into it, and share their options with the other rows.
    narrow_row(node, row, values) {
        [row.on_grid_fields_dict?.[node.name], row.grid_form?.fields_dict[node.name]].forEach((box) => {
            if (!box) return;
            if (node.type === "select_multiple") return box.offer(values);
            const chosen = row.doc[node.name];
            box.df = { ...box.df, options: this.options(node, values) };
            box.set_options(chosen || "");
            box.$input?.val(values.includes(chosen) ? chosen : "");
        });
    }

    // What is offered in a row, once the server has said so.
    of_row(repeat, name, row) {
        const number = this.form().group.get_field(repeat.name).grid.grid_rows.findIndex(({ doc }) => doc === row);
        return this.offered[`${repeat.name}[${number}].${name}`];
    }

    // Whoever goes into a box of a row finds the choices of that row.
    watch(repeat) {
        const { grid } = this.form().group.get_field(repeat.name);
        const mine = this.nodes(repeat.parts, repeat);
        if (!mine.length) return;
        // A row is added or opened by a press that the platform tells nobody else.
        $(grid.wrapper)[0].addEventListener("click", () => this.look(), true);
        $(grid.wrapper).on("focusin mousedown", "select", ({ currentTarget }) => {
            const number = grid.grid_rows.findIndex((row) => row.wrapper?.[0]?.contains(currentTarget));
            const found = mine.find(({ node }) => node.name === currentTarget.dataset.fieldname);
            const values = found && this.offered[`${repeat.name}[${number}].${found.node.name}`];
            if (values) this.narrow_row(found.node, grid.grid_rows[number], values);
            else if (found) this.look();
        });
    }

    options(node, values) {
        const left = new Set(values);
        return ["", ...node.choices.filter(({ value }) => left.has(value))];
    }
};

// The values of an answer with several choices; a default is written as one text, as XLSForm has it.
social_crm.acta.chosen = (value) => (Array.isArray(value) ? value : String(value ?? "").split(/\s+/).filter(Boolean));

social_crm.acta.tick = (field, value) => {
    const values = social_crm.acta.chosen(value).slice();
    field.selected_options = values;
    field.df.options.forEach((option) => (option.checked = values.includes(option.value)));
    field.refresh_input();
    field.$wrapper.find("input").prop("disabled", Boolean(field.df.read_only));
};

// Several choices in the form of a row, kept in the row as a list. df.offered: returns which of them go with the answers.
frappe.ui.form.ControlActaChoices = class ControlActaChoices extends frappe.ui.form.Control {
    make() {
        super.make();
        const { label, description, options } = this.df;
        const group = $('<div class="form-group" role="group">').attr("aria-label", label).appendTo(this.wrapper);
        $('<label class="control-label">').text(label).appendTo(group);
        const area = $('<div class="checkbox-options row">').appendTo(group);
        this.boxes = options.map((option) => {
            const place = $('<div class="checkbox unit-checkbox col-sm-6"><label><input type="checkbox"> <span class="label-area"></span></label></div>').appendTo(area);
            place.find("span").text(option.label);
            return { value: option.value, place, box: place.find("input").on("change", () => this.keep())[0] };
        });
        if (description) $('<p class="help-box small text-muted">').html(description).appendTo(group);
    }

    keep() {
        const values = this.get_value();
        this.doc[this.df.fieldname] = values.length ? values : "";
        this.layout?.grid_row?.refresh_field(this.df.fieldname);
        this.df.onchange?.();
    }

    get_value() {
        return this.boxes.filter(({ box }) => box.checked).map(({ value }) => value);
    }

    set_input(value) {
        const values = social_crm.acta.chosen(value);
        this.boxes.forEach(({ box, value: own }) => (box.checked = values.includes(own)));
    }

    refresh_input() {
        this.set_input(this.doc?.[this.df.fieldname]);
        this.boxes.forEach(({ box }) => (box.disabled = this.disp_status !== "Write"));
        const offered = this.doc && this.df.offered?.(this.doc);
        if (offered) this.offer(offered);
    }

    offer(values) {
        this.boxes.forEach(({ place, value }) => place.toggle(values.includes(value)));
    }
};

social_crm.acta.choices_of_row = (options) => ({
    fieldtype: "Acta Choices",
    options,
    formatter: (value) => {
        const values = social_crm.acta.chosen(value);
        return frappe.utils.escape_html(options.filter((option) => values.includes(option.value)).map((option) => option.label).join(", "));
    },
});

// As many rows as the answers say; returns whether there are others now. One that holds something goes by hand alone: the list
// of what is missing says that it is too many.
social_crm.acta.count_rows = (field, wanted) => {
    const rows = (field.df.data ||= []);
    const before = rows.length;
    const is_empty = (value) => value === null || value === undefined || value === "";
    // What is calculated in a row is nobody's answer, nor is what a question begins with.
    const calculated = field.df.fields.filter((one) => one.read_only).map((one) => one.fieldname);
    const begun = Object.fromEntries(field.df.fields.filter((one) => !is_empty(one.default)).map((one) => [one.fieldname, one.default]));
    const own = (key) => [...calculated, "idx", "name", "doctype", "parent", "parentfield", "parenttype"].includes(key) || key.startsWith("__");
    const is_blank = (row) => Object.keys(row).every((key) => own(key) || is_empty(row[key]) || row[key] === begun[key]);
    while (rows.length > wanted && is_blank(rows.at(-1))) rows.pop();
    while (rows.length < wanted) rows.push({ ...begun, idx: rows.length + 1, name: `row ${rows.length + 1}`, __islocal: true });
    if (rows.length === before) return false;
    field.grid.refresh();
    return true;
};

// A picture or a recording that cannot change any more is shown itself.
social_crm.acta.picture = (node, address) =>
    shown(node, address && `<img src="${encodeURI(address)}" alt="" class="img-fluid rounded" style="max-height: 320px">`);

social_crm.acta.recording = (node, address) =>
    shown(node, address && `<audio controls preload="none" src="${encodeURI(address)}" class="w-100"></audio>`);

function shown(node, html) {
    return `<div class="form-group"><div class="control-label mb-1">${frappe.utils.escape_html(node.label)}</div>${html || "—"}</div>`;
}

// done: called when the commitment stands.
social_crm.acta.ask_commitment = function (frm, done) {
    const dialog = new frappe.ui.Dialog({
        title: __("Add Commitment"),
        fields: [
            { fieldtype: "Data", fieldname: "subject", label: __("Commitment"), reqd: 1 },
            { fieldtype: "Date", fieldname: "due_date", label: __("Due Date"), reqd: 1 },
            { fieldtype: "Select", fieldname: "responsible_party", label: __("Responsible Party"), options: ["Family", "Staff"], default: "Family", reqd: 1 },
        ],
        primary_action_label: __("Add Commitment"),
        primary_action: (values) => {
            dialog.disable_primary_action();
            frappe
                .call("social_crm.field_records.services.actions.add_commitment", { acta: frm.doc.name, ...values })
                .then(() => {
                    dialog.hide();
                    done();
                })
                .catch(() => dialog.enable_primary_action());
        },
    });
    dialog.show();
};

// Make the paper of a sealed acta again from its data, and say whether it is still what was signed.
social_crm.acta.offer_rebuild = (acta, wrapper) => {
    if (wrapper.find(".acta-rebuild").length) return;
    const place = $('<div class="acta-rebuild mt-3">').appendTo(wrapper);
    const button = $('<button type="button" class="btn btn-default btn-sm">').appendTo(place).text(__("Make It Again and Compare"));
    const told = $('<p class="mt-2" role="status">').appendTo(place);
    const say = (colour, text) => told.empty().append($('<span class="indicator-pill">').addClass(colour).css("height", "auto").text(text));
    button.on("click", async () => {
        button.prop("disabled", true);
        say("blue", __("The paper is being made again ..."));
        try {
            const { message } = await frappe.call("social_crm.field_records.services.sealed_pdf.making.rebuild", { acta });
            if (message.equal) say("green", __("Made again from the data, the paper is the same, byte for byte."));
            else if (!message.same_renderer) say("orange", __("The paper is not the same byte for byte, but the program that makes it is another one than then: trust the seal of the content above."));
            else say("red", __("Made again from the data, the paper is not what was signed."));
        } catch {
            told.empty();
        } finally {
            button.prop("disabled", false);
        }
    });
};

social_crm.acta.draw_commitments = function (frm) {
    const wrapper = frm.get_field("commitments_html").$wrapper;
    if (frm.is_new()) {
        wrapper.html(`<p class="text-muted">${__("Save the acta first.")}</p>`);
        return;
    }
    frappe.call("social_crm.field_records.services.actions.commitments", { acta: frm.doc.name }).then(({ message }) => {
        const rows = message.map(
            (row) => `<tr><td><a href="/app/commitment/${encodeURIComponent(row.name)}">${frappe.utils.escape_html(row.subject)}</a></td>
            <td>${frappe.datetime.str_to_user(row.due_date)}</td><td>${__(row.responsible_party || "")}</td><td>${__(row.status)}</td></tr>`
        );
        wrapper.html(
            rows.length
                ? `<table class="table table-bordered"><thead><tr><th>${__("Commitment")}</th><th>${__("Due Date")}</th>
                   <th>${__("Responsible Party")}</th><th>${__("Status")}</th></tr></thead><tbody>${rows.join("")}</tbody></table>`
                : `<p class="text-muted">${__("No commitments yet.")}</p>`
        );
    });
};

// The state of the seal and of the sealed PDF, drawn anew while the PDF is being made.
social_crm.acta.draw_seal = function (frm) {
    const wrapper = frm.get_field("seal_html").$wrapper.empty();
    clearTimeout(frm.acta_pdf_timer);
    if (frm.doc.status !== "Closed") return;
    frappe.call("social_crm.field_records.services.seals.verify", { acta: frm.doc.name }).then(({ message }) => {
        const lines = [
            message.content ? ["green", __("The content is what was sealed.")] : ["red", __("The content is no longer what was sealed.")],
            message.pdf === false ? ["red", __("The sealed PDF is no longer what was signed.")] : null,
            message.pdf ? ["green", __("The sealed PDF is what was signed.")] : null,
            message.previous === false ? ["red", __("The acta before it in the chain is missing or has another seal.")] : null,
        ];
        const pills = lines.filter(Boolean).map(([colour, text]) => `<p><span class="indicator-pill ${colour}">${text}</span></p>`);
        wrapper.html(pills.join(""));
    });
    draw_pdf(frm);
};

function draw_pdf(frm) {
    frappe.call("social_crm.field_records.services.sealed_pdf.making.state", { acta: frm.doc.name }).then(({ message }) => show_pdf(frm, message));
}

function show_pdf(frm, pdf) {
    const wrapper = frm.get_field("pdf_html").$wrapper.empty();
    const line = (colour, text) => $('<p><span class="indicator-pill"></span></p>').appendTo(wrapper).find("span").addClass(colour).css("height", "auto").text(text);
    const note = (text) => $('<p class="text-muted small" style="overflow-wrap: anywhere">').appendTo(wrapper).text(text);
    const ask = (label) =>
        $('<button type="button" class="btn btn-default btn-sm">')
            .appendTo(wrapper)
            .text(label)
            .on("click", (event) => {
                event.target.disabled = true;
                const asked = frappe.call("social_crm.field_records.services.sealed_pdf.making.ask", { acta: frm.doc.name });
                asked.then(({ message }) => show_pdf(frm, message)).catch(() => (event.target.disabled = false));
            });
    if (pdf.status === "Ready") {
        line("green", __("The PDF is sealed."));
        $('<p><a class="btn btn-primary btn-sm" target="_blank" rel="noopener"></a></p>').appendTo(wrapper).find("a").attr("href", pdf.file_url).text(__("Open the Sealed PDF"));
        note(__("SHA-256 of the file: {0}", [pdf.sha256]));
        note(__("Certificate: {0} (valid until {1})", [pdf.certificate.subject, frappe.datetime.str_to_user(pdf.certificate.until)]));
        if (pdf.may_rebuild) social_crm.acta.offer_rebuild(frm.doc.name, wrapper);
        if (pdf.certificate.self_made) line("orange", __("Self-made certificate: no authority vouches for it."));
    } else if (["Waiting", "In Progress"].includes(pdf.status)) {
        line("blue", pdf.status === "Waiting" ? __("The PDF waits for its turn.") : __("The PDF is being made ..."));
        frm.acta_pdf_timer = setTimeout(() => frm.doc.name === cur_frm?.doc.name && social_crm.acta.draw_seal(frm), 4000);
    } else if (!pdf.has_certificate) {
        line("orange", __("No certificate: the acta is sealed and in its chain, but has no signed PDF."));
        note(__("The administrator of the server names a PKCS#12 certificate in the site's configuration (social_crm_seal_certificate and social_crm_seal_passphrase). The PDF is then made by itself."));
    } else if (pdf.status === "Failed") {
        line("red", __("The PDF could not be made: {0}", [pdf.problem]));
        ask(__("Try Again"));
    } else {
        line("gray", __("No sealed PDF was made of this acta yet."));
        ask(__("Make the Sealed PDF"));
    }
}
