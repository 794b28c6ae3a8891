// The contract of api.ts on a real device: encrypted vaults, the sync engine, the service worker.

import { computed, shallowRef, type WritableComputedRef } from "vue";
import { DEFAULT_READER, type ReaderSettings } from "../readers/reader";
import { DeviceSession, LEAST_QUALITY } from "../session/device_session";
import type { Opened } from "../session/opened";
import { Vaults } from "../session/vaults";
import { ServerError, Transport } from "../sync/transport";
import { FieldError, type AuthorisationsApi, type CorrectionDraftsApi, type DeviceApi, type DraftsApi, type FieldStore, type OutboxApi, type ReadActa, type RecordsApi, type SyncStatus, type TemplatesApi, type UpdateApi } from "./api";
import { Registry } from "./database";
import type { Locks } from "./vault";

export interface DeviceParts {
    locks: Locks;
    appVersion: string;
    update: UpdateApi & { check(): Promise<void> };
    registry?: Registry;
    transport?: Transport;
    clock?: () => number;
}

const CLOSED: SyncStatus = {
    online: true, phase: "idle", safe: false, loginNeeded: false, error: null, errorCode: null, lastSync: null, nextTry: null, done: 0, total: 0,
    newInLast: {}, goneInLast: 0, news: null, clockSkew: null,
};
const DEFAULT_PIXELS = 1600;
const BIOMETRICS = "Biometrics";

async function estimate(): Promise<{ usage: number | null; quota: number | null }> {
    const found = await globalThis.navigator?.storage?.estimate?.().catch(() => null);
    return { usage: found?.usage ?? null, quota: found?.quota ?? null };
}

class DeviceStore implements FieldStore {
    private readonly opened = shallowRef<Opened | null>(null);
    readonly session: DeviceSession;
    readonly records: RecordsApi;
    readonly authorisations: AuthorisationsApi;
    readonly templates: TemplatesApi;
    readonly drafts: DraftsApi;
    readonly corrections: CorrectionDraftsApi;
    readonly outbox: OutboxApi;
    readonly sync: FieldStore["sync"];
    readonly device: DeviceApi;
    readonly update: UpdateApi;
    private readonly deviceId = shallowRef<string | null>(null);
    private readonly transport: Transport;

    constructor(private readonly parts: DeviceParts) {
        const registry = parts.registry ?? new Registry();
        this.transport = parts.transport ?? new Transport();
        this.session = new DeviceSession({
            registry,
            vaults: new Vaults(registry, parts.clock),
            transport: this.transport,
            locks: parts.locks,
            appVersion: parts.appVersion,
            estimate,
            onOpened: (opened) => (this.opened.value = opened),
            onNewVersion: (version) => {
                if (version !== parts.appVersion) void parts.update.check();
            },
        });
        this.records = this.makeRecords();
        this.authorisations = this.makeAuthorisations();
        this.templates = { list: async () => this.need.records.templates(), load: async (template) => this.need.records.template(template), keep: async (form) => this.need.records.keepTemplate(form) };
        this.drafts = this.makeDrafts();
        this.corrections = this.makeCorrections();
        this.outbox = this.makeOutbox();
        this.sync = { status: computed(() => this.opened.value?.engine.status.value ?? CLOSED), now: async () => this.need.engine.now() };
        this.device = this.makeDevice();
        this.update = parts.update;
        void registry.device().then((id) => (this.deviceId.value = id));
    }

    private get need(): Opened {
        if (!this.opened.value) throw new FieldError("not-found", "locked");
        return this.opened.value;
    }

