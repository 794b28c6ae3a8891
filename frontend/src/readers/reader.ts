/** Readers of fingerprints: what every driver does, and what goes wrong with them, in one vocabulary. */

export const READERS = ["inked", "secugen", "digital-persona"] as const;
export type ReaderKind = (typeof READERS)[number];

/** What is chosen on this device. */
export interface ReaderSettings {
    kind: ReaderKind;
    address: string; // of the vendor's service; on this device alone
    licence: string; // what the vendor gave for this address of the site, if anything
}

export const DEFAULT_READER: ReaderSettings = { kind: "inked", address: "", licence: "" };

/** What a reader gives; picture and record in base64. The server asks the same of it. */
export interface Reading {
    source: "SecuGen" | "HID DigitalPersona" | "Software Reader" | "Photo of an Inked Print";
    quality: number | null; // 0 to 100; null where nobody measures it
    template: string | null; // minutiae record, ISO 19794-2
    image: string | null;
    serial: string | null;
}

// service: nothing answers at the address. reader: the service has no reader. finger: none was seen in time. quality: too
// poor, or the reader said why. busy: another program uses it. licence, broken: as the service says. answer: something answers
// that is no such service. picture: the photo cannot be read.
export type ReaderProblem = "service" | "reader" | "finger" | "quality" | "busy" | "licence" | "broken" | "answer" | "picture" | "stopped";

export class ReaderError extends Error {
    constructor(
        readonly problem: ReaderProblem,
        readonly detail: { quality?: number; code?: string } = {},
    ) {
        super(problem);
        this.name = "ReaderError";
    }
}

export interface ReadOptions {
    least: number; // 0 to 100
    signal: AbortSignal;
    seconds: number; // how long to wait for a finger
}

export interface Reader {
    /** One press of a finger. Rejects with a ReaderError; a reading below `least` never comes back. */
    read(options: ReadOptions): Promise<Reading>;
}

const LOOPBACK = /^(https?):\/\/(localhost|127\.0\.0\.1)(:\d{1,5})?$/i;

/** An address on this device without a path; null for any other: a fingerprint goes to no other machine. */
export function loopbackAddress(text: string): string | null {
    const trimmed = text.trim().replace(/\/+$/, "").replace(/\/SGIFPCapture$/i, "");
    return LOOPBACK.test(trimmed) ? trimmed.toLowerCase() : null;
}

/** The driver of a reader; fetched when it is first needed. */
export async function loadReader(settings: ReaderSettings): Promise<Reader> {
    if (settings.kind === "secugen") {
        const { SecuGenReader } = await import("./secugen");
        return new SecuGenReader(settings.address, settings.licence);
    }
    if (settings.kind === "digital-persona") {
        const { digitalPersona } = await import("./digital_persona_vendor");
        return digitalPersona();
    }
    throw new ReaderError("reader");
}
