// A device for tests: the real store over fake-indexeddb, and the server of the protocol in memory.
import { shallowRef } from "vue";
import type { FieldStore } from "../../src/store/api";
import { Registry } from "../../src/store/database";
import { deviceStore } from "../../src/store/device";
import { Transport } from "../../src/sync/transport";
import { NodeLocks } from "./locks";
import { ProtocolServer } from "./server";

export const PIN = "482913";
export const TEMPLATE = {
    kind: "template", id: "home_visit-v1", version: "1",
    data: { name: "home_visit-v1", template: "home_visit-v1", key: "home_visit", version: 1, title: "Visita", status: "Published", hash: "x", languages: ["es"], html: "<form/>", model: "<model/>", mapping: null, description: null, component: null },
};
export const FAMILY = { kind: "family", id: "FAM-00001", version: "1", data: { name: "FAM-00001", family_name: "Epiayú Peñaranda", community: null, status: "Active" } };
export const PERSON = {
    kind: "person", id: "BEN-00001", version: "1",
    data: { name: "BEN-00001", full_name: "Ángela Epiayú", family: "FAM-00001", status: "Active", documents: [{ document_type: "CC", document_number: "40187654" }] },
};

let devices = 0;

export class TestDevice {
    readonly registry: Registry;
    readonly locks: NodeLocks;
    now = Date.now();
    store!: FieldStore;

    constructor(
        readonly server: ProtocolServer = new ProtocolServer(),
        like?: TestDevice,
    ) {
        devices += 1;
        this.registry = like?.registry ?? new Registry(`campo-test-${devices}`);
        this.locks = like?.locks ?? new NodeLocks();
        for (const one of [TEMPLATE, FAMILY, PERSON]) this.server.visible.set(`${one.kind}/${one.id}`, one);
    }

    async start(): Promise<FieldStore> {
        const update = { waiting: shallowRef(false), installed: shallowRef(true), apply: async () => undefined, check: async () => undefined };
        const transport = new Transport(this.server.fetch);
        this.store = await deviceStore({ locks: this.locks, appVersion: "1.0.0", update, registry: this.registry, transport, clock: () => this.now });
        return this.store;
    }

    async enrolled(): Promise<FieldStore> {
        const store = await this.start();
        await store.session.enroll(PIN, "Tableta 1");
        await this.sync();
        return store;
    }

    /** One whole round, and whatever it asks for right after. */
    async sync(): Promise<void> {
        await this.store.sync.now();
    }

    /** The app ends without a word and is opened again. */
    async restart(): Promise<FieldStore> {
        const profile = this.store.session.state.value.profile;
        await this.store.session.lock();
        await this.start();
        await this.store.session.unlock(profile!, PIN);
        return this.store;
    }
}
