// The actions of a family, each with its dialog. The rules live on the server; here people only choose.

import { load_members } from "./members";
import {
    ask,
    date_field,
    html_of,
    kinship_options,
    kinships_after,
    members_table,
    next_head,
    next_head_fields,
    person_fields,
    person_of,
    post,
    read_choices,
    reason_field,
} from "./parts";

export function join(frm) {
    ask({
        title: __("Join a Member"),
        label: __("Record Joining"),
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
                    "",
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
        label: __("Record Split"),
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
        label: __("Record Merge"),
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
                          "",
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
        label: __("Record Move"),
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

export async function undo_death(frm) {
    const event = await frappe.xcall("social_crm.social_crm.services.family_actions.death_of", { beneficiary: frm.doc.name });
    if (!event) {
        frappe.msgprint(__("The record of this death cannot be undone."));
        return;
    }
    frappe.confirm(__("Undo the recorded death of {0}? Everything is put back as it was.", [frm.doc.full_name.bold()]), async () => {
        await post("undo", { event });
        frm.reload_doc();
    });
}
