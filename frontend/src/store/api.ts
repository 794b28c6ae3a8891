// The contract between the platform of the field app and its screens.
//
// Screens import from here alone. `useStore()` gives what the application was started with: the encrypted store of
// the device, or the one in memory (`npm run dev`, tests). State is given as read-only refs; everything that
// asks or changes is a promise. What fails for a reason that a person can act on rejects with a FieldError.

import { inject, type InjectionKey, type Ref } from "vue";
import type { ServerActa } from "./server_acta";
import type { Draft, DraftHeader, DraftState, NewDraft, OpenDraft, OutboxProblem } from "./drafts";
import type { DecisionBody } from "./decisions";
import type { ReaderSettings } from "../readers/reader";
import type { Route } from "./route";
import type { ActaHeader, AuthorisationText, BiometricAnswer, Community, Corrected, Family, Kind, Kinds, KnownCommitment, Person, TemplateHeader, TemplatePackage, Unit } from "./records";

export * from "./drafts";
export type { DecisionBody } from "./decisions";
export type { Route } from "./route";
export * from "./records";
export type { ServerActa } from "./server_acta";

export type FieldErrorCode =
    | "offline" // needs the network
    | "login" // the session with the server is over; the outbox stays
    | "credentials" // wrong user or password
    | "pin" // wrong PIN; detail.left tries are left before a wait
    | "wait" // too many wrong PINs; detail.until (milliseconds)
    | "weak-pin" // fewer than six digits or all alike
    | "unsent" // refused: detail.count actas have not reached the server
    | "open-draft" // refused: a draft is open (in this tab or another)
    | "quota" // the device has no room; what was saved before stays; detail.count actas wait on it
    | "not-found"
    | "read-only" // another tab holds the draft, or it is not a draft any more
    | "template" // the template is not on the device
    | "template-offline" // nor can it be fetched without a network
    | "incomplete" // an acta that cannot be sent yet; detail.missing
    | "revoked" // this device was revoked
    | "old-app" // the server needs a newer version of this app
    | "forbidden" // this user's roles do not allow it; the server would refuse it
    | "server"; // the server failed; message has its words

export class FieldError extends Error {
    constructor(
        readonly code: FieldErrorCode,
        message: string = code,
        readonly detail: Record<string, unknown> = {},
    ) {
        super(message);
        this.name = "FieldError";
    }
}

// ---- session ---------------------------------------------------------------------------------------------------

// A person's vault on this device. A shared tablet has several. `label` are initials: no name lies outside a vault.
export interface Profile {
    id: string;
    label: string;
    lastUsed: number;
}

export type SessionPhase =
    | "starting"
    | "empty" // nobody's vault is here: log in, then choose a PIN
    | "locked"
    | "unlocked"
    | "revoked"; // the server revoked this device and its data were wiped

export interface CurrentUser {
    user: string;
    fullName: string;
    language: string;
}

/** What the server said that this user may do: what it would refuse is not offered. */
export interface May {
    createActa: boolean;
    recordAuthorisation: boolean;
    leftOpen: readonly string[]; // templates whose actas somebody else closes, because closing writes what this user may not change
}

/** Until the server has said. */
export const MAY_ALL: May = { createActa: true, recordAuthorisation: true, leftOpen: [] };

export interface SessionState {
    phase: SessionPhase;
    profiles: Profile[];
    profile: string | null; // id, while unlocked
    user: CurrentUser | null; // while unlocked
    may: May; // while unlocked
    loginNeeded: boolean; // unlocked, but the server wants a new login before it takes or gives anything
    waitUntil: number | null; // after too many wrong PINs
    revoked: Revocation | null; // in the phase "revoked", until the page is left
}

/** What a device was told that was revoked, and how much work that the server never got went with it. */
export interface Revocation {
    reason: string;
    lost: number;
}

export interface SessionApi {
    readonly state: Readonly<Ref<SessionState>>;
    /** Who the server thinks we are: null for a guest. Needs the network. */
    serverUser(): Promise<CurrentUser | null>;
    /** Logs in at the server. "login" when it asks for a second factor: then go to `loginUrl`. */
    logIn(user: string, password: string): Promise<CurrentUser>;
    readonly loginUrl: string; // the server's own page, which leads back to /campo
    /** Makes the vault of whoever is logged in at the server, and unlocks it. */
    enroll(pin: string, deviceLabel: string): Promise<void>;
    unlock(profile: string, pin: string): Promise<void>;
    /** Forgets the keys; data stay encrypted. Open drafts are saved first. */
    lock(): Promise<void>;
    changePin(old: string, fresh: string): Promise<void>;
    /** Ends the session and removes this person's data from the device. Refused ("unsent") while work is unsent. */
    logOut(): Promise<void>;
    /** Removes a locked vault (a forgotten PIN). Refused ("unsent") unless `evenUnsent` is exactly the count told. */
    forget(profile: string, evenUnsent?: number): Promise<void>;
}

