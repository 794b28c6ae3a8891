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

// For who may: make the paper of a sealed acta again from its data, and say whether it is still what was signed.
social_crm.acta.offer_rebuild = (acta, wrapper) => {
    const roles = ["Social CRM Administrator", "Auditor", "System Manager"];
    if (!roles.some((role) => frappe.user.has_role(role)) || wrapper.find(".acta-rebuild").length) return;
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
        social_crm.acta.offer_rebuild(frm.doc.name, wrapper);
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
