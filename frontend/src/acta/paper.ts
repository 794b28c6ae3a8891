// An acta as it is read, from what lies on the device or, with a network, from the server.

import { lackOf } from "./missing";
import { isOfForm, purposeOf } from "./working_acta";
import { FieldError, type Draft, type DraftState, type FieldStore, type MediaPurpose, type NewDraft, type Participant, type ReadActa, type TemplatePackage } from "../store/api";

export interface PaperPerson {
    name: string;
    role: string;
    document: string | null;
    beneficiary: string | null;
    witness: string | null;
    reason: string | null; // why a witness signed
    signed: "signed" | "witnessed" | "fingerprint" | "missing";
    signedAt: string | null;
    signature: (() => Promise<Blob>) | null; // rejects with "not-found" when only the server has it
}

export interface PaperFile {
    name: string; // as the instance names it
    size: number;
    purpose: MediaPurpose;
    read: () => Promise<Blob>;
}

type About = Omit<NewDraft, "participants" | "commitments">;

export interface Paper {
    isHere: boolean; // written on this device
    uuid: string | null;
    name: string | null; // once the server said it
    title: string;
    state: DraftState;
    closed: boolean;
    about: About;
    form: TemplatePackage | null; // null: the device has the version
    people: PaperPerson[];
    commitments: { subject: string; due_date: string | null; responsible_party: string | null }[];
    files: PaperFile[]; // of the form
    gestor: string | null;
    closedOn: string | null;
    keptAt: number | null; // from when this copy is, if it may be old, milliseconds
    hasFiles: boolean; // they are on the device
}

export async function readPaper(store: FieldStore, id: string): Promise<Paper> {
    const here = store.drafts.list.value.find((one) => one.uuid === id || one.serverName === id);
    if (here) return ofDevice(store, await store.drafts.read(here.uuid));
    return ofServer(store, await store.records.readActa(id));
}

function ofDevice(store: FieldStore, { header, body, media }: Draft): Paper {
    const read = (id: string) => () => store.drafts.readMedia(header.uuid, id);
    const { participants, commitments, ...about } = body;
    return {
        isHere: true, uuid: header.uuid, name: header.serverName, title: header.title, state: header.state, closed: header.closed,
        about, form: null, commitments, gestor: null, closedOn: null, keptAt: null, hasFiles: true,
        people: participants.map((one) => {
            const image = one.cannot_sign ? one.witness_signature : one.signature;
            return { ...personOf(one, Boolean(one.fingerprint), one.signed_device_time), signature: image ? read(image) : null };
        }),
        files: media.filter(isOfForm).map((one) => ({ name: one.name, size: one.size, purpose: one.purpose, read: read(one.id) })),
    };
}

function ofServer(store: FieldStore, acta: ReadActa): Paper {
    const { template, instance, visit_date, start_time, end_time, family, beneficiary, productive_unit, community, programme } = acta;
    const { place, latitude, longitude, accuracy, amends, amendment_reason } = acta;
    // What stands at no place has the place 0, 0 in the database.
    const point = latitude && longitude ? { latitude, longitude, accuracy } : { latitude: null, longitude: null, accuracy: null };
    return {
        isHere: false, uuid: acta.uuid, name: acta.name, title: acta.title, state: "sent", closed: acta.status === "Closed", form: acta.form,
        about: { template, instance, visit_date, start_time, end_time, family, beneficiary, productive_unit, community, programme, place, ...point, amends, amendment_reason },
        commitments: acta.commitments, gestor: acta.gestor_name, closedOn: acta.closed_on, keptAt: acta.keptAt, hasFiles: acta.hasFiles,
        people: acta.participants.map((one) => {
            const image = one.cannot_sign ? one.witness_signature : one.signature;
            return {
                ...personOf({ ...one, cannot_sign: Boolean(one.cannot_sign) }, one.has_fingerprint, one.signed_at),
                signature: image ? async () => imageOf(image) : null,
            };
        }),
        files: acta.files.map((one) => ({
            name: one.name, size: one.size, purpose: purposeOf({ type: one.type } as Blob), read: () => store.records.readFile(acta.name, one.url),
        })),
    };
}

/** An acta of this device whose files were freed here, with those of the server, by the names that the server gives them. */
export async function withServerFiles(store: FieldStore, paper: Paper): Promise<Paper> {
    if (!paper.name) return paper;
    const { files, about } = ofServer(store, await store.records.readActa(paper.name));
    return { ...paper, files, about: { ...paper.about, instance: about.instance } };
}

