// Corrections of records, and what people decided about their data: each a row of its own in the outbox.

import { shallowRef } from "vue";
import { sha256 } from "../crypto/bytes";
import { FieldError, type Corrected, type KeptDecision, type ProposedChange } from "./api";
import { written, type BlobRow } from "./database";
import type { Decision, DecisionBody } from "./decisions";
import type { Media, OutboxProblem } from "./drafts";
import type { OpenConflict } from "./records";
import type { Vault } from "./vault";

type Values = Record<string, unknown>;

export const DECISION = "Data Authorisation";

export interface ChangeRow {
    uuid: string;
    doctype: Corrected | typeof DECISION;
    name: string; // of the record; of a decision, what it is called
    base: Values;
    values: Values;
    state: "ready" | "sending" | "sent" | "conflict" | "refused";
    message: string | null;
    problem: OutboxProblem | null;
    createdAt: number;
    tried: boolean; // whether any push of it began: the server may know it
    conflict: string | null; // where both values wait on the server
    sentAt?: number; // when the server had it
    decision?: Decision; // of a person about the use of their data, instead of fields
}

type Correction = ChangeRow & { doctype: Corrected };
const isCorrection = (row: ChangeRow): row is Correction => row.doctype !== DECISION;

/** Whether two values of a field are the same to a reader: nothing, and an empty text, are. */
export const isSame = (one: unknown, other: unknown) => String(one ?? "").trim() === String(other ?? "").trim();

/** What is left to be said of a record after a first correction and a second one that builds on it. */
export function joined(first: Pick<ChangeRow, "base" | "values">, second: Pick<ChangeRow, "base" | "values">): Pick<ChangeRow, "base" | "values"> {
    const values: Values = { ...first.values, ...second.values };
    const base: Values = { ...second.base, ...first.base };
    const fields = Object.keys(values).filter((field) => !isSame(values[field], base[field]));
    const only = (all: Values) => Object.fromEntries(fields.map((field) => [field, all[field] ?? null]));
    return { base: only(base), values: only(values) };
}

const mayWithdraw = (row: ChangeRow) => row.state === "refused" || (row.state === "ready" && !row.tried);

export class ProposedChanges {
    readonly list = shallowRef<readonly ProposedChange[]>([]);
    readonly decisions = shallowRef<readonly KeptDecision[]>([]);
    private rows = new Map<string, ChangeRow>();
    private reading = 0;
    private stopListening: () => void;
    onReady: () => void = () => undefined;
    /** Called when the count of unsent corrections may have changed. */
    onCount: () => void = () => undefined;

    constructor(private readonly vault: Vault) {
        this.stopListening = vault.listen((news) => {
            if (news.kind === "changes") void this.load();
        });
    }

    async load(): Promise<void> {
        this.reading += 1;
        const ticket = this.reading;
        const rows = await this.read();
        // Something was kept while these were read: they are old.
        if (ticket !== this.reading) return;
        this.rows = rows;
        this.show();
    }

    private async read(): Promise<Map<string, ChangeRow>> {
        const rows = await this.vault.db.changes.toArray();
        const opened = await Promise.all(rows.map((row) => this.vault.unseal<ChangeRow>("changes", row.id, row.sealed).catch(() => null)));
        return new Map(opened.flatMap((one) => (one ? [[one.uuid, one] as const] : [])));
    }

    private show(): void {
        this.decisions.value = this.all().filter((row) => row.decision).map(({ uuid, name, state, message, createdAt }) => ({ uuid, title: name, state, message, createdAt }));
        this.list.value = this.all().filter(isCorrection).map((row) => {
            const { uuid, doctype, name, base, values, state, message, problem, createdAt } = row;
            return { uuid, doctype, name, base, values, state, message, problem, createdAt, mayWithdraw: mayWithdraw(row) };
        });
        this.onCount();
    }

    all(): ChangeRow[] {
        return [...this.rows.values()].sort((a, b) => a.createdAt - b.createdAt);
    }

    get unsent(): number {
        return this.all().filter((one) => one.state !== "sent" && one.state !== "conflict").length;
    }

    /** One change of these rows after the other, in all tabs; each begins with what is kept. */
    private exclusive<T>(work: () => Promise<T>): Promise<T> {
        return this.vault.locks.request(`changes:${this.vault.id}`, { ifAvailable: false }, async () => {
            this.rows = await this.read();
            return work();
        });
    }

    private async keep(row: ChangeRow | null, instead: readonly string[] = [], blob: BlobRow | null = null): Promise<void> {
        const sealed = row ? await this.vault.seal("changes", row.uuid, row) : null;
        const { changes, blobs } = this.vault.db;
        await written(() =>
            this.vault.db.transaction("rw", changes, blobs, async () => {
                await changes.bulkDelete([...instead]);
                if (blob) await blobs.put(blob);
                if (row && sealed) await changes.put({ id: row.uuid, sealed });
            }),
        );
        this.reading += 1;
        for (const uuid of instead) this.rows.delete(uuid);
        if (row) this.rows.set(row.uuid, row);
        this.show();
        this.vault.tell({ kind: "changes" });
    }

