// Corrections of records, each a row of its own in the outbox.

import { shallowRef } from "vue";
import type { OutboxProblem } from "./drafts";
import type { ProposedChange } from "./api";
import { written } from "./database";
import type { Vault } from "./vault";

export interface ChangeRow {
    uuid: string;
    doctype: string;
    name: string;
    base: Record<string, unknown>;
    values: Record<string, unknown>;
    state: "ready" | "sending" | "sent" | "conflict" | "refused";
    message: string | null;
    problem: OutboxProblem | null;
    createdAt: number;
}

export class ProposedChanges {
    readonly list = shallowRef<readonly ProposedChange[]>([]);
    private rows = new Map<string, ChangeRow>();
    private stopListening: () => void;
    onReady: () => void = () => undefined;

    constructor(private readonly vault: Vault) {
        this.stopListening = vault.listen((news) => {
            if (news.kind === "changes") void this.load();
        });
    }

    async load(): Promise<void> {
        const rows = await this.vault.db.changes.toArray();
        const opened = await Promise.all(rows.map((row) => this.vault.unseal<ChangeRow>("changes", row.id, row.sealed).catch(() => null)));
        this.rows = new Map(opened.flatMap((one) => (one ? [[one.uuid, one] as const] : [])));
        this.show();
    }

    private show(): void {
        this.list.value = this.all().map(({ uuid, doctype, name, state, message, createdAt }) => ({ uuid, doctype, name, state, message, createdAt }));
    }

    all(): ChangeRow[] {
        return [...this.rows.values()].sort((a, b) => a.createdAt - b.createdAt);
    }

    get unsent(): number {
        return this.all().filter((one) => one.state !== "sent" && one.state !== "conflict").length;
    }

    async put(row: ChangeRow): Promise<void> {
        const sealed = await this.vault.seal("changes", row.uuid, row);
        await written(() => this.vault.db.changes.put({ id: row.uuid, sealed }));
        this.rows.set(row.uuid, row);
        this.show();
        this.vault.tell({ kind: "changes" });
    }

    async patch(uuid: string, part: Partial<ChangeRow>): Promise<void> {
        const row = this.rows.get(uuid);
        if (row) await this.put({ ...row, ...part });
    }

    async propose(doctype: string, name: string, base: Record<string, unknown>, values: Record<string, unknown>): Promise<string> {
        const uuid = crypto.randomUUID();
        await this.put({ uuid, doctype, name, base, values, state: "ready", message: null, problem: null, createdAt: Date.now() });
        this.onReady();
        return uuid;
    }

    /** Removes corrections that were taken over, made before that moment (milliseconds). */
    async prune(before: number): Promise<void> {
        const old = this.all().filter((row) => row.state === "sent" && row.createdAt < before);
        await this.vault.db.changes.bulkDelete(old.map((row) => row.uuid));
        for (const row of old) this.rows.delete(row.uuid);
        if (old.length) this.show();
    }

    forget(): void {
        this.stopListening();
        this.rows.clear();
    }
}
