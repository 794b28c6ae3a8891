// Web Locks for Node, which has none before version 24: one queue a name, as browsers have.
import type { Locks } from "../../src/store/vault";

export class NodeLocks implements Locks {
    private held = new Map<string, Promise<unknown>>();

    async request<T>(name: string, options: { ifAvailable: boolean }, work: (lock: unknown) => Promise<T>): Promise<T> {
        if (options.ifAvailable && this.held.has(name)) return work(null);
        const before = this.held.get(name) ?? Promise.resolve();
        const run = before.catch(() => undefined).then(() => work({ name }));
        this.held.set(name, run);
        try {
            return await run;
        } finally {
            if (this.held.get(name) === run) this.held.delete(name);
        }
    }

    async query() {
        return { held: [...this.held.keys()].map((name) => ({ name })) };
    }
}
