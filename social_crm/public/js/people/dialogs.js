// The actions of a family, each with its dialog. The rules live on the server; here people only choose.

import { load_members } from "./members";

const ACTIONS = "social_crm.social_crm.services.family_actions";

export const KINSHIPS = [
    "Head",
    "Spouse or Partner",
    "Child",
    "Stepchild",
    "Parent",
    "Sibling",
    "Grandchild",
    "Grandparent",
    "Son- or Daughter-in-law",
    "Parent-in-law",
    "Other Relative",
    "Non-relative",
];

const kinship_options = () => [{ value: "", label: "" }, ...KINSHIPS.map((k) => ({ value: k, label: __(k) }))];

const date_field = (label) => ({
    fieldname: "on",
    fieldtype: "Date",
    label: label || __("Date"),
    reqd: 1,
    default: frappe.datetime.get_today(),
});

const reason_field = () => ({ fieldname: "reason", fieldtype: "Small Text", label: __("Reason") });

// Members with a tick and a kinship each; two of them stand in one dialog when a family splits.
function members_table(members, { tick = true, kinship = true } = {}) {
    const esc = frappe.utils.escape_html;
    const options = (chosen) =>
        KINSHIPS.map((k) => `<option value="${esc(k)}" ${k === chosen ? "selected" : ""}>${esc(__(k))}</option>`).join("");
    const rows = members.map(
        (m) => `<div class="scrm-choice" data-person="${esc(m.beneficiary)}">
            <label>${tick ? '<input type="checkbox">' : ""} <span>${esc(m.beneficiary_name)}</span></label>
            ${kinship ? `<select class="form-control input-sm" aria-label="${__("Kinship")}">${options(m.kinship)}</select>` : ""}
        </div>`
    );
    return `<div class="scrm-choices">${rows.join("")}</div>`;
}

function read_choices(wrapper, only_ticked) {
    const chosen = {};
    $(wrapper)
        .find(".scrm-choice")
        .each((_, row) => {
            const box = $(row).find("input[type=checkbox]");
            if (!only_ticked || box.is(":checked")) chosen[$(row).data("person")] = $(row).find("select").val();
        });
    return chosen;
}

function ask({ title, fields, action, label, ready }) {
    const dialog = new frappe.ui.Dialog({
        title,
        fields,
        size: "large",
        primary_action_label: label,
        async primary_action(values) {
            dialog.disable_primary_action();
            try {
                await action(values, dialog);
                dialog.hide();
            } finally {
                dialog.enable_primary_action();
            }
        },
    });
    if (ready) ready(dialog);
    dialog.show();
    return dialog;
}

const post = (method, args) => frappe.xcall(`${ACTIONS}.${method}`, args);

const html_of = (dialog, fieldname) => dialog.fields_dict[fieldname].$wrapper;

// When the head goes and others stay, the next head and the new kinships are asked in the same dialog.
function next_head(dialog, members, gone) {
    const rest = members.filter((m) => !gone.includes(m.beneficiary));
    const headless = rest.length && !rest.some((m) => m.kinship === "Head");
    const box = html_of(dialog, "next_head");
    dialog.set_df_property("next_head_section", "hidden", headless ? 0 : 1);
    box.html(headless ? members_table(rest, { tick: false }) : "");
    return headless;
}

const next_head_fields = () => [
    {
        fieldname: "next_head_section",
        fieldtype: "Section Break",
        label: __("Who is the head of household now?"),
        description: __("Choose the kinship of each member to the new head."),
        hidden: 1,
    },
    { fieldname: "next_head", fieldtype: "HTML" },
];

const kinships_after = (dialog) => {
    const chosen = read_choices(html_of(dialog, "next_head"), false);
    return Object.keys(chosen).length ? chosen : null;
};

export function person_fields() {
    return [
        { fieldname: "first_name", fieldtype: "Data", label: __("First Given Name"), reqd: 1 },
        { fieldname: "middle_name", fieldtype: "Data", label: __("Second Given Name") },
        { fieldname: "first_surname", fieldtype: "Data", label: __("First Surname"), reqd: 1 },
        { fieldname: "second_surname", fieldtype: "Data", label: __("Second Surname") },
        { fieldname: "person_column", fieldtype: "Column Break" },
        { fieldname: "birth_date", fieldtype: "Date", label: __("Date of Birth") },
        {
            fieldname: "sex",
            fieldtype: "Select",
            label: __("Sex"),
            options: ["", "Female", "Male", "Intersex"].map((v) => ({ value: v, label: __(v) })),
        },
        {
            fieldname: "document_type",
            fieldtype: "Select",
            label: __("Document Type"),
            options: ["", "CC", "TI", "RC", "CE", "PPT", "PA"],
        },
        { fieldname: "document_number", fieldtype: "Data", label: __("Document Number") },
        {
            fieldname: "no_document_reason",
            fieldtype: "Data",
            label: __("Reason for having no Document"),
            depends_on: "eval:!doc.document_number",
        },
    ];
}

