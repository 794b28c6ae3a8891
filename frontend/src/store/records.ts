// What comes down from the server and is kept on the device, by kind. Field names are those of the DocTypes.
// A value that a record does not have is missing or null; screens must bear both.

type Text = string | null;

/** The answer to a question goes into a field of a record when the acta is closed. */
export interface TemplateWrite {
    question: string;
    target: string; // DocType
    field: string;
    label?: Record<string, string>; // of the field, by language
}

export interface TemplatePackage {
    template: string; // the document's name: a version of a template
    key: string;
    version: number;
    title: string;
    description: Text;
    component: Text;
    status: "Draft" | "Published" | "Withdrawn";
    hash: string; // SHA-256 of html and model
    languages: string[];
    html: string;
    model: string;
    mapping: TemplateWrite[] | null; // what closing writes, from which questions
}

export type TemplateHeader = Omit<TemplatePackage, "html" | "model">;

export interface Community {
    name: string;
    community_name: string;
    kind?: Text;
    municipality?: Text;
}

/** Fields that were changed in two places and wait for a person's decision. Missing: the user may not see conflicts. */
export interface OpenConflict {
    name: string;
    fields: string[];
}

export interface Family {
    name: string;
    family_name: string;
    community: Text;
    status: Text;
    open_conflicts?: OpenConflict[];
    head?: Text; // name of a person
    head_name?: Text;
    member_count?: number | null;
    present_detail?: Text;
    latitude?: number | null;
    longitude?: number | null;
    notes?: Text;
}

export interface PersonDocument {
    document_type: string;
    document_number: string;
}

export interface Person {
    name: string;
    full_name: string;
    family: Text;
    kinship?: Text;
    status: Text;
    birth_date?: Text;
    sex?: Text;
    community?: Text;
    phone?: Text;
    documents?: PersonDocument[];
    open_conflicts?: OpenConflict[];
    biometrics?: BiometricAnswer | null; // the last answer that the server knows
}

export type BiometricAnswer = "In Force" | "Refused" | "Revoked";

// One version of what people are read before they authorise a use of their data.
export interface AuthorisationText {
    name: string;
    title: string;
    purpose: string;
    version: string;
    valid_from: Text;
    valid_to?: Text;
    text: string; // paragraphs, an empty line between them
}

export interface Unit {
    name: string;
    unit_name: string;
    beneficiary: Text;
    family: Text;
    community?: Text;
    programme?: Text;
    kind?: Text;
    status: Text;
    next_visit?: Text;
    last_follow_up?: Text;
    open_conflicts?: OpenConflict[];
}

export interface ActaHeader {
    name: string;
    uuid: Text;
    title: string;
    template: string;
    visit_date: Text;
    status: string; // Draft | Closed
    family: Text;
    community?: Text;
    version?: Text;
    amends?: Text; // the acta that it corrects
    pdf_status?: Text; // Waiting | In Progress | Ready | No Certificate | Failed
    open_conflict?: Text;
}

export interface KnownCommitment {
    name: string;
    subject: string;
    due_date: Text;
    status: string;
    family?: Text;
    beneficiary?: Text;
    productive_unit?: Text;
    community?: Text;
    responsible_party?: Text;
}

export interface Visit {
    name: string;
    family: Text;
    productive_unit?: Text;
    community?: Text;
    beneficiary?: Text;
    title?: Text;
    visit_date: Text; // ISO day for which it is planned
    start_time?: Text;
    template?: Text;
    reason?: Text;
    status?: Text;
    position?: number | null; // order in the day's route
}

export type Corrected = "Family" | "Beneficiary" | "Productive Unit";
type Labels = Record<string, string>; // by language

/** A field that this user may correct from a device. */
export interface CorrectionField {
    fieldname: string;
    fieldtype: string; // of Frappe: Data, Small Text, Select, Date, Int, Float, Currency, Check
    label: Labels;
    required: boolean;
    length: number;
    options: { value: string; label: Labels }[];
}

export interface CorrectionForm {
    name: Corrected;
    fields: CorrectionField[];
}

export interface Kinds {
    template: TemplatePackage;
    community: Community;
    family: Family;
    person: Person;
    unit: Unit;
    acta: ActaHeader;
    commitment: KnownCommitment;
    visit: Visit;
    form: CorrectionForm;
    authorisation_text: AuthorisationText;
}

export type Kind = keyof Kinds;
export const KINDS: readonly Kind[] = ["template", "community", "family", "person", "unit", "acta", "commitment", "visit", "form", "authorisation_text"];
