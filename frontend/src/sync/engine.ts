// One round of sync after the other: greet, send, fetch. One tab does it for all; failures wait longer each time.

import { shallowRef } from "vue";
import { FieldError, type FieldErrorCode, type SyncNews, type SyncStatus } from "../store/api";
import type { CorrectionDrafts } from "../store/correction_drafts";
import type { DeviceDrafts } from "../store/device_drafts";
import type { KeptPapers } from "../store/kept_papers";
import type { KnownRecords } from "../store/known_records";
import type { ProposedChanges } from "../store/proposed_changes";
import type { Vault } from "../store/vault";
import { waitAfter } from "./backoff";
import { isOlder } from "./versions";
import { deviceTime } from "./parcels";
import { pull } from "./pull";
import { push, PROTOCOL } from "./push";
import { ServerError, type Greeting, type Limits, type Transport } from "./transport";

export interface EngineParts {
    transport: Transport;
    vault: Vault;
    records: KnownRecords;
    drafts: DeviceDrafts;
    changes: ProposedChanges;
    corrections: CorrectionDrafts;
    papers: KeptPapers;
    device: string;
    label: () => string;
    appVersion: string;
    estimate: () => Promise<{ usage: number | null; quota: number | null }>;
    onGreeting: (greeting: Greeting) => void;
    onLoginNeeded: (needed: boolean) => void;
    /** The server takes nothing from this version: what waits stays, and a newer app is looked for. */
    onTooOld: () => void;
    /** The device was revoked, for a reason that may be empty: wipe, then tell the server how much unsent work went with it. */
    onRevoked: (reason: string) => Promise<void>;
}

const LAST = "last-sync";
const NEWS = "last-news";
const QUIET = 300_000; // milliseconds between rounds when nothing happens
const KEPT_AFTER_SENT = 30 * 86_400_000; // what the server confirmed stays readable here for a month
const SOON = 400; // several acts put into the outbox together go together

export class SyncEngine {
    readonly status = shallowRef<SyncStatus>({
        online: typeof navigator === "undefined" || navigator.onLine !== false, phase: "idle", safe: false, loginNeeded: false, error: null,
        errorCode: null, lastSync: null, nextTry: null, done: 0, total: 0, newInLast: {}, goneInLast: 0, news: null, clockSkew: null,
    });
    private failures = 0;
    private careful = false;
    private timer: ReturnType<typeof setTimeout> | null = null;
    private running: Promise<void> | null = null;
    private hasSent = false; // the round under way is done with the outbox
    private isStopped = false;
    private askedAgain = false;

    constructor(private readonly parts: EngineParts) {}

    async start(): Promise<void> {
        const { vault } = this.parts;
        this.set({ lastSync: await vault.readState<number>(LAST), news: await vault.readState<SyncNews>(NEWS) });
        this.refreshSafe();
        if (typeof addEventListener === "function") {
            addEventListener("online", this.online);
            addEventListener("offline", this.offline);
        }
        this.soon();
    }

    stop(): void {
        this.isStopped = true;
        this.clearTimer();
        if (typeof removeEventListener === "function") {
            removeEventListener("online", this.online);
            removeEventListener("offline", this.offline);
        }
    }

    private online = () => {
        this.failures = 0;
        this.set({ online: true });
        this.soon();
    };

    private offline = () => this.set({ online: false });

    /** Something is ready: a round soon, unless the server is being given time. */
    soon(): void {
        this.refreshSafe();
        if (this.running) {
            this.askedAgain = true;
            return;
        }
        if (!this.failures) this.plan(SOON);
    }

    refreshSafe(): void {
        const { drafts, changes, corrections } = this.parts;
        const safe = drafts.atRisk === 0 && changes.unsent === 0 && corrections.count === 0;
        if (safe !== this.status.value.safe) this.set({ safe });
    }

    /**
     * A round now, whatever was planned; after the one under way if that is done with the outbox already, so that what was ready
     * when this was called has had its turn. Resolves when it ended, well or not: `status` tells.
     */
    async now(): Promise<void> {
        while (this.running && this.hasSent) await this.running;
        this.clearTimer();
        this.running ??= this.round().finally(() => {
            this.running = null;
            if (this.askedAgain && !this.failures) this.plan(SOON);
            this.askedAgain = false;
        });
        return this.running;
    }

    private async round(): Promise<void> {
        this.hasSent = false;
        if (this.isStopped) return;
        const { vault } = this.parts;
        await vault.locks.request(`sync:${vault.id}`, { ifAvailable: true }, async (lock) => {
            if (!lock) return this.plan(QUIET); // another tab does it
            try {
                const again = await this.work();
                this.failures = again ? this.failures + 1 : 0;
                this.careful = false;
                this.set({ phase: "idle", error: null, errorCode: null, loginNeeded: false, online: true, nextTry: null });
                this.parts.onLoginNeeded(false);
                this.plan(again ? waitAfter(this.failures) : QUIET);
            } catch (problem) {
                await this.failed(problem);
            }
            this.refreshSafe();
        });
    }

