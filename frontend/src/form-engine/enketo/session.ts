import type { EngineText } from "../engine";

/**
 * What the form on the screen works with. Enketo keeps its own state in modules and draws one form at a time, so its
 * widgets find theirs here.
 */
interface Session {
    media: Map<string, Blob>;
    urls: Map<string, string>;
    photoMaxPx: number;
    text: EngineText;
    closing: Set<() => void>;
}

let session: Session | null = null;

export function openSession(media: ReadonlyMap<string, Blob>, photoMaxPx: number, text: EngineText): void {
    closeSession();
    session = { media: new Map(media), urls: new Map(), photoMaxPx, text, closing: new Set() };
}

export function closeSession(): void {
    if (!session) return;
    for (const close of session.closing) close();
    for (const url of session.urls.values()) URL.revokeObjectURL(url);
    session = null;
}

export function current(): Session {
    if (!session) throw new Error("No form is on the screen");
    return session;
}

export const text: EngineText = (key, values) => (session ? session.text(key, values) : "");

/** Call something when the form goes away: a microphone or a search for the place is let go. */
export function atClosing(close: () => void): () => void {
    const { closing } = current();
    closing.add(close);
    return () => closing.delete(close);
}

/** A URL to show a file by; null when the record names a file that is not here. */
export function fileUrl(name: string): string | null {
    const { media, urls } = current();
    const known = urls.get(name);
    if (known) return known;
    const blob = media.get(name);
    if (!blob) return null;
    const url = URL.createObjectURL(blob);
    urls.set(name, url);
    return url;
}

/** Keep a file under a name that no other file has: two equal photos stay two attachments. */
export function keepFile(blob: Blob, question: string, ending: string): string {
    const name = `${question}-${crypto.randomUUID()}.${ending}`;
    current().media.set(name, blob);
    return name;
}
