// Register a family with its people in one dialog.

import { KINSHIPS, person_of, site_today } from "./parts";

const ACTIONS = "social_crm.social_crm.services.family_actions";

function member_fields() {
    const select = (values) => values.map((v) => v && { value: v, label: __(v) });
    return [
        { fieldname: "first_name", fieldtype: "Data", label: __("First Given Name"), in_list_view: 1, reqd: 1, columns: 2 },
        { fieldname: "middle_name", fieldtype: "Data", label: __("Second Given Name") },
        { fieldname: "first_surname", fieldtype: "Data", label: __("First Surname"), in_list_view: 1, reqd: 1, columns: 2 },
        { fieldname: "second_surname", fieldtype: "Data", label: __("Second Surname") },
        {
            fieldname: "kinship",
            fieldtype: "Select",
            label: __("Kinship"),
            in_list_view: 1,
            reqd: 1,
            columns: 2,
            options: select(KINSHIPS),
        },
        { fieldname: "birth_date", fieldtype: "Date", label: __("Date of Birth"), in_list_view: 1, columns: 2 },
        { fieldname: "sex", fieldtype: "Select", label: __("Sex"), options: select(["", "Female", "Male", "Intersex"]) },
        {
            fieldname: "document_type",
            fieldtype: "Select",
            label: __("Document Type"),
            options: ["", "CC", "TI", "RC", "CE", "PPT", "PA"],
        },
        { fieldname: "document_number", fieldtype: "Data", label: __("Document Number"), in_list_view: 1, columns: 2 },
        { fieldname: "no_document_reason", fieldtype: "Data", label: __("Reason for having no Document") },
    ];
}

// Leaving the last cell with Tab adds a row, which stays empty when nobody follows.
const is_told = (row) => member_fields().some(({ fieldname }) => row[fieldname]);

export function register_family(community) {
    const dialog = new frappe.ui.Dialog({
        title: __("Register a Family"),
        size: "extra-large",
        fields: [
            { fieldname: "family_name", fieldtype: "Data", label: __("Family Name"), reqd: 1 },
            {
                fieldname: "community",
                fieldtype: "Link",
                options: "Community",
                label: __("Community"),
                reqd: 1,
                default: community || "",
            },
            { fieldname: "when_column", fieldtype: "Column Break" },
            {
                fieldname: "on",
                fieldtype: "Date",
                label: __("Registered on"),
                reqd: 1,
                default: site_today(),
            },
            { fieldname: "census_code", fieldtype: "Data", label: __("Census Code") },
            {
                fieldname: "members_section",
                fieldtype: "Section Break",
                label: __("Members"),
                description: __("The first is usually the head of household. Open a row to enter the second names, the sex and the document."),
            },
            {
                fieldname: "members",
                fieldtype: "Table",
                label: __("Members"),
                reqd: 1,
                data: [{ kinship: "Head" }],
                fields: member_fields(),
            },
        ],
        primary_action_label: __("Register"),
        async primary_action(values) {
            const members = (values.members || []).filter(is_told).map((row) => ({
                ...person_of({ ...row, document_type: row.document_type || "CC" }),
                kinship: row.kinship,
            }));
            dialog.disable_primary_action();
            try {
                const family = await frappe.xcall(`${ACTIONS}.register`, {
                    family: { family_name: values.family_name, community: values.community, census_code: values.census_code },
                    members,
                    on: values.on,
                });
                dialog.hide();
                frappe.set_route("Form", "Family", family);
            } finally {
                dialog.enable_primary_action();
            }
        },
    });
    dialog.show();
}
