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

type Tries = Pick<VaultRow, "failures" | "waitUntil">;

/** The tries of a vault on a phone whose storage is full: browsers give these few bytes a room of their own. */
const spareTries = {
    read(id: string): Tries {
        try {
            return { failures: 0, waitUntil: 0, ...(JSON.parse(localStorage.getItem(`campo-tries-${id}`) ?? "{}") as Partial<Tries>) };
        } catch {
            return { failures: 0, waitUntil: 0 };
        }
    },
    keep({ id, failures, waitUntil }: VaultRow): void {
        localStorage.setItem(`campo-tries-${id}`, JSON.stringify({ failures, waitUntil }));
    },
    drop(id: string): void {
        try {
            localStorage.removeItem(`campo-tries-${id}`);
        } catch {
            // A browser that keeps nothing there has nothing to drop.
        }
    },
};

/** Writes, or does something else where the phone has no room: who cannot open the vault can free none either. */
async function withRoom<T>(write: () => Promise<T>, otherwise: () => T | Promise<T>): Promise<T> {
    try {
        return await written(write);
    } catch (problem) {
        if (problem instanceof FieldError && problem.code === "quota") return otherwise();
        throw problem;
    }
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
        spareTries.drop(id);
        await withRoom<unknown>(() => this.registry.vaults.update(id, { failures: 0, waitUntil: 0, lastUsed: this.clock() }), () => undefined);
        return secret;
    }

    /** Counts a try before it is made: closing the app does not take it back. */
    private counted(id: string): Promise<VaultRow> {
        const { vaults } = this.registry;
        const count = async (keep: (row: VaultRow) => unknown) => {
            const row = await vaults.get(id);
            if (!row) throw new FieldError("not-found");
            const now = this.clock();
            const spare = spareTries.read(id);
            const waitUntil = Math.max(row.waitUntil, spare.waitUntil);
            // A clock that was set back does not make the wait longer than it can be.
            if (waitUntil > now && waitUntil - now <= LONGEST_WAIT) throw new FieldError("wait", "wait", { until: waitUntil });
            const failures = Math.max(row.failures, spare.failures) + 1;
            const wait = waitAfterFailures(failures);
            const counted = { ...row, failures, waitUntil: wait ? now + wait : 0 };
            await keep(counted);
            return counted;
        };
        return withRoom(
            () => this.registry.transaction("rw", vaults, () => count((row) => vaults.put(row))),
            () => count((row) => spareTries.keep(row)),
        );
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
        spareTries.drop(id);
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