    private async work(): Promise<boolean> {
        const { transport, vault, records, drafts, changes, papers, device } = this.parts;
        await records.loaded;
        this.set({ phase: "greeting", done: 0, total: 0 });
        await this.takeBack();
        const limits = await this.greet();
        this.set({ phase: "sending" });
        const progress = (done: number, total: number) => this.set({ done, total });
        const again = await push({ transport, device, drafts, changes, limits, careful: this.careful, progress });
        this.hasSent = true;
        this.set({ phase: "fetching", done: 0, total: 0 });
        const pulled = await pull(transport, vault, records, device, () => new Set([...drafts.templatesInUse(), ...papers.templates()]), progress);
        const theirs = new Set((await records.all("acta")).map((one) => one.name));
        await papers.prune((name) => theirs.has(name));
        await changes.settle((row) => records.conflictsOf(row.doctype, row.name));
        const lastSync = Date.now();
        if (pulled.brought.person) await drafts.dropPrints(async (person) => (await records.get("person", person))?.biometrics === "In Force" || changes.lastDecision(person, null) === "Granted");
        // What is no longer theirs goes at once, with everything that was written about it and is safe on the server.
        await drafts.prune(lastSync - KEPT_AFTER_SENT, (acta) => records.hasSubject(acta));
        await changes.prune(lastSync - KEPT_AFTER_SENT, (row) => records.isOf(row));
        await vault.writeState(LAST, lastSync);
        this.set({ lastSync, newInLast: pulled.brought, goneInLast: pulled.gone });
        if (Object.keys(pulled.brought).length || pulled.gone) {
            // Kept until something else comes: most rounds bring nothing, and nobody looks at each.
            const news: SyncNews = { at: lastSync, counts: pulled.brought, gone: pulled.gone, rows: pulled.rows };
            await vault.writeState(NEWS, news);
            this.set({ news });
        }
        return again;
    }

    /** What was under way when the app ended: nobody knows whether it arrived, so it goes again. */
    private async takeBack(): Promise<void> {
        const { drafts, changes } = this.parts;
        for (const one of drafts.list.value) {
            if (one.state !== "sending") continue;
            await drafts.rows.move(one.uuid, { kind: "stopped" });
            await drafts.renew(one.uuid);
        }
        for (const row of changes.all()) if (row.state === "sending") await changes.patch(row.uuid, { state: "ready" });
    }

    private async greet(): Promise<Limits> {
        const { transport, drafts, changes, device, appVersion, estimate } = this.parts;
        const { usage, quota } = await estimate();
        const began = Date.now();
        const greeting = await transport.greet({
            device, label: this.parts.label(), app_version: appVersion, protocol: PROTOCOL, unsent: drafts.unsent + changes.unsent,
            storage_used: usage ?? 0, storage_quota: quota ?? 0, device_time: deviceTime(),
        });
        const middle = (began + Date.now()) / 2;
        if (greeting.device.status === "Revoked") throw new FieldError("revoked", "revoked", { reason: greeting.device.reason ?? "" });
        if (greeting.protocol.min > PROTOCOL || greeting.protocol.max < PROTOCOL) throw new FieldError("old-app");
        this.set({ clockSkew: Math.round(middle - Date.parse(greeting.server_time)) });
        this.parts.onGreeting(greeting);
        // What waits here stays here, whole, until the newer app sends it.
        if (isOlder(appVersion, greeting.app?.min_version ?? "")) throw new FieldError("old-app");
        return greeting.limits;
    }

    private async failed(problem: unknown): Promise<void> {
        const code: FieldErrorCode = problem instanceof FieldError ? problem.code : "server";
        if (code === "revoked") {
            // Only the greeting says why; any other call may have been the one that was refused.
            const told = problem instanceof ServerError ? await this.greet().catch((answer: unknown) => answer) : problem;
            this.stop();
            await this.parts.onRevoked(told instanceof FieldError ? String(told.detail.reason ?? "") : "");
            return;
        }
        if (code === "old-app") this.parts.onTooOld();
        this.failures += 1;
        this.careful = true;
        const words = problem instanceof Error && problem.message !== code ? problem.message : null;
        const isLogin = code === "login";
        const isFinal = isLogin || code === "old-app" || code === "quota";
        const wait = waitAfter(this.failures, problem instanceof ServerError ? problem.retryAfter : null);
        this.set({
            phase: isFinal ? "idle" : "waiting", error: words, errorCode: code, loginNeeded: isLogin,
            online: code === "offline" ? false : this.status.value.online, nextTry: isFinal ? null : Date.now() + wait,
        });
        this.parts.onLoginNeeded(isLogin);
        // Without a login nothing gets better by itself, yet another tab may log in: look again when all is quiet.
        this.plan(isFinal ? QUIET : wait);
    }

    private plan(wait: number): void {
        this.clearTimer();
        if (this.isStopped) return;
        this.timer = setTimeout(() => void this.now(), wait);
    }

    private clearTimer(): void {
        if (this.timer !== null) clearTimeout(this.timer);
        this.timer = null;
    }

    private set(part: Partial<SyncStatus>): void {
        this.status.value = { ...this.status.value, ...part };
    }
}
