// What the dialogs of families share: fields, the table of members, asking and sending.

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

export const kinship_options = () => ["", ...KINSHIPS.map((k) => ({ value: k, label: __(k) }))];

// The day at the site: events are refused when they lie in its future, wherever the reader's clock stands.
export const site_today = () => frappe.datetime.system_datetime().slice(0, 10);

export const date_field = (label) => ({
    fieldname: "on",
    fieldtype: "Date",
    label: label || __("Date"),
    reqd: 1,
    default: site_today(),
});

export const reason_field = () => ({ fieldname: "reason", fieldtype: "Small Text", label: __("Reason") });

// Members with a tick and a kinship each; two of them stand in one dialog when a family splits.
export function members_table(members, { tick = true, kinship = true } = {}) {
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

export function read_choices(wrapper, only_ticked) {
    const chosen = {};
    $(wrapper)
        .find(".scrm-choice")
        .each((_, row) => {
            const box = $(row).find("input[type=checkbox]");
            if (!only_ticked || box.is(":checked")) chosen[$(row).data("person")] = $(row).find("select").val();
        });
    return chosen;
}

export function ask({ title, fields, action, label, ready }) {
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
            } catch (refusal) {
                // The server has shown why; the dialog stays open with what was typed.
                console.warn(refusal);
            } finally {
                dialog.enable_primary_action();
            }
        },
    });
    if (ready) ready(dialog);
    dialog.show();
    return dialog;
}

export const post = (method, args) => frappe.xcall(`${ACTIONS}.${method}`, args);

export const html_of = (dialog, fieldname) => dialog.fields_dict[fieldname].$wrapper;

// When the head goes and others stay, the next head and the new kinships are asked in the same dialog.
export function next_head(dialog, members, gone) {
    const rest = members.filter((m) => !gone.includes(m.beneficiary));
    const headless = rest.length && !rest.some((m) => m.kinship === "Head");
    const box = html_of(dialog, "next_head");
    dialog.set_df_property("next_head_section", "hidden", headless ? 0 : 1);
    box.html(headless ? members_table(rest, { tick: false }) : "");
    return headless;
}

export const next_head_fields = () => [
    {
        fieldname: "next_head_section",
        fieldtype: "Section Break",
        label: __("Who is the head of household now?"),
        description: __("Choose the kinship of each member to the new head."),
        hidden: 1,
    },
    { fieldname: "next_head", fieldtype: "HTML" },
];

export const kinships_after = (dialog) => {
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
            options: ["", "Female", "Male", "Intersex"].map((v) => v && { value: v, label: __(v) }),
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

