// What somebody decided about the use of their data, as it is kept until the server has it.

import type { Media, StrokePoint } from "./drafts";

// The body of a record "authorisation" in docs/sync.md; the signature is the file that goes with it.
export interface DecisionBody {
    beneficiary: string;
    authorisation_text: string;
    decision: "Granted" | "Refused";
    given_on: string; // ISO with zone
    given_by: "The Person" | "Legal Representative";
    representative: string | null;
    representative_name: string | null;
    representative_document: string | null;
    representation_basis: string | null;
    strokes: StrokePoint[][] | null;
    by_witness: boolean; // who signed: a witness, or who decides
    cannot_sign_reason: string | null;
    witness_name: string | null;
    witness_document: string | null;
}

export interface Decision {
    body: DecisionBody;
    media: Media | null;
}
