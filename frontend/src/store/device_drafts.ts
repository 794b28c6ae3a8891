// Drafts in a vault. One tab holds a draft at a time (a lock across tabs); every save is durable when its promise resolves.

import { shallowRef } from "vue";
import { sha256, type Bytes } from "../crypto/bytes";
import { isAtRisk, isUnsent } from "../sync/outbox";
import { ActaRows, draftOf, EMPTY_BODY, headerOf, newActa, type Acta, type Head } from "./acta_rows";
import { FieldError, type Draft, type DraftBody, type DraftHeader, type DraftsApi, type Media, type MediaPurpose, type NewDraft, type OpenDraft } from "./api";
import type { KnownRecords } from "./known_records";
import { draftLock, type Vault } from "./vault";

const SUBJECT = ["family", "beneficiary", "productive_unit", "community"] as const;
type Part = Partial<Omit<DraftBody, "template">>;

export class DeviceDrafts implements DraftsApi {
    readonly list = shallowRef<readonly DraftHeader[]>([]);
    readonly rows: ActaRows;
    private heads = new Map<string, Head>();
    private progress = new Map<string, number>();
    private opened = new Set<HeldDraft>();
    private stopListening: () => void;
    /** Called when something became ready to be sent. */
    onReady: () => void = () => undefined;
    /** Called with the count of acts at risk when it may have changed. */
    onCount: (atRisk: number) => void = () => undefined;

    constructor(
        readonly vault: Vault,
        private readonly records: KnownRecords,
        private readonly mayCreate: () => boolean = () => true,
    ) {
        this.rows = new ActaRows(vault);
        this.stopListening = vault.listen((news) => {
            if (news.kind === "draft") void this.renew(news.uuid);
            if (news.kind === "drafts") void this.load();
        });
    }

    async load(): Promise<void> {
        this.heads = await this.rows.heads();
        this.show();
    }

    /** Reads an acta's head again: another tab or the outbox moved it. */
    async renew(uuid: string): Promise<void> {
        const head = await this.rows.head(uuid).catch(() => null);
        if (head) this.heads.set(uuid, head);
        else this.heads.delete(uuid);
        this.show();
        for (const held of this.opened) if (held.uuid === uuid) await held.reread().catch(() => undefined);
    }

    private show(): void {
        const headers = [...this.heads].map(([uuid, head]) => headerOf(uuid, head, this.progress.get(uuid) ?? 0));
        this.list.value = headers.sort((a, b) => b.changedAt - a.changedAt);
        this.onCount(this.atRisk);
    }

    get atRisk(): number {
        return [...this.heads.values()].filter((head) => isAtRisk(head.shipment.state)).length;
    }

    get unsent(): number {
        return [...this.heads.values()].filter((head) => isUnsent(head.shipment.state)).length;
    }

    /** Templates that actas on this device were begun with. */
    templatesInUse(): Set<string> {
        return new Set([...this.heads.values()].map((head) => head.template));
    }

    setProgress(uuid: string, bytes: number): void {
        this.progress.set(uuid, bytes);
        this.show();
    }

    async create(values: NewDraft): Promise<OpenDraft> {
        if (!this.mayCreate()) throw new FieldError("forbidden");
        const body = { ...EMPTY_BODY, ...values };
        const title = await this.titleOf(body);
        if (title === null) throw new FieldError("template");
        const uuid = crypto.randomUUID();
        const acta = newActa(uuid, body, title, Date.now());
        await this.withRoom(() => this.rows.write(acta));
        this.heads.set(uuid, acta.head);
        this.show();
        return this.open(uuid);
    }

    /** The template's title and whom the acta is about; null: the template is not on this device. */
    async titleOf(body: DraftBody): Promise<string | null> {
        const template = await this.records.templateTitle(body.template);
        if (template === null) return null;
        const unit = body.productive_unit ? await this.records.get("unit", body.productive_unit) : null;
        const person = body.beneficiary ? await this.records.get("person", body.beneficiary) : null;
        const family = body.family ? await this.records.get("family", body.family) : null;
        const community = body.community ? await this.records.get("community", body.community) : null;
        const about = unit?.unit_name ?? person?.full_name ?? family?.family_name ?? community?.community_name;
        return [template, about].filter(Boolean).join(": ");
    }

    async open(uuid: string): Promise<OpenDraft> {
        const acta = await this.rows.read(uuid);
        const held = new HeldDraft(this, acta);
        await held.take();
        this.opened.add(held);
        return held;
    }

    async read(uuid: string): Promise<Draft> {
        return draftOf(await this.rows.read(uuid));
    }

    async readMedia(uuid: string, id: string): Promise<Blob> {
        const { body } = await this.rows.read(uuid);
        const media = body.media.find((one) => one.id === id);
        if (!media) throw new FieldError("not-found");
        return new Blob([await this.rows.blob(id)], { type: media.type });
    }