    private makeRecords(): RecordsApi {
        return {
            revision: computed(() => this.opened.value?.records.revision.value ?? 0),
            search: (words, kinds, limit) => this.opened.value?.records.search(words, kinds, limit) ?? [],
            get: async (kind, id) => this.need.records.get(kind, id),
            all: async (kind) => this.need.records.all(kind),
            families: async (community) => this.need.records.families(community),
            communities: async () => this.need.records.communities(),
            personsOf: async (family) => this.need.records.personsOf(family),
            unitsOf: async (family) => this.need.records.unitsOf(family),
            actasOf: async (family) => this.need.records.actasOf(family),
            commitmentsOf: async (family) => this.need.records.commitmentsOf(family),
            route: async (day) => this.need.records.route(day),
            propose: async (doctype, name, base, values) => this.need.changes.propose(doctype, name, base, values),
            readActa: (name) => this.readActa(name),
            readFile: (acta, url) => this.readFile(acta, url),
            keptActas: computed(() => this.opened.value?.papers.names.value ?? new Set<string>()),
            pdfUrl: this.transport.pdfUrl,
        };
    }

    private async readActa(name: string): Promise<ReadActa> {
        const { records, papers } = this.need;
        const known = await records.get("acta", name);
        const hasForm = known ? (await records.templateTitle(known.template)) !== null : false;
        const kept = await papers.read(name);
        const canDraw = kept && (hasForm || kept.acta.form);
        // What is closed stays as it is: it need not come twice.
        const isLast = canDraw && kept.acta.status === "Closed" && kept.version === (known?.version ?? null);
        if (isLast) {
            await papers.opened(name);
            return { ...kept.acta, keptAt: null, hasFiles: kept.hasFiles };
        }
        try {
            const acta = await this.transport.acta(this.deviceId.value ?? "", name, !hasForm);
            // Whoever has no room, or may not see it in lists, still reads it.
            if (known) await papers.keep(acta, known.version ?? null).catch(() => undefined);
            return { ...acta, keptAt: null, hasFiles: (await papers.read(name))?.hasFiles ?? false };
        } catch (problem) {
            if (problem instanceof ServerError && problem.status === 403) await papers.drop(name);
            else if (canDraw) {
                await papers.opened(name);
                return { ...kept.acta, keptAt: kept.keptAt, hasFiles: kept.hasFiles };
            }
            throw problem;
        }
    }

    private async readFile(acta: string, url: string): Promise<Blob> {
        const { papers } = this.need;
        const kept = await papers.readFile(acta, url);
        if (kept) return kept;
        const blob = await this.transport.file(url);
        await papers.keepFile(acta, url, blob).catch(() => undefined);
        return blob;
    }

    private makeAuthorisations(): AuthorisationsApi {
        return {
            text: async (day) => this.need.records.authorisationText(BIOMETRICS, day),
            answer: async (person) => {
                const { records, changes, engine } = this.need;
                const here = changes.lastDecision(person, engine.status.value.lastSync);
                if (here) return here === "Granted" ? "In Force" : "Refused";
                return (await records.get("person", person))?.biometrics ?? null;
            },
            decide: async (body, title, signature) => this.need.changes.decide(body, title, signature),
        };
    }

    private makeDrafts(): DraftsApi {
        return {
            list: computed(() => this.opened.value?.drafts.list.value ?? []),
            create: async (values) => this.need.drafts.create(values),
            open: async (uuid) => this.need.drafts.open(uuid),
            read: async (uuid) => this.need.drafts.read(uuid),
            readMedia: async (uuid, id) => this.need.drafts.readMedia(uuid, id),
            ready: async (uuid, close) => this.need.drafts.ready(uuid, close),
            reopen: async (uuid) => this.need.drafts.reopen(uuid),
            discard: async (uuid) => this.need.drafts.discard(uuid),
        };
    }

    private makeCorrections(): CorrectionDraftsApi {
        return {
            list: computed(() => this.opened.value?.corrections.list.value ?? []),
            keep: async (draft) => this.need.corrections.keep(draft),
            discard: async (doctype, name) => this.need.corrections.discard(doctype, name),
        };
    }

