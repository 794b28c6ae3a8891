// An unlocked vault with all that works on it.

import type { ReaderSettings } from "../readers/reader";
import { MAY_ALL, type FieldStore, type May } from "../store/api";
import { CorrectionDrafts } from "../store/correction_drafts";
import { DeviceDrafts } from "../store/device_drafts";
import { KeptPapers } from "../store/kept_papers";
import { KnownRecords } from "../store/known_records";
import { ProposedChanges } from "../store/proposed_changes";
import type { Vault } from "../store/vault";
import { SyncEngine, type EngineParts } from "../sync/engine";

export type CurrentUser = NonNullable<FieldStore["session"]["state"]["value"]["user"]>;

export interface Profile extends CurrentUser {
    label: string; // of the device, as this person named it
    photoPixels: number | null; // null: as the server says
    serverPixels: number;
    reader?: ReaderSettings;
    leastQuality?: number;
    may?: May; // as the server last said
}

export const PROFILE = "profile";

export class Opened {
    readonly records: KnownRecords;
    readonly drafts: DeviceDrafts;
    readonly changes: ProposedChanges;
    readonly corrections: CorrectionDrafts;
    readonly papers: KeptPapers;
    readonly engine: SyncEngine;
    private isClosed = false;

    constructor(
        readonly vault: Vault,
        public profile: Profile,
        parts: Omit<EngineParts, "vault" | "records" | "drafts" | "changes" | "corrections" | "papers" | "label">,
    ) {
        this.records = new KnownRecords(vault);
        this.drafts = new DeviceDrafts(vault, this.records, () => this.may.createActa);
        this.changes = new ProposedChanges(vault);
        this.corrections = new CorrectionDrafts(vault);
        this.papers = new KeptPapers(vault, parts.estimate);
        this.engine = new SyncEngine({
            ...parts, vault, records: this.records, drafts: this.drafts, changes: this.changes, corrections: this.corrections, papers: this.papers, label: () => this.profile.label,
        });
        this.drafts.onReady = () => this.engine.soon();
        this.changes.onReady = () => this.engine.soon();
    }

    get may(): May {
        return { ...MAY_ALL, ...this.profile.may };
    }

    /** Work that would be lost with this device. */
    get atRisk(): number {
        return this.drafts.atRisk + this.changes.unsent + this.corrections.count;
    }

    async load(): Promise<void> {
        await Promise.all([this.loadWork(), this.papers.load()]);
        // The screens need not wait for five thousand families.
        const started = this.records.load().then(() => this.engine.start());
        // Locked before it was done: what was under way has nothing to work on any more.
        void started.catch((problem: unknown) => {
            if (!this.isClosed) throw problem;
        });
    }

    /** Reads what waits on the device: what another tab wrote a moment ago too. */
    async loadWork(): Promise<void> {
        await Promise.all([this.drafts.load(), this.changes.load()]);
        await this.corrections.load(this.changes.list.value);
    }

    async saveProfile(part: Partial<Profile>): Promise<void> {
        this.profile = { ...this.profile, ...part };
        await this.vault.writeState(PROFILE, this.profile);
    }

    /** Saves, lets go, forgets. */
    async close(): Promise<void> {
        this.isClosed = true;
        this.engine.stop();
        await this.drafts.releaseAll();
        await this.corrections.settled();
        this.corrections.forget();
        this.changes.forget();
        this.records.forget();
        this.papers.forget();
        this.vault.close();
    }
}