type Named = Pick<Participant, "participant_name" | "participant_role" | "document_number" | "beneficiary" | "cannot_sign" | "cannot_sign_reason" | "witness_name" | "signature" | "witness_signature">;

function personOf(one: Named, hasFingerprint: boolean, signedAt: string | null): Omit<PaperPerson, "signature"> {
    const lack = lackOf(one as Participant);
    const signed = one.cannot_sign ? "witnessed" : one.signature ? "signed" : hasFingerprint ? "fingerprint" : lack ? "missing" : "signed";
    return {
        name: one.participant_name, role: one.participant_role, document: one.document_number, beneficiary: one.beneficiary,
        witness: one.cannot_sign ? one.witness_name : null, reason: one.cannot_sign ? one.cannot_sign_reason : null, signed, signedAt,
    };
}

/** The picture in a data URL; the page's own policy lets nobody fetch one. */
function imageOf(url: string): Blob {
    const comma = url.indexOf(",");
    if (!url.startsWith("data:image/") || comma < 0) throw new FieldError("not-found");
    const bytes = Uint8Array.from(atob(url.slice(comma + 1)), (one) => one.charCodeAt(0));
    return new Blob([bytes], { type: url.slice(5, url.indexOf(";")) });
}

/**
 * Answers for a new record: without the identity of the old one, and without the files that are not at hand.
 *
 * @returns the XML, and how many files were left out
 */
export function freshInstance(xml: string | null, missing: ReadonlySet<string>): { instance: string | null; left: number } {
    if (!xml) return { instance: null, left: 0 };
    const parsed = new DOMParser().parseFromString(xml, "text/xml");
    let left = 0;
    for (const node of parsed.getElementsByTagName("*")) {
        if (node.firstElementChild) continue;
        if (node.localName === "instanceID" || node.localName === "deprecatedID") node.textContent = "";
        if (!missing.has(node.textContent ?? "")) continue;
        node.textContent = "";
        left += 1;
    }
    return { instance: new XMLSerializer().serializeToString(parsed), left };
}

/** The version of the template that an acta was written with: here, or fetched with the acta. Rejects with "template-offline". */
export async function templateOf(store: FieldStore, paper: Paper): Promise<TemplatePackage> {
    if (paper.form) return paper.form;
    try {
        return await store.templates.load(paper.about.template);
    } catch (problem) {
        if (!(problem instanceof FieldError) || problem.code !== "template" || !paper.name) throw problem;
    }
    try {
        const { form } = await store.records.readActa(paper.name);
        if (form) return form;
    } catch (problem) {
        throw problem instanceof FieldError && problem.code === "offline" ? new FieldError("template-offline") : problem;
    }
    throw new FieldError("template");
}

/**
 * Begins the acta that corrects a closed one: the same answers and people, who sign anew; commitments stay those of the old one.
 *
 * @returns the new draft, and how many photos and notes could not be taken over
 */
export async function beginAmendment(store: FieldStore, paper: Paper, reason: string): Promise<{ uuid: string; left: number }> {
    if (!paper.name || !paper.closed) throw new FieldError("read-only");
    const template = await templateOf(store, paper);
    const isHere = await store.templates.load(paper.about.template).then(() => true, () => false);
    if (!isHere) await store.templates.keep(template);
    const files = await Promise.all(paper.files.map(async (one) => ({ ...one, blob: await one.read().catch(() => null) })));
    const missing = new Set(files.filter((one) => !one.blob).map((one) => one.name));
    const { instance, left } = freshInstance(paper.about.instance ?? null, missing);
    const participants = paper.people.map<Participant>((one) => ({
        uuid: crypto.randomUUID(), participant_name: one.name, participant_role: one.role as Participant["participant_role"],
        document_number: one.document, beneficiary: one.beneficiary, signature: null, strokes: null, signed_device_time: null,
        cannot_sign: false, cannot_sign_reason: null, witness_name: null, witness_document: null, witness_signature: null, fingerprint: null,
    }));
    const open = await store.drafts.create({ ...paper.about, instance, amends: paper.name, amendment_reason: reason, participants });
    try {
        for (const one of files) if (one.blob) await open.addMedia(one.blob, one.name, one.purpose);
    } finally {
        await open.release();
    }
    return { uuid: open.uuid, left };
}