    private makeOutbox(): OutboxApi {
        const changes = computed(() => this.opened.value?.changes.list.value ?? []);
        const decisions = computed(() => this.opened.value?.changes.decisions.value ?? []);
        const actas = computed(() => this.drafts.list.value.filter((one) => one.state !== "draft").sort((a, b) => a.createdAt - b.createdAt));
        const unsent = computed(() => {
            const waiting = [...actas.value, ...changes.value, ...decisions.value].filter((one) => one.state !== "sent" && one.state !== "conflict");
            return waiting.length;
        });
        const begun = computed(() => this.drafts.list.value.filter((one) => one.state === "draft").length + this.corrections.list.value.length);
        const atRisk = computed(() => unsent.value + begun.value);
        const withdraw = async (uuid: string) => this.need.changes.withdraw(uuid);
        return { actas, changes, decisions, unsent, atRisk, retry: (uuid) => this.retry(uuid), withdraw };
    }

    private async retry(uuid: string): Promise<void> {
        const opened = this.need;
        const acta = opened.drafts.list.value.find((one) => one.uuid === uuid);
        if (acta?.state === "refused") {
            await opened.drafts.reopen(uuid);
            await opened.drafts.ready(uuid, acta.close);
        } else if (opened.changes.all().some((one) => one.uuid === uuid && one.state === "refused")) {
            await opened.changes.patch(uuid, { state: "ready", problem: null, message: null });
        }
        await opened.engine.now();
    }

    private makeDevice(): DeviceApi {
        const pixels: WritableComputedRef<number> = computed({
            get: () => this.pixels.value ?? this.opened.value?.profile.photoPixels ?? this.opened.value?.profile.serverPixels ?? DEFAULT_PIXELS,
            set: (value) => {
                this.pixels.value = value;
                void this.opened.value?.saveProfile({ photoPixels: value });
            },
        });
        const reader: WritableComputedRef<ReaderSettings> = computed({
            get: () => this.reader.value ?? this.opened.value?.profile.reader ?? DEFAULT_READER,
            set: (value) => {
                this.reader.value = value;
                void this.opened.value?.saveProfile({ reader: value });
            },
        });
        return {
            id: this.deviceId,
            label: computed(() => this.opened.value?.profile.label ?? ""),
            appVersion: this.parts.appVersion,
            photoPixels: pixels,
            reader,
            leastQuality: computed(() => this.opened.value?.profile.leastQuality ?? LEAST_QUALITY),
            persist: async () => (await globalThis.navigator?.storage?.persist?.()) ?? false,
            storage: () => this.storage(),
            freeSpace: () => this.freeSpace(),
        };
    }

    private readonly pixels = shallowRef<number | null>(null);
    private readonly reader = shallowRef<ReaderSettings | null>(null);

    private async storage() {
        const opened = this.opened.value;
        const headers = this.drafts.list.value.filter((one) => !one.freed);
        return {
            ...(await estimate()),
            persisted: (await globalThis.navigator?.storage?.persisted?.()) ?? false,
            records: opened?.records.size ?? 0,
            files: headers.reduce((sum, one) => sum + one.files, opened?.papers.files ?? 0),
            fileBytes: headers.reduce((sum, one) => sum + one.bytes, opened?.papers.bytes ?? 0),
        };
    }

    /** Files of actas that the server has confirmed, which stay readable, and copies of actas that were fetched from it. */
    private async freeSpace(): Promise<number> {
        const { drafts, papers } = this.need;
        let freed = await papers.free();
        for (const header of drafts.list.value) {
            if (header.state !== "sent" || !header.closed || !header.bytes || header.freed) continue;
            await drafts.rows.free(header.uuid);
            await drafts.renew(header.uuid);
            freed += header.bytes;
        }
        return freed;
    }
}

/** Opens the registry and shows who may unlock. */
export async function deviceStore(parts: DeviceParts): Promise<FieldStore> {
    const store = new DeviceStore(parts);
    await store.session.start();
    return store;
}
