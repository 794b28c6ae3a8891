// Logging in at the server and unlocking on the device: two things. The vault opens without a network; the server's session
// may end at any time, and the vault stays open.

import { shallowRef } from "vue";
import { FieldError, MAY_ALL, type CurrentUser, type May, type SessionApi, type SessionState } from "../store/api";
import type { Registry } from "../store/database";
import { Vault, type Locks } from "../store/vault";
import type { VaultKeys } from "../crypto/keys";
import type { Transport } from "../sync/transport";
import { Opened, PROFILE, type Profile } from "./opened";
import type { Vaults } from "./vaults";

const AWAY = 900_000; // milliseconds out of sight after which the vault locks itself

export interface SessionParts {
    registry: Registry;
    vaults: Vaults;
    transport: Transport;
    locks: Locks;
    appVersion: string;
    estimate: () => Promise<{ usage: number | null; quota: number | null }>;
    /** A vault was opened or closed. */
    onOpened: (opened: Opened | null) => void;
    onNewVersion: (version: string) => void;
}

export const LEAST_QUALITY = 60; // of a fingerprint, until the server has said

export class DeviceSession implements SessionApi {
    readonly loginUrl = "/login?redirect-to=/campo";
    readonly state = shallowRef<SessionState>({ phase: "starting", profiles: [], profile: null, user: null, may: MAY_ALL, loginNeeded: false, waitUntil: null, revoked: null });
    private opened: Opened | null = null;
    private hiddenSince: number | null = null;

    constructor(private readonly parts: SessionParts) {
        if (typeof document !== "undefined") document.addEventListener("visibilitychange", this.looked);
    }

    async start(): Promise<void> {
        await this.showProfiles();
        void this.finishLogOut();
    }

    private set(part: Partial<SessionState>): void {
        this.state.value = { ...this.state.value, ...part };
    }

    private async showProfiles(phase?: SessionState["phase"]): Promise<void> {
        const profiles = await this.parts.vaults.profiles();
        this.set({ profiles, profile: null, user: null, may: MAY_ALL, loginNeeded: false, phase: phase ?? (profiles.length ? "locked" : "empty") });
    }

    async serverUser(): Promise<CurrentUser | null> {
        await this.finishLogOut();
        const who = await this.parts.transport.who();
        return who.user === "Guest" ? null : { user: who.user, fullName: who.full_name || who.user, language: who.language || "es" };
    }

    async logIn(user: string, password: string): Promise<CurrentUser> {
        await this.finishLogOut();
        await this.parts.transport.logIn(user, password);
        const found = await this.serverUser();
        if (!found) throw new FieldError("login");
        if (this.opened) {
            if (found.user !== this.opened.profile.user) throw new FieldError("credentials");
            void this.opened.engine.now();
        }
        return found;
    }

    async enroll(pin: string, deviceLabel: string): Promise<void> {
        this.parts.transport.expectedUser = null;
        const user = await this.serverUser();
        if (!user) throw new FieldError("login");
        const { id, keys } = await this.parts.vaults.make(pin, user.fullName);
        const profile: Profile = { ...user, label: deviceLabel, photoPixels: null, serverPixels: 1600 };
        const vault = new Vault(id, keys, this.parts.locks);
        await vault.writeState(PROFILE, profile);
        await this.begin(vault, profile);
        // The browser may clear what it likes unless it promised otherwise; some ask the user, some decide by themselves.
        void globalThis.navigator?.storage?.persist?.().catch(() => false);
    }

    async unlock(id: string, pin: string): Promise<void> {
        if (this.opened) await this.lock();
        let keys: VaultKeys;
        try {
            keys = await this.parts.vaults.unlock(id, pin);
        } catch (problem) {
            const until = problem instanceof FieldError ? problem.detail.until : null;
            if (typeof until === "number") this.set({ waitUntil: until });
            throw problem;
        }
        const vault = new Vault(id, keys, this.parts.locks);
        const profile = await vault.readState<Profile>(PROFILE);
        if (!profile) {
            vault.close();
            throw new FieldError("not-found");
        }
        await this.begin(vault, profile);
    }

