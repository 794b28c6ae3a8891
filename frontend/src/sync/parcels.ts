// What travels: an acta as the protocol has it, and which records go together in one batch.

import type { Acta } from "../store/acta_rows";
import type { Decision } from "../store/decisions";
import type { ChangeRow } from "../store/proposed_changes";
import type { Fingerprint, Media } from "../store/drafts";
import type { PushFile } from "./outbox";

export interface Parcel {
    uuid: string;
    kind: "acta" | "change" | "authorisation";
    revision: number;
    text: string; // JSON of the record
    bytes: number; // of the text
    media: readonly Media[]; // all files of the record
    unknown: readonly Media[]; // those that the server has not named yet
}

const time = (milliseconds: number) => {
    const date = new Date(milliseconds);
    const minutes = -date.getTimezoneOffset();
    const two = (value: number) => String(Math.floor(Math.abs(value))).padStart(2, "0");
    const local = new Date(milliseconds + minutes * 60_000).toISOString().slice(0, 19);
    return `${local}${minutes < 0 ? "-" : "+"}${two(minutes / 60)}:${two(minutes % 60)}`;
};

/** The device's time in ISO 8601 with its zone. */
export const deviceTime = (milliseconds: number = Date.now()) => time(milliseconds);

function parcel(kind: Parcel["kind"], uuid: string, revision: number, record: object, media: readonly Media[], confirmed: readonly string[]): Parcel {
    const text = JSON.stringify(record);
    const bytes = new Blob([text]).size;
    return { kind, uuid, revision, text, bytes, media, unknown: media.filter((one) => !confirmed.includes(one.sha256)) };
}

export function actaParcel(acta: Acta): Parcel {
    const { body, media } = acta.body;
    const { revision, base, close, confirmed } = acta.head.shipment;
    const hash = (id: string | null) => (id ? (media.find((one) => one.id === id)?.sha256 ?? null) : null);
    const participants = body.participants.map((one) => ({
        ...one,
        cannot_sign: one.cannot_sign ? 1 : 0,
        signature: hash(one.signature),
        witness_signature: hash(one.witness_signature),
        fingerprint: travelling(one.fingerprint),
    }));
    const files = media.map((one) => ({ uuid: one.id, name: one.name, sha256: one.sha256, size: one.size, type: one.type }));
    // Whom an amendment is about says the acta that it amends; the copy here may be older than what was closed.
    const subject = body.amends ? { family: null, beneficiary: null, productive_unit: null, community: null } : {};
    const record = {
        kind: "acta", uuid: acta.uuid, revision, base, device_time: deviceTime(acta.head.changedAt), close,
        body: { ...body, ...subject, participants }, files,
    };
    return parcel("acta", acta.uuid, revision, record, media, confirmed);
}

/** A capture as the server takes it: whole, or the name of one that it keeps. */
function travelling(print: Fingerprint | null): object | null {
    if (!print) return null;
    if (print.kept) return { kept: print.kept };
    const { source, finger, quality, template, image, reader_serial, captured_at } = print;
    return { source, finger, quality, template, image, reader_serial, captured_at };
}

function decisionParcel(row: ChangeRow, decision: Decision): Parcel {
    const { by_witness, strokes, ...said } = decision.body;
    const { media } = decision;
    const hash = media?.sha256 ?? null;
    const drawn = by_witness ? { witness_signature: hash, witness_strokes: strokes } : { signature: hash, strokes };
    const files = media ? [{ uuid: media.id, name: media.name, sha256: media.sha256, size: media.size, type: media.type }] : [];
    const record = { kind: "authorisation", uuid: row.uuid, device_time: deviceTime(row.createdAt), body: { ...said, ...drawn }, files };
    return parcel("authorisation", row.uuid, 1, record, media ? [media] : [], []);
}

export function changeParcel(row: ChangeRow): Parcel {
    if (row.decision) return decisionParcel(row, row.decision);
    const { doctype, name, base, values } = row;
    const record = { kind: "change", uuid: row.uuid, device_time: deviceTime(row.createdAt), body: { doctype, name, base, values } };
    return parcel("change", row.uuid, 1, record, [], []);
}

export const filesOf = (one: Parcel): PushFile[] => one.media.map((media) => ({ uuid: media.id, sha256: media.sha256 }));

export interface Room {
    records: number;
    bytes: number;
    inlineFile: number; // files above this go in pieces before
}

export interface Batch {
    parcels: Parcel[];
    inline: Map<string, Media>; // by SHA-256: the same photo in two actas travels once
    before: Media[]; // to be uploaded in pieces first
}

// The frame around records and parts: names, boundaries, headers.
const FRAME = 512;

/** Fills batches in order: each within the room, a record alone where it needs it. */
export function batches(parcels: readonly Parcel[], room: Room): Batch[] {
    const made: Batch[] = [];
    let current: Batch | null = null;
    let used = 0;
    for (const one of parcels) {
        const { inline, before } = split(one, room);
        const size = one.bytes + FRAME + [...inline.values()].reduce((sum, media) => sum + media.size + FRAME, 0);
        if (!current || current.parcels.length >= room.records || used + size > room.bytes) {
            current = { parcels: [], inline: new Map(), before: [] };
            made.push(current);
            used = FRAME;
        }
        current.parcels.push(one);
        for (const [hash, media] of inline) current.inline.set(hash, media);
        current.before.push(...before);
        used += size;
    }
    return made;
}

/** The files of a record: what travels with it, smallest first, and what has to go before. */
function split(one: Parcel, room: Room): { inline: Map<string, Media>; before: Media[] } {
    const inline = new Map<string, Media>();
    const before: Media[] = [];
    let left = room.bytes - one.bytes - 2 * FRAME;
    for (const media of [...one.unknown].sort((a, b) => a.size - b.size)) {
        if (inline.has(media.sha256)) continue;
        if (media.size <= room.inlineFile && media.size + FRAME <= left) {
            inline.set(media.sha256, media);
            left -= media.size + FRAME;
        } else if (!before.some((other) => other.sha256 === media.sha256)) {
            before.push(media);
        }
    }
    return { inline, before };
}
