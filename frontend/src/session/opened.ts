// An unlocked vault with all that works on it.

import type { ReaderSettings } from "../readers/reader";
import type { FieldStore } from "../store/api";
import { DeviceDrafts } from "../store/device_drafts";
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
}

export const PROFILE = "profile";

export class Opened {
    readonly records: KnownRecords;
    readonly drafts: DeviceDrafts;
    readonly changes: ProposedChanges;
    readonly engine: SyncEngine;

    constructor(
        readonly vault: Vault,
        public profile: Profile,
        parts: Omit<EngineParts, "vault" | "records" | "drafts" | "changes" | "label">,
    ) {
        this.records = new KnownRecords(vault);
        this.drafts = new DeviceDrafts(vault, this.records);
        this.changes = new ProposedChanges(vault);
        this.engine = new SyncEngine({
            ...parts, vault, records: this.records, drafts: this.drafts, changes: this.changes, label: () => this.profile.label,
        });
        this.drafts.onReady = () => this.engine.soon();
        this.changes.onReady = () => this.engine.soon();
    }

    /** Work that would be lost with this device. */
    get atRisk(): number {
        return this.drafts.atRisk + this.changes.unsent;
    }

    async load(): Promise<void> {
        await Promise.all([this.drafts.load(), this.changes.load()]);
        // The screens need not wait for five thousand families.
        void this.records.load().then(() => this.engine.start());
    }

    async saveProfile(part: Partial<Profile>): Promise<void> {
        this.profile = { ...this.profile, ...part };
        await this.vault.writeState(PROFILE, this.profile);
    }

    /** Saves, lets go, forgets. */
    async close(): Promise<void> {
        this.engine.stop();
        await this.drafts.releaseAll();
        this.changes.forget();
        this.records.forget();
        this.vault.close();
    }
}
