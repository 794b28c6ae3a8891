// Actas of the server that somebody opened here: kept, encrypted, so that they open again where there is no signal. The newest stay,
// as long as there is room and they are the person's to see; nothing of them is work that could be lost.

import { ref } from "vue";
import { written, type BlobRow, type SealedRow } from "./database";
import type { ServerActa } from "./server_acta";
import type { Vault } from "./vault";

const INDEX = "kept-papers";
export const MOST_PAPERS = 60;
export const MOST_BYTES = 60_000_000; // with their photos
export const LONGEST = 30 * 86_400_000; // milliseconds since it was last opened
const FULL = 0.8; // of what the browser gives: beyond it room is for what is written here

interface KeptFile {
    url: string;
    id: string;
    type: string;
    size: number; // bytes
}

interface KeptRow {
    name: string;
    row: string; // under which the acta lies: says nothing to who reads the raw store
    version: string | null; // that the device knew of the acta when it was fetched
    template: string;
    keptAt: number; // milliseconds
    openedAt: number;
    size: number;
    files: KeptFile[];
}

export interface KeptActa {
    acta: ServerActa;
    version: string | null;
    keptAt: number;
    hasFiles: boolean; // all of them
}

type Room = () => Promise<{ usage: number | null; quota: number | null }>;

const bytesOf = (one: KeptRow) => one.files.reduce((sum, file) => sum + file.size, one.size);

export class KeptPapers {
    /** Names of the actas that open without a network. */
    readonly names = ref<ReadonlySet<string>>(new Set());
    private rows: KeptRow[] = [];
    private reading = 0;
    private stopListening: () => void;

    constructor(
        private readonly vault: Vault,
        private readonly room: Room,
    ) {
        this.stopListening = vault.listen((news) => {
            if (news.kind === "papers") void this.load();
        });
    }

    async load(): Promise<void> {
        this.reading += 1;
        const ticket = this.reading;
        const rows = (await this.vault.readState<KeptRow[]>(INDEX)) ?? [];
        // Something was kept while these were read: they are old.
        if (ticket === this.reading) this.show(rows);
    }

    private show(rows: KeptRow[]): void {
        this.rows = rows;
        this.names.value = new Set(rows.map((one) => one.name));
    }

    /** Template versions that are needed to draw them. */
    templates(): string[] {
        return this.rows.map((one) => one.template);
    }

    get files(): number {
        return this.rows.reduce((sum, one) => sum + one.files.length, 0);
    }

    get bytes(): number {
        return this.rows.reduce((sum, one) => sum + bytesOf(one), 0);
    }

    async read(name: string): Promise<KeptActa | null> {
        const found = this.rows.find((one) => one.name === name);
        if (!found) return null;
        const acta = await this.vault.readState<ServerActa>(found.row).catch(() => null);
        if (!acta) return null;
        const urls = new Set(found.files.map((one) => one.url));
        return { acta, version: found.version, keptAt: found.keptAt, hasFiles: acta.files.every((one) => urls.has(one.url)) };
    }

    /** Notes that one was looked at: who is read stays longest. */
    async opened(name: string): Promise<void> {
        await this.change(async (rows) => rows.map((one) => (one.name === name ? { ...one, openedAt: Date.now() } : one)));
    }

    async keep(acta: ServerActa, version: string | null): Promise<void> {
        if (await this.isFull()) return;
        const row = await this.vault.name(`paper/${acta.name}`);
        const sealed = await this.vault.seal("state", row, acta);
        const now = Date.now();
        await this.change(async (rows) => {
            const before = rows.find((one) => one.name === acta.name);
            const urls = new Set(acta.files.map((one) => one.url));
            const files = (before?.files ?? []).filter((one) => urls.has(one.url));
            const kept = { name: acta.name, row, version, template: acta.template, keptAt: now, openedAt: now, size: sealed.length, files };
            return [kept, ...rows.filter((one) => one.name !== acta.name)];
        }, [{ id: row, sealed }]);
    }

