// The vaults of this device: making, unlocking with limited tries, removing.

import { keysOf, newSecret, unwrapSecret, wrapSecret, isWeakPin, type VaultKeys } from "../crypto/keys";
import { FieldError, type Profile } from "../store/api";
import type { Registry, VaultRow } from "../store/database";
import { VaultDatabase, written } from "../store/database";

// Five tries, then a wait that doubles up to an hour. Nothing is ever erased for wrong PINs: the work of a day may lie inside.
const FREE_TRIES = 5;
const FIRST_WAIT = 30_000;
const LONGEST_WAIT = 3_600_000;

export function waitAfterFailures(failures: number): number {
    return failures < FREE_TRIES ? 0 : Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** (failures - FREE_TRIES));
}

/** "MG" of "Marta Gómez": enough to find oneself on a shared tablet, and no name. */
export function initials(fullName: string): string {
    const words = fullName.normalize("NFD").replace(/[\u0300-\u036f]/g, "").split(/\s+/).filter(Boolean);
    return words.map((word) => word[0]!.toUpperCase()).slice(0, 3).join("") || "?";
}

export class Vaults {
    constructor(
        private readonly registry: Registry,
        private readonly clock: () => number = Date.now,
    ) {}

    async profiles(): Promise<Profile[]> {
        const rows = await this.registry.vaults.toArray();
        return rows.sort((a, b) => b.lastUsed - a.lastUsed).map(({ id, label, lastUsed }) => ({ id, label, lastUsed }));
    }

    async make(pin: string, fullName: string): Promise<{ id: string; keys: VaultKeys }> {
        if (isWeakPin(pin)) throw new FieldError("weak-pin");
        const id = crypto.randomUUID();
        const secret = newSecret();
        const taken = new Set((await this.registry.vaults.toArray()).map((one) => one.label));
        const short = initials(fullName);
        let label = short;
        for (let number = 2; taken.has(label); number += 1) label = `${short} ${number}`;
        const row: VaultRow = { id, label, secret: await wrapSecret(secret, pin, id), failures: 0, waitUntil: 0, lastUsed: this.clock(), atRisk: 0 };
        await this.registry.vaults.add(row);
        return { id, keys: await keysOf(secret) };
    }

    async unlock(id: string, pin: string): Promise<VaultKeys> {
        return keysOf(await this.secretOf(id, pin));
    }

    private async secretOf(id: string, pin: string) {
        const row = await this.counted(id);
        const secret = await unwrapSecret(row.secret, pin, id);
        if (!secret) {
            if (row.waitUntil > this.clock()) throw new FieldError("wait", "wait", { until: row.waitUntil });
            throw new FieldError("pin", "pin", { left: FREE_TRIES - row.failures });
        }
        await this.registry.vaults.update(id, { failures: 0, waitUntil: 0, lastUsed: this.clock() });
        return secret;
    }

    /** Counts a try before it is made: closing the app does not take it back. */
    private async counted(id: string): Promise<VaultRow> {
        // A phone without room for the count says so: nothing else opens the vault.
        return written(() => this.registry.transaction("rw", this.registry.vaults, async () => {
            const row = await this.registry.vaults.get(id);
            if (!row) throw new FieldError("not-found");
            const now = this.clock();
            // A clock that was set back does not make the wait longer than it can be.
            if (row.waitUntil > now && row.waitUntil - now <= LONGEST_WAIT) throw new FieldError("wait", "wait", { until: row.waitUntil });
            const failures = row.failures + 1;
            const wait = waitAfterFailures(failures);
            const counted = { ...row, failures, waitUntil: wait ? now + wait : 0 };
            await this.registry.vaults.put(counted);
            return counted;
        }));
    }

    async changePin(id: string, old: string, fresh: string): Promise<void> {
        if (isWeakPin(fresh)) throw new FieldError("weak-pin");
        const secret = await this.secretOf(id, old);
        await this.registry.vaults.update(id, { secret: await wrapSecret(secret, fresh, id) });
    }

    async setAtRisk(id: string, atRisk: number): Promise<void> {
        await this.registry.vaults.update(id, { atRisk });
    }

    /** Removes a vault for good. Keys first: what is left of its data opens no more. */
    async remove(id: string): Promise<void> {
        await this.registry.vaults.delete(id);
        await new VaultDatabase(id).delete();
    }

    async removeAll(): Promise<void> {
        for (const one of await this.profiles()) await this.remove(one.id);
    }

    async forget(id: string, evenUnsent: number | undefined): Promise<void> {
        const row = await this.registry.vaults.get(id);
        if (!row) throw new FieldError("not-found");
        if (row.atRisk && row.atRisk !== evenUnsent) throw new FieldError("unsent", "unsent", { count: row.atRisk });
        await this.remove(id);
    }
}