    private async begin(vault: Vault, profile: Profile): Promise<void> {
        const { transport, registry, vaults } = this.parts;
        transport.forgetToken();
        transport.expectedUser = profile.user;
        const opened = new Opened(vault, profile, {
            transport, device: await registry.device(), appVersion: this.parts.appVersion, estimate: this.parts.estimate,
            onGreeting: (greeting) => {
                if (greeting.app?.newest) this.parts.onNewVersion(greeting.app.newest);
                const { photo_max_px: serverPixels, fingerprint_quality: leastQuality = LEAST_QUALITY } = greeting.limits;
                const known = opened.profile;
                if (serverPixels !== known.serverPixels || leastQuality !== known.leastQuality) void opened.saveProfile({ serverPixels, leastQuality });
                const may: May = greeting.may ? { createActa: greeting.may.create_acta, recordAuthorisation: greeting.may.record_authorisation, leftOpen: greeting.may.left_open } : MAY_ALL;
                if (JSON.stringify(may) === JSON.stringify(opened.may)) return;
                void opened.saveProfile({ may });
                if (this.opened === opened) this.set({ may });
            },
            onLoginNeeded: (loginNeeded) => {
                if (this.opened === opened && loginNeeded !== this.state.value.loginNeeded) this.set({ loginNeeded });
            },
            onTooOld: () => this.parts.onNewVersion(""),
            onRevoked: (reason) => this.revoked(reason),
        });
        vault.listen((news) => {
            if (news.kind === "gone") void this.lock().catch(() => undefined);
        });
        let counted = -1;
        opened.drafts.onCount = opened.changes.onCount = opened.corrections.onCount = () => {
            opened.engine.refreshSafe();
            if (opened.atRisk === counted) return;
            counted = opened.atRisk;
            void vaults.setAtRisk(vault.id, counted);
        };
        await opened.load();
        this.opened = opened;
        this.parts.onOpened(opened);
        const profiles = await vaults.profiles();
        const { user, fullName, language } = profile;
        this.set({ phase: "unlocked", profiles, profile: vault.id, user: { user, fullName, language }, may: opened.may, loginNeeded: false, waitUntil: null, revoked: null });
    }

    async lock(): Promise<void> {
        await this.close();
        await this.showProfiles();
    }

    private async close(): Promise<Opened | null> {
        const { opened } = this;
        this.opened = null;
        this.parts.onOpened(null);
        this.parts.transport.forgetToken();
        this.parts.transport.expectedUser = null;
        await opened?.close();
        return opened;
    }

    async changePin(old: string, fresh: string): Promise<void> {
        if (!this.opened) throw new FieldError("not-found");
        await this.parts.vaults.changePin(this.opened.vault.id, old, fresh);
    }

    async logOut(): Promise<void> {
        const { opened } = this;
        if (!opened) throw new FieldError("not-found");
        // What another tab wrote a moment ago counts too.
        await opened.loadWork();
        if (opened.atRisk) throw new FieldError("unsent", "unsent", { count: opened.atRisk });
        await opened.vault.locks.request(`sync:${opened.vault.id}`, { ifAvailable: false }, async () => undefined);
        opened.engine.stop();
        opened.vault.tell({ kind: "gone" });
        await this.close();
        await this.parts.vaults.remove(opened.vault.id);
        // The cookie cannot be taken away without the server: as soon as it answers.
        await this.parts.registry.settings.put({ key: "logout-pending", value: "1" });
        await this.finishLogOut();
        await this.showProfiles();
    }

    private async finishLogOut(): Promise<void> {
        const { settings } = this.parts.registry;
        if (!(await settings.get("logout-pending"))) return;
        await this.parts.transport.logOut().then(
            () => settings.delete("logout-pending"),
            () => undefined,
        );
    }

    async forget(profile: string, evenUnsent?: number): Promise<void> {
        if (this.opened?.vault.id === profile) throw new FieldError("open-draft");
        await this.parts.vaults.forget(profile, evenUnsent);
        await this.showProfiles();
    }

    private async revoked(reason: string): Promise<void> {
        const { registry, vaults, transport } = this.parts;
        const device = await registry.device();
        // Drafts go too: whoever wrote them and the supervisor read how much it was.
        const lost = this.opened?.atRisk ?? 0;
        this.opened?.vault.tell({ kind: "gone" });
        await this.close();
        await vaults.removeAll();
        await this.showProfiles("revoked");
        this.set({ revoked: { reason, lost } });
        await transport.wiped(device, lost).catch(() => undefined);
    }

    private looked = () => {
        const now = Date.now();
        if (document.visibilityState === "hidden") {
            this.hiddenSince = now;
            return;
        }
        const wasAway = this.hiddenSince !== null && now - this.hiddenSince > AWAY;
        this.hiddenSince = null;
        if (wasAway && this.opened) void this.lock();
        else this.opened?.engine.soon();
    };
}