    async readFile(name: string, url: string): Promise<Blob | null> {
        const file = this.rows.find((one) => one.name === name)?.files.find((one) => one.url === url);
        const row = file && (await this.vault.db.blobs.get(file.id));
        return row ? new Blob([await this.vault.unsealBytes(row.id, row.sealed)], { type: file.type }) : null;
    }

    async keepFile(name: string, url: string, blob: Blob): Promise<void> {
        if (!this.names.value.has(name) || (await this.isFull())) return;
        const id = crypto.randomUUID();
        const sealed = await this.vault.sealBytes(id, new Uint8Array(await blob.arrayBuffer()));
        await this.change(async (rows) => {
            const file = { url, id, type: blob.type, size: sealed.length };
            return rows.map((one) => (one.name === name ? { ...one, files: [...one.files.filter((other) => other.url !== url), file] } : one));
        }, [], (rows) => {
            const owner = rows.find((one) => one.name === name);
            return owner ? [{ id, draft: owner.row, sealed }] : [];
        });
    }

    private async isFull(): Promise<boolean> {
        const { usage, quota } = await this.room();
        return usage !== null && quota !== null && usage > quota * FULL;
    }

    /** After a pull: what is no longer the person's goes, and what nobody opened for a month. */
    async prune(isTheirs: (name: string) => boolean): Promise<void> {
        const before = Date.now() - LONGEST;
        if (this.rows.every((one) => isTheirs(one.name) && one.openedAt >= before)) return;
        await this.change(async (rows) => rows.filter((one) => isTheirs(one.name) && one.openedAt >= before));
    }

    async drop(name: string): Promise<void> {
        await this.change(async (rows) => rows.filter((one) => one.name !== name));
    }

    /** Removes all of them; resolves with the bytes freed. */
    async free(): Promise<number> {
        const { bytes } = this;
        await this.change(async () => []);
        return bytes;
    }

    /** One change after the other, in all tabs: the list, what it names and what it names no more, or nothing of it. */
    private async change(work: (rows: KeptRow[]) => Promise<KeptRow[]>, papers: SealedRow[] = [], blobs: (rows: KeptRow[]) => BlobRow[] = () => []): Promise<void> {
        await this.vault.locks.request(`papers:${this.vault.id}`, { ifAvailable: false }, async () => {
            const before = (await this.vault.readState<KeptRow[]>(INDEX)) ?? [];
            const after = within(await work(before));
            const files = new Set(after.flatMap((one) => one.files.map((file) => file.id)));
            const stay = new Set(after.map((one) => one.row));
            const sealed = await this.vault.seal("state", INDEX, after);
            const { db } = this.vault;
            await written(() =>
                db.transaction("rw", db.state, db.blobs, async () => {
                    await db.state.bulkPut([{ id: INDEX, sealed }, ...papers.filter((one) => stay.has(one.id))]);
                    await db.state.bulkDelete(before.filter((one) => !stay.has(one.row)).map((one) => one.row));
                    await db.blobs.bulkPut(blobs(after).filter((one) => files.has(one.id)));
                    await db.blobs.bulkDelete(before.flatMap((one) => one.files.map((file) => file.id)).filter((id) => !files.has(id)));
                }),
            );
            this.reading += 1;
            this.show(after);
        });
        this.vault.tell({ kind: "papers" });
    }

    forget(): void {
        this.stopListening();
        this.show([]);
    }
}

/** The ones that were opened last, as many as there is to be room for. */
function within(rows: readonly KeptRow[]): KeptRow[] {
    const newest = [...rows].sort((a, b) => b.openedAt - a.openedAt).slice(0, MOST_PAPERS);
    let bytes = 0;
    return newest.filter((one) => {
        const size = bytesOf(one);
        const fits = bytes + size <= MOST_BYTES;
        if (fits) bytes += size;
        return fits;
    });
}