// ---- what is known ----------------------------------------------------------------------------------------------

export type SearchKind = "family" | "person" | "unit";

export interface Hit {
    kind: SearchKind;
    id: string;
    title: string;
    detail: string; // community, family or document
    family: string | null;
}

export interface RecordsApi {
    /** Grows with each change of what is known: watch it to read again. */
    readonly revision: Readonly<Ref<number>>;
    /** Every word must begin a word of a name or a document number; case and accents do not count. No words: the first rows. */
    search(words: string, kinds?: readonly SearchKind[], limit?: number): Hit[];
    get<K extends Kind>(kind: K, id: string): Promise<Kinds[K] | null>;
    all<K extends Exclude<Kind, "template">>(kind: K): Promise<Kinds[K][]>;
    families(community?: string): Promise<Family[]>;
    communities(): Promise<Community[]>;
    personsOf(family: string): Promise<Person[]>;
    unitsOf(family: string): Promise<Unit[]>;
    actasOf(family: string): Promise<ActaHeader[]>;
    commitmentsOf(family: string): Promise<KnownCommitment[]>;
    /** The planned visits as they lie about a day (ISO; today without one): those that were not made, that day's, the next ones. */
    route(day?: string): Promise<Route>;
    /**
     * A correction of a family, person or unit; goes through the outbox as a change of these fields alone. `base` is what the person
     * saw, own corrections that wait included. One that has not begun its way, or was refused, is taken up into the new one.
     * Resolves with its UUID; null when nothing is left to change.
     */
    propose(doctype: Corrected, name: string, base: Record<string, unknown>, values: Record<string, unknown>): Promise<string | null>;
    /**
     * What the server has of an acta that is not written here. What was opened before is kept, with the files that were fetched: a
     * closed one that nothing has changed opens from the device, any other one when the server cannot be reached.
     */
    readActa(name: string): Promise<ReadActa>;
    /** A file of such an acta. */
    readFile(acta: string, url: string): Promise<Blob>;
    /** Names of such actas that open without a network. */
    readonly keptActas: Readonly<Ref<ReadonlySet<string>>>;
    /** Where the sealed PDF of an acta opens. */
    pdfUrl(name: string): string;
}

export interface ReadActa extends ServerActa {
    keptAt: number | null; // milliseconds: from when this copy is, if it may be old
    hasFiles: boolean; // all of them are on the device
}

export interface AuthorisationsApi {
    /** The text about biometric data that is in force on a day (ISO); null when the device has none. */
    text(day: string): Promise<AuthorisationText | null>;
    /** What a person last said, here or on the server; null: was never asked. */
    answer(person: string): Promise<BiometricAnswer | null>;
    /** Keeps a decision with its signature; it goes through the outbox before the actas. Resolves when it is durable. */
    decide(body: DecisionBody, title: string, signature: Blob | null): Promise<string>;
}

export interface TemplatesApi {
    /** Published templates, by title. */
    list(): Promise<TemplateHeader[]>;
    /** A version, also one that was withdrawn while a draft still needs it. Rejects with "template". */
    load(template: string): Promise<TemplatePackage>;
    /** Keeps a version that came with an acta, so that another one can be written with it. */
    keep(form: TemplatePackage): Promise<void>;
}

// ---- drafts and outbox --------------------------------------------------------------------------------------------

export interface DraftsApi {
    /** Every acta on the device, newest change first, of every state. */
    readonly list: Readonly<Ref<readonly DraftHeader[]>>;
    /** Gives a UUID and keeps the draft before it resolves. Rejects with "forbidden" where the server would take none of this user. */
    create(values: NewDraft): Promise<OpenDraft>;
    open(uuid: string): Promise<OpenDraft>;
    read(uuid: string): Promise<Draft>;
    /** A file of an acta of any state. Rejects with "not-found" when only the server has it. */
    readMedia(uuid: string, id: string): Promise<Blob>;
    /** Puts a draft into the outbox; `close` asks the server to close and seal it. */
    ready(uuid: string, close: boolean): Promise<void>;
    /** Takes an acta back from the outbox to be changed (ready, refused, or sent and not closed). */
    reopen(uuid: string): Promise<void>;
    /** Throws a draft away that never left the device. */
    discard(uuid: string): Promise<void>;
}

export interface ProposedChange {
    uuid: string;
    doctype: Corrected;
    name: string;
    base: Readonly<Record<string, unknown>>; // what the person saw
    values: Readonly<Record<string, unknown>>;
    state: Exclude<DraftState, "draft">;
    message: string | null;
    problem: OutboxProblem | null;
    createdAt: number;
    mayWithdraw: boolean; // it never left the device, or the server refused it
}

