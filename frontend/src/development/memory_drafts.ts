// Drafts in memory, for work on screens without a server.

import { shallowRef } from "vue";
import { FieldError, type Draft, type DraftBody, type DraftHeader, type DraftsApi, type Media, type MediaPurpose, type NewDraft, type OpenDraft } from "../store/api";
import * as sample from "./sample";

export const pause = (time: number) => new Promise((resolve) => setTimeout(resolve, time));

const EMPTY: Omit<DraftBody, "template"> = {
    instance: null, visit_date: null, start_time: null, end_time: null, family: null, beneficiary: null, productive_unit: null,
    community: null, programme: null, place: null, latitude: null, longitude: null, accuracy: null, amends: null,
    amendment_reason: null, participants: [], commitments: [],
};

export class MemoryDrafts implements DraftsApi {
    readonly list = shallowRef<DraftHeader[]>([]);
    private drafts = new Map<string, Draft>();
    readonly blobs = new Map<string, Blob>();

    constructor(private readonly online: () => boolean) {}

    need(uuid: string): Draft {
        const draft = this.drafts.get(uuid);
        if (!draft) throw new FieldError("not-found");
        return draft;
    }

    put(draft: Draft, header: Partial<DraftHeader>): void {
        const bytes = draft.media.reduce((sum, one) => sum + one.size, 0);
        this.drafts.set(draft.header.uuid, { ...draft, header: { ...draft.header, files: draft.media.length, bytes, ...header } });
        this.list.value = [...this.drafts.values()].map((one) => one.header).sort((a, b) => b.changedAt - a.changedAt);
    }

    async create(values: NewDraft): Promise<OpenDraft> {
        const template = sample.templates.find((one) => one.template === values.template);
        if (!template) throw new FieldError("template");
        const uuid = crypto.randomUUID();
        const family = sample.families.find((one) => one.name === values.family)?.family_name ?? sample.communities.find((one) => one.name === values.community)?.community_name;
        const now = Date.now();
        const header: DraftHeader = {
            uuid, title: [template.title, family].filter(Boolean).join(": "), template: values.template, family: values.family ?? null,
            community: values.community ?? null, visitDate: values.visit_date ?? null, state: "draft", close: false, createdAt: now, changedAt: now, sentAt: null,
            serverName: null, message: null, problem: null, files: 0, bytes: 0, sentBytes: 0, freed: false, closed: false,
        };
        this.put({ header, body: { ...EMPTY, ...values }, media: [] }, {});
        return new MemoryOpenDraft(this, uuid);
    }

    async open(uuid: string): Promise<OpenDraft> {
        this.need(uuid);
        return new MemoryOpenDraft(this, uuid);
    }

    async read(uuid: string): Promise<Draft> {
        return this.need(uuid);
    }

    async readMedia(_uuid: string, id: string): Promise<Blob> {
        const blob = this.blobs.get(id);
        if (!blob) throw new FieldError("not-found");
        return blob;
    }

    async ready(uuid: string, close: boolean): Promise<void> {
        this.put(this.need(uuid), { state: "ready", close });
        void this.send(uuid);
    }

    async reopen(uuid: string): Promise<void> {
        this.put(this.need(uuid), { state: "draft" });
    }

    async discard(uuid: string): Promise<void> {
        this.drafts.delete(uuid);
        this.list.value = this.list.value.filter((one) => one.uuid !== uuid);
    }

    async send(uuid: string): Promise<void> {
        await pause(600);
        if (!this.online() || this.need(uuid).header.state !== "ready") return;
        this.put(this.need(uuid), { state: "sending" });
        await pause(1200);
        this.put(this.need(uuid), { state: "sent", sentAt: Date.now(), serverName: `ACTA-2026-${90_000 + this.drafts.size}` });
    }
}

class MemoryOpenDraft implements OpenDraft {
    constructor(private readonly drafts: MemoryDrafts, readonly uuid: string) {}

    get readOnly(): boolean {
        return this.draft.header.state !== "draft";
    }

    get draft(): Draft {
        return this.drafts.need(this.uuid);
    }

    async save(part: Partial<DraftBody>): Promise<void> {
        this.drafts.put({ ...this.draft, body: { ...this.draft.body, ...part } }, { changedAt: Date.now() });
    }

    async addMedia(file: Blob, name: string, purpose: MediaPurpose): Promise<Media> {
        const media: Media = { id: crypto.randomUUID(), name, type: file.type, size: file.size, sha256: "", purpose };
        this.drafts.blobs.set(media.id, file);
        this.drafts.put({ ...this.draft, media: [...this.draft.media, media] }, { changedAt: Date.now() });
        return media;
    }

    async readMedia(id: string): Promise<Blob> {
        const blob = this.drafts.blobs.get(id);
        if (!blob) throw new FieldError("not-found");
        return blob;
    }

    async removeMedia(id: string): Promise<void> {
        this.drafts.put({ ...this.draft, media: this.draft.media.filter((one) => one.id !== id) }, {});
    }

    onChange(): () => void {
        return () => undefined;
    }

    async release(): Promise<void> {}
}
