// An acta as the server tells it to a device that does not hold it (docs/sync.md, papers.acta).

import type { Participant } from "./drafts";
import type { TemplatePackage } from "./records";

export interface ServerParticipant extends Pick<Participant, "participant_name" | "participant_role" | "document_number" | "beneficiary"> {
    signature: string | null; // data URL
    cannot_sign: number;
    cannot_sign_reason: string | null;
    witness_name: string | null;
    witness_document: string | null;
    witness_signature: string | null; // data URL
    has_fingerprint: boolean;
    signed_at: string | null;
}

export interface ServerFile {
    name: string; // as the instance names it
    url: string;
    size: number; // bytes
    type: string;
}

export interface ServerActa {
    name: string;
    uuid: string | null;
    title: string;
    template: string;
    status: string; // Draft | Closed
    instance: string; // XML of the answers
    visit_date: string | null;
    start_time: string | null;
    end_time: string | null;
    family: string | null;
    beneficiary: string | null;
    productive_unit: string | null;
    community: string | null;
    programme: string | null;
    place: string | null;
    latitude: number | null;
    longitude: number | null;
    accuracy: number | null;
    amends: string | null;
    amendment_reason: string | null;
    closed_on: string | null;
    gestor_name: string | null;
    participants: ServerParticipant[];
    commitments: { subject: string; due_date: string | null; responsible_party: string | null }[];
    files: ServerFile[];
    pdf: { status: string; url: string | null };
    amendments: string[];
    form: TemplatePackage | null; // when the device asked for it
}
