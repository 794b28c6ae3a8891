// An unlocked vault: its keys, its database, and the other tabs that have it open.

import { bytesText, textBytes, type Bytes } from "../crypto/bytes";
import { decrypt, encrypt, rowName, type VaultKeys } from "../crypto/keys";
import { VaultDatabase } from "./database";

export type VaultNews = { kind: "draft"; uuid: string } | { kind: "drafts" } | { kind: "changes" } | { kind: "corrections" } | { kind: "papers" } | { kind: "records" } | { kind: "gone" };

/** The part of Web Locks that is used here. */
export interface Locks {
    request<T>(name: string, options: { ifAvailable: boolean }, work: (lock: unknown) => Promise<T>): Promise<T>;
    query(): Promise<{ held?: { name?: string }[] }>;
}

export const draftLock = (vault: string, uuid: string) => `draft:${vault}:${uuid}`;

export class Vault {
    readonly db: VaultDatabase;
    private readonly channel: BroadcastChannel;
    private readonly listeners = new Set<(news: VaultNews) => void>();

    constructor(
        readonly id: string,
        private readonly keys: VaultKeys,
        readonly locks: Locks,
    ) {
        this.db = new VaultDatabase(id);
        this.channel = new BroadcastChannel(`campo-${id}`);
        this.channel.onmessage = (event: MessageEvent<VaultNews>) => this.hear(event.data);
    }

    async seal(table: string, id: string, value: unknown): Promise<Bytes> {
        return encrypt(this.keys.content, textBytes(JSON.stringify(value)), `${table}/${id}`);
    }

    async unseal<T>(table: string, id: string, sealed: Bytes): Promise<T> {
        return JSON.parse(bytesText(await decrypt(this.keys.content, sealed, `${table}/${id}`))) as T;
    }

    sealBytes(id: string, bytes: Bytes): Promise<Bytes> {
        return encrypt(this.keys.content, bytes, `blobs/${id}`);
    }

    unsealBytes(id: string, sealed: Bytes): Promise<Bytes> {
        return decrypt(this.keys.content, sealed, `blobs/${id}`);
    }

    name(text: string): Promise<string> {
        return rowName(this.keys.names, text);
    }

    async readState<T>(key: string): Promise<T | null> {
        const row = await this.db.state.get(key);
        return row ? this.unseal<T>("state", key, row.sealed) : null;
    }

    async writeState(key: string, value: unknown): Promise<void> {
        const sealed = await this.seal("state", key, value);
        await this.db.state.put({ id: key, sealed });
    }

    /** Tells every tab, this one included. */
    tell(news: VaultNews): void {
        this.channel.postMessage(news);
        this.hear(news);
    }

    listen(listener: (news: VaultNews) => void): () => void {
        this.listeners.add(listener);
        return () => this.listeners.delete(listener);
    }

    private hear(news: VaultNews): void {
        for (const listener of [...this.listeners]) listener(news);
    }

    close(): void {
        this.listeners.clear();
        this.channel.close();
        this.db.close();
    }

    async wipe(): Promise<void> {
        this.tell({ kind: "gone" });
        this.listeners.clear();
        this.channel.close();
        await this.db.delete();
    }
}
