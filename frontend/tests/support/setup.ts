// What every browser has and Node lacks.
import "fake-indexeddb/auto";
import { webcrypto } from "node:crypto";

// Node 18 keeps it behind a flag.
if (!globalThis.crypto) Object.defineProperty(globalThis, "crypto", { value: webcrypto });
if (!globalThis.CustomEvent) {
    class CustomEvent extends Event {
        readonly detail: unknown;
        constructor(type: string, options?: { detail?: unknown }) {
            super(type);
            this.detail = options?.detail;
        }
    }
    Object.defineProperty(globalThis, "CustomEvent", { value: CustomEvent });
}