    async ready(uuid: string, close: boolean): Promise<void> {
        await Promise.all([...this.opened].filter((held) => held.uuid === uuid).map((held) => held.settled()));
        const { body } = await this.rows.read(uuid);
        if (!body.body.instance || !body.body.visit_date) {
            throw new FieldError("incomplete", "incomplete", { missing: ["instance", "visit_date"].filter((name) => !body.body[name as "instance"]) });
        }
        await this.rows.move(uuid, { kind: "ready", close });
        await this.renew(uuid);
        this.onReady();
    }

    async reopen(uuid: string): Promise<void> {
        const head = await this.rows.move(uuid, { kind: "reopened" });
        await this.renew(uuid);
        if (head.shipment.state !== "draft") throw new FieldError("read-only");
    }

    async discard(uuid: string): Promise<void> {
        const { shipment } = await this.rows.head(uuid);
        // What began its way may be on the server: throwing it away here would leave it there unseen.
        if (shipment.state !== "draft" || shipment.everSent) throw new FieldError("read-only");
        for (const held of this.opened) if (held.uuid === uuid) await held.release();
        await this.rows.remove(uuid);
        this.heads.delete(uuid);
        this.show();
    }

    /** Forgets captures of fingerprints that the server keeps or has refused: they lie on this device no longer than they must. */
    async settlePrints(uuid: string, revision: number, kept: readonly { uuid: string; name: string }[], refused: readonly string[]): Promise<void> {
        if (!kept.length && !refused.length) return;
        await this.rows.exclusive(uuid, async () => {
            const acta = await this.rows.read(uuid);
            // Edited meanwhile: the answer to the newer one says it again.
            if (acta.head.shipment.revision !== revision) return;
            const participants = acta.body.body.participants.map((one) => {
                if (refused.includes(one.uuid)) return { ...one, fingerprint: null };
                const name = kept.find((other) => other.uuid === one.uuid)?.name;
                return name && one.fingerprint ? { ...one, fingerprint: { ...one.fingerprint, template: null, image: null, kept: name } } : one;
            });
            await this.rows.write({ ...acta, body: { ...acta.body, body: { ...acta.body.body, participants } } });
        });
        await this.renew(uuid);
    }

    /** Forgets the captures in drafts of who no longer authorises them: the server has said so. */
    async dropPrints(isAllowed: (person: string) => Promise<boolean>): Promise<void> {
        for (const { uuid, state } of this.list.value) {
            if (state !== "draft") continue;
            await this.rows.exclusive(uuid, async () => {
                const acta = await this.rows.read(uuid);
                const dropped = new Set<string>();
                for (const one of acta.body.body.participants) {
                    if (one.fingerprint && !(await isAllowed(one.beneficiary ?? ""))) dropped.add(one.uuid);
                }
                if (!dropped.size || acta.head.shipment.state !== "draft") return;
                const participants = acta.body.body.participants.map((one) => (dropped.has(one.uuid) ? { ...one, fingerprint: null } : one));
                const shipment = { ...acta.head.shipment, revision: acta.head.shipment.revision + 1 };
                await this.rows.write({ ...acta, head: { ...acta.head, shipment }, body: { ...acta.body, body: { ...acta.body.body, participants } } });
            });
            await this.renew(uuid);
        }
    }

    /**
     * Removes actas that the server confirmed before that moment (milliseconds), or that are about what is no longer this user's, and
     * nobody has open here. What is not on the server yet stays: it is this person's work.
     */
    async prune(before: number, isTheirs: (acta: DraftHeader) => boolean = () => true): Promise<void> {
        for (const header of this.list.value) {
            if (header.state !== "sent") continue;
            if (isTheirs(header) && (header.sentAt === null || header.sentAt >= before)) continue;
            if ([...this.opened].some((held) => held.uuid === header.uuid)) continue;
            await this.rows.remove(header.uuid);
            this.heads.delete(header.uuid);
        }
        this.show();
    }

    /** A device without room says with it how much work waits on it. */
    async withRoom(work: () => Promise<void>): Promise<void> {
        try {
            await work();
        } catch (problem) {
            if (!(problem instanceof FieldError) || problem.code !== "quota") throw problem;
            throw new FieldError("quota", "quota", { count: this.atRisk });
        }
    }

    closed(held: HeldDraft): void {
        this.opened.delete(held);
    }

    /** Saves and lets go of everything; the vault is about to be locked. */
    async releaseAll(): Promise<void> {
        for (const held of [...this.opened]) await held.release();
        this.stopListening();
    }
}

class HeldDraft implements OpenDraft {
    readonly uuid: string;
    private isMine = false;
    private letGo: () => void = () => undefined;
    private pending: Part | null = null;
    private chain: Promise<unknown> = Promise.resolve();
    private nextWrite: Promise<void> | null = null;
    private listeners = new Set<(draft: Draft) => void>();

    constructor(
        private readonly drafts: DeviceDrafts,
        private acta: Acta,
    ) {
        this.uuid = acta.uuid;
    }

    get readOnly(): boolean {
        return !this.isMine || this.acta.head.shipment.state !== "draft";
    }

