// What lies on the device. One small registry without any personal data, and one database per vault whose values are all encrypted.

import Dexie, { type DexieOptions, type Table } from "dexie";
import type { Bytes } from "../crypto/bytes";
import type { WrappedSecret } from "../crypto/keys";
import { FieldError } from "./api";

export interface VaultRow {
    id: string; // UUID
    label: string; // initials
    secret: WrappedSecret;
    failures: number; // wrong PINs in a row
    waitUntil: number;
    lastUsed: number;
    atRisk: number; // acts that would be lost with the vault: shown when somebody wants to remove it locked
}

export interface SettingRow {
    key: "device" | "logout-pending";
    value: string;
}

// What is told kept lies on the disk: Chrome says so earlier unless it is asked to wait, and a battery may end any moment.
const LASTING: DexieOptions = { chromeTransactionDurability: "strict" };

export class Registry extends Dexie {
    declare vaults: Table<VaultRow, string>;
    declare settings: Table<SettingRow, string>;

    constructor(name = "campo") {
        super(name, LASTING);
        this.version(1).stores({ vaults: "id", settings: "key" });
    }

    /** This installation's UUID, made once. */
    async device(): Promise<string> {
        return this.transaction("rw", this.settings, async () => {
            const known = await this.settings.get("device");
            if (known) return known.value;
            const value = crypto.randomUUID();
            await this.settings.add({ key: "device", value });
            return value;
        });
    }
}

export interface SealedRow {
    id: string; // UUID or hash
    sealed: Bytes;
}

export interface BlobRow extends SealedRow {
    draft: string; // UUID of its acta
}

export class VaultDatabase extends Dexie {
    declare records: Table<SealedRow, string>; // what the server sent
    declare heads: Table<SealedRow, string>; // actas: what lists show
    declare bodies: Table<SealedRow, string>; // actas: what they say
    declare changes: Table<SealedRow, string>; // corrections of records
    declare blobs: Table<BlobRow, string>;
    declare state: Table<SealedRow, string>;

    constructor(vault: string) {
        super(`campo-${vault}`, LASTING);
        this.version(1).stores({ records: "id", heads: "id", bodies: "id", changes: "id", blobs: "id, draft", state: "id" });
    }
}

/** Runs a write; a device without room gives the "quota" error, and nothing of the write is kept. */
export async function written<T>(work: () => Promise<T>): Promise<T> {
    try {
        return await work();
    } catch (problem) {
        for (let one: unknown = problem; one instanceof Error; one = (one as { inner?: unknown }).inner) {
            if (one.name === "QuotaExceededError") throw new FieldError("quota");
        }
        throw problem;
    }
}