/** A correction that somebody began and has not saved. */
export interface CorrectionDraft {
    doctype: Corrected;
    name: string;
    family: string; // from whose page it was begun
    title: string; // of the record
    base: Readonly<Record<string, unknown>>; // what the person saw in the fields of `typed`
    typed: Readonly<Record<string, string>>; // what stands in them now, letter by letter
    changedAt: number;
}

export interface CorrectionDraftsApi {
    /** One for a record at most, newest change first. */
    readonly list: Readonly<Ref<readonly CorrectionDraft[]>>;
    /** Resolves when it is durable. */
    keep(draft: CorrectionDraft): Promise<void>;
    discard(doctype: Corrected, name: string): Promise<void>;
}

// What somebody decided about the use of their data, on its way.
export interface KeptDecision {
    uuid: string;
    title: string;
    state: Exclude<DraftState, "draft">;
    message: string | null;
    createdAt: number;
}

export interface OutboxApi {
    /** Actas and corrections that are not "draft", oldest first; sent ones stay for some days. */
    readonly actas: Readonly<Ref<readonly DraftHeader[]>>;
    readonly changes: Readonly<Ref<readonly ProposedChange[]>>;
    readonly decisions: Readonly<Ref<readonly KeptDecision[]>>;
    /** Drafts are not counted: ready, sending, refused and in conflict are. */
    readonly unsent: Readonly<Ref<number>>;
    /** Every work that would be lost with this device: unsent, and drafts of actas and of corrections. */
    readonly atRisk: Readonly<Ref<number>>;
    retry(uuid: string): Promise<void>;
    /** Takes a correction back. Rejects with "read-only" once the server may have it. */
    withdraw(uuid: string): Promise<void>;
}

// ---- sync ---------------------------------------------------------------------------------------------------------

export type SyncPhase = "idle" | "greeting" | "sending" | "fetching" | "waiting";

/** What a sync brought: counts by kind, and which rows unless it was the first of all. */
export interface SyncNews {
    at: number; // milliseconds
    counts: Partial<Record<Kind, number>>;
    gone: number;
    rows: { kind: Kind; id: string }[];
}

export interface SyncStatus {
    online: boolean;
    phase: SyncPhase;
    safe: boolean; // everything written here is on the server, and it said so
    loginNeeded: boolean;
    error: string | null; // plain words of the last failure
    errorCode: FieldErrorCode | null;
    lastSync: number | null; // milliseconds: last time that all went through
    nextTry: number | null; // while waiting
    done: number; // of `total`, in the present phase
    total: number;
    newInLast: Partial<Record<Kind, number>>; // what the last sync brought
    goneInLast: number;
    news: SyncNews | null; // of the last sync that brought anything
    clockSkew: number | null; // device minus server, milliseconds
}

export interface SyncApi {
    readonly status: Readonly<Ref<SyncStatus>>;
    now(): Promise<void>;
}

// ---- device -------------------------------------------------------------------------------------------------------

export interface StorageState {
    usage: number | null; // bytes, as the browser estimates
    quota: number | null;
    persisted: boolean; // the browser promised not to clear it by itself
    records: number;
    files: number;
    fileBytes: number;
}

export interface DeviceApi {
    readonly id: Readonly<Ref<string | null>>;
    readonly label: Readonly<Ref<string>>;
    readonly appVersion: string;
    storage(): Promise<StorageState>;
    persist(): Promise<boolean>;
    /** Longest side to which photos are shrunk, in pixels; 0 keeps the original. */
    readonly photoPixels: Ref<number>;
    readonly reader: Ref<ReaderSettings>; // of fingerprints
    readonly leastQuality: Readonly<Ref<number>>; // 0 to 100: what the organisation takes from a reader
    /** Removes the files of sent actas from the device. Resolves with the bytes freed. */
    freeSpace(): Promise<number>;
}

export interface UpdateApi {
    readonly waiting: Readonly<Ref<boolean>>; // a new version is ready
    readonly installed: Readonly<Ref<boolean>>; // the app itself lies on the device: it starts without a network
    /** Starts it. Rejects with "open-draft" while a draft is open in any tab. */
    apply(): Promise<void>;
}

export interface FieldStore {
    session: SessionApi;
    records: RecordsApi;
    authorisations: AuthorisationsApi;
    templates: TemplatesApi;
    drafts: DraftsApi;
    corrections: CorrectionDraftsApi;
    outbox: OutboxApi;
    sync: SyncApi;
    device: DeviceApi;
    update: UpdateApi;
}

export const STORE: InjectionKey<FieldStore> = Symbol("field store");

/** The store of this application; only inside `setup`. */
export function useStore(): FieldStore {
    const store = inject(STORE);
    if (!store) throw new Error("The application was started without a store.");
    return store;
}