export function person_of(values) {
    const keys = ["first_name", "middle_name", "first_surname", "second_surname", "birth_date", "sex", "no_document_reason"];
    const person = Object.fromEntries(keys.filter((k) => values[k]).map((k) => [k, values[k]]));
    if (values.document_number) {
        person.documents = [{ document_type: values.document_type, document_number: values.document_number }];
    }
    return person;
}

export function join(frm) {
    ask({
        title: __("Join a Member"),
        label: __("Join"),
        fields: [
            {
                fieldname: "joined_by",
                fieldtype: "Select",
                label: __("How"),
                reqd: 1,
                default: "Joining",
                options: ["Joining", "Birth", "Return"].map((v) => ({ value: v, label: __(v) })),
            },
            date_field(),
            { fieldname: "who_column", fieldtype: "Column Break" },
            { fieldname: "kinship", fieldtype: "Select", label: __("Kinship to the Head"), reqd: 1, options: kinship_options() },
            { fieldname: "registered", fieldtype: "Check", label: __("Already registered"), default: 0 },
            {
                fieldname: "beneficiary",
                fieldtype: "Link",
                options: "Beneficiary",
                label: __("Person"),
                depends_on: "registered",
                mandatory_depends_on: "registered",
                get_query: () => ({ filters: { family: ["is", "not set"], status: "Inactive" } }),
            },
            { fieldname: "person_section", fieldtype: "Section Break", label: __("New Person"), depends_on: "eval:!doc.registered" },
            ...person_fields().map((df) => (df.reqd ? { ...df, reqd: 0, mandatory_depends_on: "eval:!doc.registered" } : df)),
            { fieldname: "reason_section", fieldtype: "Section Break" },
            reason_field(),
        ],
        action: async (v) => {
            await post("join", {
                family: frm.doc.name,
                kinship: v.kinship,
                on: v.on,
                joined_by: v.joined_by,
                reason: v.reason || null,
                beneficiary: v.registered ? v.beneficiary : null,
                person: v.registered ? null : person_of(v),
            });
            frm.reload_doc();
        },
    });
}

export async function leave(frm) {
    const members = await load_members(frm.doc.name);
    ask({
        title: __("Member Leaves"),
        label: __("Record Leaving"),
        fields: [
            {
                fieldname: "beneficiary",
                fieldtype: "Select",
                label: __("Person"),
                reqd: 1,
                options: [
                    { value: "", label: "" },
                    ...members.map((m) => ({ value: m.beneficiary, label: `${m.beneficiary_name} (${__(m.kinship)})` })),
                ],
                onchange() {
                    next_head(cur_dialog, members, [this.get_value()]);
                },
            },
            { fieldname: "when_column", fieldtype: "Column Break" },
            date_field(__("First day as no member")),
            { fieldname: "reason_section", fieldtype: "Section Break" },
            reason_field(),
            ...next_head_fields(),
        ],
        action: async (v, dialog) => {
            await post("leave", {
                family: frm.doc.name,
                beneficiary: v.beneficiary,
                on: v.on,
                reason: v.reason || null,
                kinships: kinships_after(dialog),
            });
            frm.reload_doc();
        },
    });
}

export async function split(frm) {
    const members = await load_members(frm.doc.name);
    ask({
        title: __("Split the Family"),
        label: __("Split"),
        fields: [
            { fieldname: "family_name", fieldtype: "Data", label: __("Name of the New Family"), reqd: 1 },
            { fieldname: "when_column", fieldtype: "Column Break" },
            date_field(),
            {
                fieldname: "leavers_section",
                fieldtype: "Section Break",
                label: __("Who forms the new family?"),
                description: __("Tick the persons and choose their kinship in the new family; one of them is its head."),
            },
            { fieldname: "leavers", fieldtype: "HTML" },
            ...next_head_fields(),
            { fieldname: "reason_section", fieldtype: "Section Break" },
            reason_field(),
        ],
        ready: (dialog) => {
            const box = html_of(dialog, "leavers").html(members_table(members));
            box.on("change", "input[type=checkbox]", () =>
                next_head(dialog, members, Object.keys(read_choices(box, true)))
            );
        },
        action: async (v, dialog) => {
            const family = await post("split", {
                family: frm.doc.name,
                members: read_choices(html_of(dialog, "leavers"), true),
                new_family: { family_name: v.family_name },
                on: v.on,
                reason: v.reason || null,
                kinships: kinships_after(dialog),
            });
            frappe.show_alert({ message: __("The new family is {0}.", [family]), indicator: "green" });
            frappe.set_route("Form", "Family", family);
        },
    });
}