    get draft(): Draft {
        return draftOf(this.acta);
    }

    /** Takes the draft for this tab, if no other has it. The lock goes with the tab, however that ends. */
    async take(): Promise<void> {
        const { vault } = this.drafts;
        this.isMine = await new Promise<boolean>((tell) => {
            void vault.locks.request(draftLock(vault.id, this.uuid), { ifAvailable: true }, (lock) => {
                tell(Boolean(lock));
                return lock ? new Promise<void>((done) => (this.letGo = done)) : Promise.resolve();
            });
        });
    }

    async reread(): Promise<void> {
        if (this.pending || this.nextWrite) return; // our own write comes and will be seen then
        this.acta = await this.drafts.rows.read(this.uuid);
        for (const listener of this.listeners) listener(this.draft);
    }

    private mustWrite(): void {
        if (this.readOnly) throw new FieldError("read-only");
    }

    async save(part: Part): Promise<void> {
        this.mustWrite();
        // Saves that come while one is being written go together in the next one.
        this.pending = { ...this.pending, ...part };
        this.nextWrite ??= this.queue(async () => {
            const taken = this.pending ?? {};
            this.pending = null;
            this.nextWrite = null;
            try {
                await this.write((acta) => ({ ...acta.body, body: { ...acta.body.body, ...taken, template: acta.body.body.template } }));
            } catch (problem) {
                this.pending = { ...taken, ...(this.pending ?? {}) }; // goes along with the next save
                throw problem;
            }
        });
        return this.nextWrite;
    }

    private queue<T>(work: () => Promise<T>): Promise<T> {
        const result = this.chain.then(work, work);
        this.chain = result.catch(() => undefined);
        return result;
    }

    private async write(change: (acta: Acta) => Acta["body"], blob?: { id: string; bytes: Bytes }): Promise<void> {
        await this.drafts.rows.exclusive(this.uuid, async () => {
            const now = await this.drafts.rows.read(this.uuid);
            if (now.head.shipment.state !== "draft") throw new FieldError("read-only");
            const body = change(now);
            const isOther = SUBJECT.some((field) => body.body[field] !== now.body.body[field]);
            const title = isOther ? await this.drafts.titleOf(body.body) : null;
            const head: Head = {
                ...now.head,
                title: title ?? now.head.title,
                family: body.body.family,
                community: body.body.community,
                visitDate: body.body.visit_date,
                changedAt: Date.now(),
                files: body.media.length,
                bytes: body.media.reduce((sum, one) => sum + one.size, 0),
                shipment: { ...now.head.shipment, revision: now.head.shipment.revision + 1 },
            };
            await this.drafts.withRoom(() => this.drafts.rows.write({ uuid: this.uuid, head, body }, blob));
            this.acta = { uuid: this.uuid, head, body };
        });
    }

    async addMedia(file: Blob, name: string, purpose: MediaPurpose): Promise<Media> {
        this.mustWrite();
        const bytes = new Uint8Array(await file.arrayBuffer());
        const hash = await sha256(bytes);
        return this.queue(async () => {
            const id = crypto.randomUUID();
            const media: Media = { id, name: "", type: file.type, size: bytes.length, sha256: hash, purpose };
            await this.write(
                (acta) => {
                    media.name = freeName(name, acta.body.media.map((one) => one.name));
                    return { ...acta.body, media: [...acta.body.media, media] };
                },
                { id, bytes },
            );
            return media;
        });
    }

    async readMedia(id: string): Promise<Blob> {
        const media = this.acta.body.media.find((one) => one.id === id);
        if (!media) throw new FieldError("not-found");
        return new Blob([await this.drafts.rows.blob(id)], { type: media.type });
    }

    async removeMedia(id: string): Promise<void> {
        this.mustWrite();
        await this.queue(async () => {
            await this.write((acta) => ({ ...acta.body, media: acta.body.media.filter((one) => one.id !== id) }));
            await this.drafts.rows.removeBlobs([id]);
        });
    }

    onChange(listener: (draft: Draft) => void): () => void {
        this.listeners.add(listener);
        return () => this.listeners.delete(listener);
    }

    async settled(): Promise<void> {
        await this.chain;
    }

    async release(): Promise<void> {
        await this.settled();
        this.isMine = false;
        this.letGo();
        this.drafts.closed(this);
    }
}

/** photo.jpg, photo-2.jpg, photo-3.jpg: names are what the answers point to. */
export function freeName(wanted: string, taken: readonly string[]): string {
    const dot = wanted.lastIndexOf(".");
    const [stem, ending] = dot > 0 ? [wanted.slice(0, dot), wanted.slice(dot)] : [wanted, ""];
    for (let number = 1; number <= taken.length + 1; number += 1) {
        const name = number === 1 ? wanted : `${stem}-${number}${ending}`;
        if (!taken.includes(name)) return name;
    }
    return `${stem}-${crypto.randomUUID()}${ending}`;
}
