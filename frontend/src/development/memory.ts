// The contract of store/api.ts in memory, with invented records: for work on screens without a server. PIN 123456.
// Nothing is encrypted and nothing survives a reload; "sending" is a pause.

import { computed, ref, type Ref } from "vue";
import { FieldError, MAY_ALL, type BiometricAnswer, type CorrectionDraft, type FieldStore, type Hit, type Kind, type Kinds, type ProposedChange, type RecordsApi, type SearchKind, type SessionState, type SyncStatus } from "../store/api";
import { isoDay } from "../i18n/format";
import { routeOf } from "../store/route";
import { DEFAULT_READER } from "../readers/reader";
import { SearchIndex } from "../store/search";
import { MemoryDrafts, pause } from "./memory_drafts";
import * as sample from "./sample";

const PIN = "123456";
const USER = { user: "gestora@example.com", fullName: "Marta Gestora", language: "es" };
const SOURCES = {
    template: sample.templates, community: sample.communities, family: sample.families, person: sample.persons,
    unit: sample.units, acta: sample.actas, commitment: sample.commitments, visit: sample.visits, form: sample.forms,
    authorisation_text: sample.authorisationTexts,
} as { [K in Kind]: Kinds[K][] };

function sampleIndex(): SearchIndex {
    const index = new SearchIndex();
    const place = (id: string | null | undefined) => sample.communities.find((one) => one.name === id)?.community_name ?? "";
    for (const one of sample.families) index.put({ kind: "family", id: one.name, title: one.family_name, detail: place(one.community), family: one.name }, [one.family_name, one.head_name]);
    for (const one of sample.persons) {
        const number = one.documents?.[0]?.document_number ?? "";
        index.put({ kind: "person", id: one.name, title: one.full_name, detail: number, family: one.family }, [one.full_name, number]);
    }
    for (const one of sample.units) index.put({ kind: "unit", id: one.name, title: one.unit_name, detail: place(one.community), family: one.family }, [one.unit_name]);
    return index;
}

function records(changes: Ref<ProposedChange[]>): RecordsApi {
    const index = sampleIndex();
    const of = <T extends { family?: string | null }>(rows: T[], family: string) => rows.filter((one) => one.family === family);
    return {
        revision: ref(1),
        search: (words: string, kinds: readonly SearchKind[] = ["family", "person", "unit"], limit = 30): Hit[] => index.find(words, kinds, limit),
        async get(kind, id) { return (SOURCES[kind].find((one) => ("template" in one && kind === "template" ? one.template : (one as { name: string }).name) === id) ?? null) as never; },
        async all(kind) { return SOURCES[kind] as never; },
        families: async (community) => sample.families.filter((one) => !community || one.community === community),
        communities: async () => sample.communities,
        personsOf: async (family) => of(sample.persons, family),
        unitsOf: async (family) => of(sample.units, family),
        actasOf: async (family) => of(sample.actas, family),
        commitmentsOf: async (family) => of(sample.commitments, family),
        route: async (day) => routeOf(sample.visits, day ?? isoDay()),
        async propose(doctype, name, base, values) {
            const uuid = crypto.randomUUID();
            changes.value = [...changes.value, { uuid, doctype, name, base, values, state: "ready", message: null, problem: null, createdAt: Date.now(), mayWithdraw: true }];
            return uuid;
        },
        async readActa() { throw new FieldError("offline"); },
        keptActas: ref(new Set<string>()),
        async readFile() { throw new FieldError("offline"); },
        pdfUrl: (name) => `/${name}.pdf`,
    };
}

export function memoryStore(): FieldStore {
    const locked: SessionState = { phase: "locked", profiles: [{ id: "sample", label: "MG", lastUsed: Date.now() }], profile: null, user: null, may: MAY_ALL, loginNeeded: false, waitUntil: null, revoked: null };
    const state = ref<SessionState>(locked);
    const unlocked = () => { state.value = { ...state.value, phase: "unlocked", profile: "sample", user: USER }; };
    const status = ref<SyncStatus>({ online: true, phase: "idle", safe: true, loginNeeded: false, error: null, errorCode: null, lastSync: Date.now(), nextTry: null, done: 0, total: 0, newInLast: { family: 3 }, goneInLast: 0, news: null, clockSkew: 0 });
    const drafts = new MemoryDrafts(() => status.value.online);
    const changes = ref<ProposedChange[]>([]);
    const begun = ref<CorrectionDraft[]>([]);
    const without = (doctype: string, name: string) => begun.value.filter((one) => one.doctype !== doctype || one.name !== name);
    const answers = new Map<string, BiometricAnswer>();
    const unsent = computed(() => drafts.list.value.filter((one) => one.state !== "draft" && one.state !== "sent").length);
    const atRisk = computed(() => drafts.list.value.filter((one) => one.state !== "sent").length + begun.value.length);
    const refuseUnsent = () => { if (atRisk.value) throw new FieldError("unsent", "unsent", { count: atRisk.value }); };
    return {
        session: {
            state, loginUrl: "/login?redirect-to=/campo",
            serverUser: async () => USER,
            logIn: async () => USER,
            enroll: async () => unlocked(),
            async unlock(_profile, pin) { if (pin !== PIN) throw new FieldError("pin", "pin", { left: 4 }); unlocked(); },
            async lock() { state.value = locked; },
            changePin: async () => undefined,
            async logOut() { refuseUnsent(); state.value = { ...locked, phase: "empty", profiles: [] }; },
            async forget() { refuseUnsent(); },
        },
        records: records(changes),
        authorisations: {
            text: async () => sample.authorisationTexts[0] ?? null,
            answer: async (person) => answers.get(person) ?? null,
            async decide(body) {
                answers.set(body.beneficiary, body.decision === "Granted" ? "In Force" : "Refused");
                return crypto.randomUUID();
            },
        },
        templates: {
            list: async () => sample.templates,
            async load(template) {
                const found = sample.templates.find((one) => one.template === template);
                if (!found) throw new FieldError("template");
                return found;
            },
            keep: async () => undefined,
        },
        drafts,
        corrections: {
            list: begun,
            async keep(draft) { begun.value = [draft, ...without(draft.doctype, draft.name)]; },
            async discard(doctype, name) { begun.value = without(doctype, name); },
        },
        outbox: { actas: computed(() => drafts.list.value.filter((one) => one.state !== "draft")), changes, decisions: ref([]), unsent, atRisk, retry: async (uuid) => drafts.send(uuid), async withdraw(uuid) { changes.value = changes.value.filter((one) => one.uuid !== uuid); } },
        sync: { status, async now() { status.value = { ...status.value, phase: "fetching" }; await pause(800); status.value = { ...status.value, phase: "idle", lastSync: Date.now() }; } },
        device: {
            id: ref("sample-device"), label: ref("Tableta 1"), appVersion: __APP_VERSION__, photoPixels: ref(1600),
            reader: ref(DEFAULT_READER), leastQuality: ref(60),
            storage: async () => ({ usage: 12_000_000, quota: 2_000_000_000, persisted: true, records: 200, files: 0, fileBytes: 0 }),
            persist: async () => true, freeSpace: async () => 0,
        },
        update: { waiting: ref(false), installed: ref(true), apply: async () => undefined },
    };
}
