frappe.ui.form.on("Psychosocial Case", {
    setup(frm) {
        const professionals = () => ({
            query: "social_crm.psychosocial.staff.professional_query",
        });
        frm.set_query("responsible", professionals);
        frm.set_query("professional", "professionals", professionals);
    },

    onload(frm) {
        if (frm.is_new() && !frm.doc.responsible && frappe.user.has_role("Psychosocial Professional")) {
            if (frappe.session.user !== "Administrator") {
                frm.set_value("responsible", frappe.session.user);
            }
        }
    },

    refresh(frm) {
        frm.events.show_activities(frm);
        frm.events.show_notes(frm);
        if (!frm.is_new() && frappe.model.can_create("Psychosocial Activity")) {
            frm.add_custom_button(__("New Activity"), () => frm.events.new_activity(frm));
        }
    },

    new_activity(frm) {
        const { doc } = frm;
        frappe.new_doc("Psychosocial Activity", {
            psychosocial_case: doc.name,
            level: doc.level,
            beneficiary: doc.beneficiary,
            family: doc.family,
            community: doc.community,
            programme: doc.programme,
            line_of_care: doc.line_of_care,
        });
    },

    async show_activities(frm) {
        const $place = frm.get_field("activities_html").$wrapper.empty();
        if (frm.is_new()) {
            $place.html(quiet(__("Activities appear here once the case is saved.")));
            return;
        }
        const rows = await frappe.db.get_list("Psychosocial Activity", {
            filters: { psychosocial_case: frm.doc.name },
            fields: ["name", "subject", "activity_kind", "activity_date", "status", "professional"],
            order_by: "activity_date desc",
            limit: 100,
        });
        $place.html(rows.length ? activities_table(rows) : quiet(__("No activities yet.")));
    },

    async show_notes(frm) {
        const $place = frm.get_field("notes_html").$wrapper.empty();
        if (frm.is_new() || !frappe.model.can_read("Confidential Note")) {
            $place.html(quiet(__("Confidential notes are read by the professionals of the case alone.")));
            return;
        }
        const { message: notes } = await frappe.call({
            method: "social_crm.psychosocial.notes.list_notes",
            args: { psychosocial_case: frm.doc.name },
            type: "GET",
        });
        $place.html(notes_table(notes || []));
        $place.find("[data-note]").on("click", (event) => read_note(event.currentTarget.dataset.note));
        if (is_on_team(frm)) {
            $(`<button class="btn btn-default btn-sm mt-2">${__("Write a Note")}</button>`)
                .appendTo($place)
                .on("click", () => write_note(frm));
        }
    },
});

const text = (value) => frappe.utils.escape_html(value || "");
const quiet = (words) => `<p class="text-muted">${words}</p>`;

function is_on_team(frm) {
    const today = frappe.datetime.get_today();
    return (frm.doc.professionals || []).some(
        (row) =>
            row.professional === frappe.session.user &&
            row.from_date <= today &&
            (!row.to_date || row.to_date >= today)
    );
}

function activities_table(rows) {
    const lines = rows.map(
        (row) => `<tr>
            <td class="text-nowrap">${frappe.datetime.str_to_user(row.activity_date)}</td>
            <td><a href="${frappe.utils.get_form_link("Psychosocial Activity", row.name)}">${text(row.subject)}</a>
                <div class="text-muted small">${__(row.activity_kind)} · ${__(row.status)}</div></td>
            <td>${text(frappe.user.full_name(row.professional))}</td>
        </tr>`
    );
    return `<div class="table-responsive"><table class="table table-sm">
        <thead><tr><th>${__("Date")}</th><th>${__("Activity")}</th><th>${__("Professional")}</th></tr></thead>
        <tbody>${lines.join("")}</tbody></table></div>`;
}

function notes_table(notes) {
    const warning = quiet(__("Every reading of a note is written down: who, when and how."));
    if (!notes.length) {
        return warning + quiet(__("No notes that you may read."));
    }
    const lines = notes.map(
        (note) => `<tr>
            <td class="text-nowrap">${frappe.datetime.str_to_user(note.written_on)}</td>
            <td>${__(note.note_kind)}<div class="text-muted small">${text(note.name)}${
                note.corrects ? ` · ${__("Corrects")} ${text(note.corrects)}` : ""
            }</div></td>
            <td>${text(frappe.user.full_name(note.author))}</td>
            <td class="text-right"><button class="btn btn-xs btn-default" data-note="${text(note.name)}">${__(
                "Read"
            )}</button></td>
        </tr>`
    );
    return `${warning}<div class="table-responsive"><table class="table table-sm">
        <thead><tr><th>${__("Written on")}</th><th>${__("Kind")}</th><th>${__("Author")}</th><th></th></tr></thead>
        <tbody>${lines.join("")}</tbody></table></div>`;
}

async function read_note(name) {
    const { message: note } = await frappe.call("social_crm.psychosocial.notes.read_note", { name });
    const dialog = new frappe.ui.Dialog({
        title: `${__(note.note_kind)} · ${frappe.datetime.str_to_user(note.written_on)}`,
        size: "large",
    });
    $("<div>").css("white-space", "pre-wrap").text(note.content).appendTo(dialog.body);
    $("<p class='text-muted small mt-3'>")
        .text(`${frappe.user.full_name(note.author)} · ${note.name}`)
        .appendTo(dialog.body);
    // Nothing of the note stays in the page once it is closed.
    dialog.on_hide = () => dialog.$wrapper.remove();
    dialog.show();
}

function write_note(frm) {
    const kinds = ["Interview", "Assessment", "Follow-up", "Referral", "Correction"];
    const dialog = new frappe.ui.Dialog({
        title: __("Confidential Note"),
        size: "large",
        fields: [
            {
                fieldname: "note_kind",
                fieldtype: "Select",
                label: __("Kind"),
                options: kinds.map((kind) => ({ value: kind, label: __(kind) })),
                default: "Interview",
                reqd: 1,
            },
            {
                fieldname: "corrects",
                fieldtype: "Link",
                options: "Confidential Note",
                label: __("Corrects"),
                depends_on: "eval:doc.note_kind == 'Correction'",
                get_query: () => ({ filters: { psychosocial_case: frm.doc.name } }),
            },
            {
                fieldname: "content",
                fieldtype: "Text",
                label: __("Content"),
                description: __("It is encrypted and cannot be changed later; a further note corrects it."),
                reqd: 1,
            },
        ],
        primary_action_label: __("Save"),
        async primary_action(values) {
            await frappe.call({
                method: "social_crm.psychosocial.notes.write_note",
                args: { psychosocial_case: frm.doc.name, ...values },
                freeze: true,
            });
            dialog.hide();
            frm.events.show_notes(frm);
        },
    });
    dialog.show();
}
