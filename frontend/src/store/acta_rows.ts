// Actas as they lie in a vault: head and body apart, so that lists need not open what an acta says.

import { FieldError, type Draft, type DraftBody, type DraftHeader, type Media } from "./api";
import { written, type BlobRow } from "./database";
import { NEW_SHIPMENT, step, type Shipment, type ShipmentEvent } from "../sync/outbox";
import type { Vault } from "./vault";

export interface Head {
    title: string;
    template: string;
    family: string | null;
    community?: string | null;
    visitDate: string | null;
    createdAt: number;
    changedAt: number;
    files: number;
    bytes: number;
    freed?: boolean; // its files were removed from the device; the server has them
    shipment: Shipment;
}

export interface Body {
    body: DraftBody;
    media: Media[];
}

export interface Acta {
    uuid: string;
    head: Head;
    body: Body;
}

export const EMPTY_BODY: Omit<DraftBody, "template"> = {
    instance: null, visit_date: null, start_time: null, end_time: null, family: null, beneficiary: null, productive_unit: null,
    community: null, programme: null, place: null, latitude: null, longitude: null, accuracy: null, amends: null,
    amendment_reason: null, participants: [], commitments: [],
};

export function headerOf(uuid: string, head: Head, sentBytes = 0): DraftHeader {
    const { state, close, sentAt, serverName, message, problem, closed } = head.shipment;
    const { title, template, family, community = null, visitDate, createdAt, changedAt, files, bytes, freed = false } = head;
    return { freed, uuid, title, template, family, community, visitDate, state, close, createdAt, changedAt, sentAt, serverName, message, problem, files, bytes, sentBytes, closed };
}

export const draftOf = (acta: Acta): Draft => ({ header: headerOf(acta.uuid, acta.head), body: acta.body.body, media: acta.body.media });

export function newActa(uuid: string, body: DraftBody, title: string, now: number): Acta {
    const head: Head = {
        title, template: body.template, family: body.family, community: body.community, visitDate: body.visit_date, createdAt: now, changedAt: now, files: 0, bytes: 0,
        shipment: NEW_SHIPMENT,
    };
    return { uuid, head, body: { body, media: [] } };
}

export class ActaRows {
    constructor(private readonly vault: Vault) {}

    async heads(): Promise<Map<string, Head>> {
        const rows = await this.vault.db.heads.toArray();
        // One damaged row must not keep the others from being opened; it stays where it is.
        const opened = await Promise.all(rows.map((row) => this.vault.unseal<Head>("heads", row.id, row.sealed).catch(() => null)));
        return new Map(rows.flatMap((row, place) => (opened[place] ? [[row.id, opened[place]!] as const] : [])));
    }

    async head(uuid: string): Promise<Head> {
        const row = await this.vault.db.heads.get(uuid);
        if (!row) throw new FieldError("not-found");
        return this.vault.unseal<Head>("heads", uuid, row.sealed);
    }

    async read(uuid: string): Promise<Acta> {
        const [head, body] = await this.vault.db.transaction("r", this.vault.db.heads, this.vault.db.bodies, () =>
            Promise.all([this.vault.db.heads.get(uuid), this.vault.db.bodies.get(uuid)]),
        );
        if (!head || !body) throw new FieldError("not-found");
        return {
            uuid,
            head: await this.vault.unseal<Head>("heads", uuid, head.sealed),
            body: await this.vault.unseal<Body>("bodies", uuid, body.sealed),
        };
    }

    /** Keeps an acta whole, with a new file if there is one: all of it or nothing. */
    async write(acta: Acta, blob?: { id: string; bytes: Uint8Array<ArrayBuffer> }): Promise<void> {
        const { db } = this.vault;
        const head = await this.vault.seal("heads", acta.uuid, acta.head);
        const body = await this.vault.seal("bodies", acta.uuid, acta.body);
        const sealed: BlobRow | null = blob ? { id: blob.id, draft: acta.uuid, sealed: await this.vault.sealBytes(blob.id, blob.bytes) } : null;
        await written(() =>
            db.transaction("rw", db.heads, db.bodies, db.blobs, async () => {
                await db.heads.put({ id: acta.uuid, sealed: head });
                await db.bodies.put({ id: acta.uuid, sealed: body });
                if (sealed) await db.blobs.put(sealed);
            }),
        );
        this.vault.tell({ kind: "draft", uuid: acta.uuid });
    }

    /** Moves an acta's state by one event. Read and write are one step for all tabs: a lock of its own guards it. */
    async move(uuid: string, event: ShipmentEvent): Promise<Head> {
        return this.exclusive(uuid, async () => {
            const head = await this.head(uuid);
            const shipment = step(head.shipment, event);
            if (shipment === head.shipment) return head;
            const moved = { ...head, shipment };
            const sealed = await this.vault.seal("heads", uuid, moved);
            await written(() => this.vault.db.heads.put({ id: uuid, sealed }));
            this.vault.tell({ kind: "draft", uuid });
            return moved;
        });
    }

    /** Changes of one acta, one after the other, across tabs. */
    exclusive<T>(uuid: string, work: () => Promise<T>): Promise<T> {
        return this.vault.locks.request(`row:${this.vault.id}:${uuid}`, { ifAvailable: false }, work);
    }

    async blob(id: string): Promise<Uint8Array<ArrayBuffer>> {
        const row = await this.vault.db.blobs.get(id);
        if (!row) throw new FieldError("not-found");
        return this.vault.unsealBytes(id, row.sealed);
    }

    /** Removes the files of an acta that the server has, and remembers that. */
    async free(uuid: string): Promise<void> {
        await this.exclusive(uuid, async () => {
            const head = await this.head(uuid);
            const sealed = await this.vault.seal("heads", uuid, { ...head, freed: true });
            const { db } = this.vault;
            await db.transaction("rw", db.heads, db.blobs, async () => {
                await db.heads.put({ id: uuid, sealed });
                await db.blobs.where("draft").equals(uuid).delete();
            });
        });
        this.vault.tell({ kind: "draft", uuid });
    }

    async removeBlobs(ids: readonly string[]): Promise<void> {
        await this.vault.db.blobs.bulkDelete([...ids]);
    }

    async remove(uuid: string): Promise<void> {
        const { db } = this.vault;
        await db.transaction("rw", db.heads, db.bodies, db.blobs, async () => {
            await db.heads.delete(uuid);
            await db.bodies.delete(uuid);
            await db.blobs.where("draft").equals(uuid).delete();
        });
        this.vault.tell({ kind: "drafts" });
    }
}