export async function merge(frm) {
    const members = await load_members(frm.doc.name);
    ask({
        title: __("Merge into another Family"),
        label: __("Merge"),
        fields: [
            {
                fieldname: "target",
                fieldtype: "Link",
                options: "Family",
                label: __("Family that remains"),
                reqd: 1,
                get_query: () => ({ filters: { name: ["!=", frm.doc.name], status: ["in", ["Active", "Moved Away"]] } }),
            },
            { fieldname: "when_column", fieldtype: "Column Break" },
            date_field(),
            {
                fieldname: "members_section",
                fieldtype: "Section Break",
                label: __("Kinship to the head of the family that remains"),
            },
            { fieldname: "members", fieldtype: "HTML" },
            { fieldname: "reason_section", fieldtype: "Section Break" },
            reason_field(),
        ],
        ready: (dialog) =>
            html_of(dialog, "members").html(
                members_table(
                    members.map((m) => ({ ...m, kinship: "Other Relative" })),
                    { tick: false }
                )
            ),
        action: async (v, dialog) => {
            await post("merge", {
                source: frm.doc.name,
                target: v.target,
                on: v.on,
                reason: v.reason || null,
                kinships: read_choices(html_of(dialog, "members"), false),
            });
            frappe.set_route("Form", "Family", v.target);
        },
    });
}

export async function death(frm) {
    const person = frm.doctype === "Beneficiary" ? frm.doc.name : null;
    const family = person ? frm.doc.family : frm.doc.name;
    const members = family ? await load_members(family) : [];
    ask({
        title: __("Record a Death"),
        label: __("Record Death"),
        fields: [
            {
                fieldname: "beneficiary",
                fieldtype: "Select",
                label: __("Person"),
                reqd: 1,
                hidden: person ? 1 : 0,
                default: person || "",
                options: person
                    ? [{ value: person, label: frm.doc.full_name }]
                    : [
                          { value: "", label: "" },
                          ...members.map((m) => ({ value: m.beneficiary, label: `${m.beneficiary_name} (${__(m.kinship)})` })),
                      ],
                onchange() {
                    next_head(cur_dialog, members, [this.get_value()]);
                },
            },
            date_field(__("Date of Death")),
            reason_field(),
            ...next_head_fields(),
        ],
        ready: (dialog) => person && next_head(dialog, members, [person]),
        action: async (v, dialog) => {
            await post("record_death", {
                beneficiary: v.beneficiary,
                on: v.on,
                reason: v.reason || null,
                kinships: kinships_after(dialog),
            });
            frm.reload_doc();
        },
    });
}

export async function change_head(frm) {
    const members = await load_members(frm.doc.name);
    ask({
        title: __("Change the Head of Household"),
        label: __("Save Kinships"),
        fields: [
            date_field(),
            {
                fieldname: "members_section",
                fieldtype: "Section Break",
                label: __("Who is the head of household now?"),
                description: __("Choose the kinship of each member to the new head."),
            },
            { fieldname: "members", fieldtype: "HTML" },
            { fieldname: "reason_section", fieldtype: "Section Break" },
            reason_field(),
        ],
        ready: (dialog) => html_of(dialog, "members").html(members_table(members, { tick: false })),
        action: async (v, dialog) => {
            await post("change_head", {
                family: frm.doc.name,
                kinships: read_choices(html_of(dialog, "members"), false),
                on: v.on,
                reason: v.reason || null,
            });
            frm.reload_doc();
        },
    });
}

export function move(frm) {
    ask({
        title: __("Move to Community"),
        label: __("Move"),
        fields: [
            {
                fieldname: "community",
                fieldtype: "Link",
                options: "Community",
                label: __("New Community"),
                reqd: 1,
                get_query: () => ({ filters: { name: ["!=", frm.doc.community] } }),
            },
            date_field(),
            reason_field(),
        ],
        action: async (v) => {
            await post("move", { family: frm.doc.name, community: v.community, on: v.on, reason: v.reason || null });
            frm.reload_doc();
        },
    });
}

export async function undo(frm) {
    const events = (await post("events", { family: frm.doc.name })).filter((e) => e.undoable);
    if (!events.length) {
        frappe.msgprint(__("There is nothing to undo in this family."));
        return;
    }
    ask({
        title: __("Undo an Event"),
        label: __("Undo"),
        fields: [
            {
                fieldname: "event",
                fieldtype: "Select",
                label: __("Event"),
                reqd: 1,
                options: events.map((e) => ({
                    value: e.name,
                    label: `${frappe.datetime.str_to_user(e.event_date)} · ${__(e.event_type)} ${e.reason ? `· ${e.reason}` : ""}`,
                })),
                default: events[0].name,
                description: __("Events are undone one by one, the latest first; everything is put back as it was."),
            },
        ],
        action: async (v) => {
            await post("undo", { event: v.event });
            frm.reload_doc();
        },
    });
}
