// Corrections that somebody began: each letter is kept on the device, encrypted, until the correction is saved or thrown away.

import { shallowRef } from "vue";
import type { Corrected } from "./records";
import { FieldError, type CorrectionDraft, type CorrectionDraftsApi, type ProposedChange } from "./api";
import { written } from "./database";
import { isSame } from "./proposed_changes";
import type { Vault } from "./vault";

const UNFINISHED = "unfinished-corrections";
type Drafts = Map<string, CorrectionDraft>;

const keyOf = (doctype: Corrected, name: string) => `${doctype}/${name}`;
const inOrder = (drafts: Drafts) => [...drafts.values()].sort((a, b) => b.changedAt - a.changedAt);

/** Whether a correction in the outbox says all that was typed: the app ended between keeping the one and forgetting the other. */
export function isSaid(draft: Pick<CorrectionDraft, "doctype" | "name" | "typed">, changes: readonly Pick<ProposedChange, "doctype" | "name" | "values">[]): boolean {
    const fields = Object.entries(draft.typed);
    return changes.some(
        (one) => one.doctype === draft.doctype && one.name === draft.name && fields.every(([field, text]) => field in one.values && isSame(one.values[field], text)),
    );
}

export class CorrectionDrafts implements CorrectionDraftsApi {
    readonly list = shallowRef<readonly CorrectionDraft[]>([]);
    /** Called when their count may have changed. */
    onCount: () => void = () => undefined;
    private waiting = new Map<string, CorrectionDraft | null>(); // what the next write keeps; null: forgets
    private reading = 0;
    private nextWrite: Promise<void> | null = null;
    private chain: Promise<unknown> = Promise.resolve();
    private stopListening: () => void;

    constructor(private readonly vault: Vault) {
        this.stopListening = vault.listen((news) => {
            if (news.kind === "corrections") void this.load();
        });
    }

    /** Reads what is kept. `changes`: the outbox, whose corrections are begun no longer. */
    async load(changes: readonly ProposedChange[] = []): Promise<void> {
        this.reading += 1;
        const ticket = this.reading;
        const drafts = await this.read();
        // Something was kept while these were read: they are old.
        if (ticket !== this.reading) return;
        this.show(drafts);
        for (const one of drafts.values()) if (isSaid(one, changes)) await this.discard(one.doctype, one.name);
    }

    get count(): number {
        return this.list.value.length;
    }

    keep(draft: CorrectionDraft): Promise<void> {
        return this.write(keyOf(draft.doctype, draft.name), draft);
    }

    discard(doctype: Corrected, name: string): Promise<void> {
        return this.write(keyOf(doctype, name), null);
    }

    /** Letters that are typed while others are being written go together in the next write. */
    private write(key: string, draft: CorrectionDraft | null): Promise<void> {
        this.waiting.set(key, draft);
        this.nextWrite ??= this.queue(async () => {
            const taken = this.waiting;
            this.waiting = new Map();
            this.nextWrite = null;
            try {
                await this.apply(taken);
            } catch (problem) {
                this.waiting = new Map([...taken, ...this.waiting]); // goes along with the next write
                throw problem;
            }
        });
        return this.nextWrite;
    }

    private queue(work: () => Promise<void>): Promise<void> {
        const result = this.chain.then(work, work);
        this.chain = result.catch(() => undefined);
        return result;
    }

    private async apply(taken: ReadonlyMap<string, CorrectionDraft | null>): Promise<void> {
        const drafts = await this.vault.locks.request(`corrections:${this.vault.id}`, { ifAvailable: false }, async () => {
            const kept = await this.read();
            for (const [key, draft] of taken) {
                if (draft) kept.set(key, draft);
                else kept.delete(key);
            }
            await written(() => this.vault.writeState(UNFINISHED, inOrder(kept)));
            return kept;
        }).catch((problem: unknown) => {
            if (problem instanceof FieldError && problem.code === "quota") throw new FieldError("quota", "quota", { count: this.count });
            throw problem;
        });
        this.reading += 1;
        this.show(drafts);
        this.vault.tell({ kind: "corrections" });
    }

    private async read(): Promise<Drafts> {
        const rows = (await this.vault.readState<CorrectionDraft[]>(UNFINISHED)) ?? [];
        return new Map(rows.map((one) => [keyOf(one.doctype, one.name), one]));
    }

    private show(drafts: Drafts): void {
        this.list.value = inOrder(drafts);
        this.onCount();
    }

    /** All that was typed is kept. */
    async settled(): Promise<void> {
        await this.chain;
    }

    forget(): void {
        this.stopListening();
        this.list.value = [];
    }
}