    patch(uuid: string, part: Partial<ChangeRow>): Promise<void> {
        return this.exclusive(async () => {
            const row = this.rows.get(uuid);
            if (row) await this.keep({ ...row, ...part });
        });
    }

    /** Keeps a decision with its signature: both or nothing. */
    async decide(body: DecisionBody, title: string, signature: Blob | null): Promise<string> {
        const uuid = crypto.randomUUID();
        const bytes = signature ? new Uint8Array(await signature.arrayBuffer()) : null;
        const media: Media | null = bytes
            ? { id: crypto.randomUUID(), name: "firma.png", type: "image/png", size: bytes.length, sha256: await sha256(bytes), purpose: "signature" }
            : null;
        const sealed = media && bytes ? { id: media.id, draft: uuid, sealed: await this.vault.sealBytes(media.id, bytes) } : null;
        await this.exclusive(async () => {
            // The order is kept, whatever the clock says: the last word is the last that was said.
            const createdAt = Math.max(Date.now(), (this.all().at(-1)?.createdAt ?? 0) + 1);
            const row: ChangeRow = {
                uuid, doctype: DECISION, name: title, base: {}, values: {}, state: "ready", message: null, problem: null, createdAt,
                tried: false, conflict: null, decision: { body, media },
            };
            await this.keep(row, [], sealed);
        });
        this.onReady();
        return uuid;
    }

    /** What a person last decided on this device and the server may not know yet; `since`: when it last told all it knows. */
    lastDecision(beneficiary: string, since: number | null): "Granted" | "Refused" | null {
        const own = this.all().filter((row) => row.decision?.body.beneficiary === beneficiary);
        const counts = own.filter((row) => row.state === "ready" || row.state === "sending" || (row.state === "sent" && (row.sentAt ?? 0) > (since ?? 0)));
        return counts.at(-1)?.decision?.body.decision ?? null;
    }

    /** Marks a correction as under way; false when it was taken back or replaced meanwhile. */
    begin(uuid: string): Promise<boolean> {
        return this.exclusive(async () => {
            const row = this.rows.get(uuid);
            if (row?.state !== "ready") return false;
            await this.keep({ ...row, state: "sending", problem: null, tried: true });
            return true;
        });
    }

    async propose(doctype: Corrected, name: string, base: Values, values: Values): Promise<string | null> {
        const made = await this.exclusive(async () => {
            const all = this.all();
            const earlier = all.filter((row) => row.doctype === doctype && row.name === name && mayWithdraw(row));
            const whole = earlier.reduceRight((later, row) => joined(row, later), joined({ base: {}, values: {} }, { base, values }));
            const uuid = Object.keys(whole.values).length ? crypto.randomUUID() : null;
            // The order is kept, whatever the clock says: a later correction builds on an earlier one.
            const createdAt = Math.max(Date.now(), (all.at(-1)?.createdAt ?? 0) + 1);
            const row: ChangeRow | null = uuid
                ? { uuid, doctype, name, ...whole, state: "ready", message: null, problem: null, createdAt, tried: false, conflict: null }
                : null;
            await this.keep(row, earlier.map((one) => one.uuid));
            return uuid;
        });
        this.onReady();
        return made;
    }

    async withdraw(uuid: string): Promise<void> {
        await this.exclusive(async () => {
            const row = this.rows.get(uuid);
            if (row && !mayWithdraw(row)) throw new FieldError("read-only");
            await this.keep(null, [uuid]);
        });
        this.onReady();
    }

    /** After a pull: what waited for a decision and does not any more is done. `null` where the conflicts are not known. */
    async settle(open: (row: Correction) => readonly OpenConflict[] | null): Promise<void> {
        for (const row of this.all().filter(isCorrection)) {
            if (row.state !== "conflict" || !row.conflict) continue;
            const waiting = open(row);
            if (waiting && !waiting.some((one) => one.name === row.conflict)) {
                await this.patch(row.uuid, { state: "sent", message: null, problem: null });
            }
        }
    }

    /**
     * Removes what is in the server's hands and was made before that moment (milliseconds), or is about a record that is no longer this
     * user's.
     */
    async prune(before: number, isTheirs: (row: ChangeRow) => boolean = () => true): Promise<void> {
        const isKept = (row: ChangeRow) => row.state === "sent" || row.state === "conflict";
        const old = this.all().filter((row) => isKept(row) && (row.createdAt < before || !isTheirs(row)));
        if (!old.length) return;
        await this.vault.db.changes.bulkDelete(old.map((row) => row.uuid));
        await this.vault.db.blobs.bulkDelete(old.flatMap((row) => row.decision?.media?.id ?? []));
        // Who reads just now still holds them.
        this.reading += 1;
        for (const row of old) this.rows.delete(row.uuid);
        this.show();
        this.vault.tell({ kind: "changes" });
    }

    forget(): void {
        this.stopListening();
        this.rows.clear();
    }
}
