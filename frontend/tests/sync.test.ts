// The engine against a server that speaks docs/sync.md, over a network that breaks at every place.
import { expect, test } from "vitest";
import type { FieldError } from "../src/store/api";
import type { DeviceDrafts } from "../src/store/device_drafts";
import { waitAfter } from "../src/sync/backoff";
import type { Fate } from "./support/server";
import { FAMILY, TestDevice } from "./support/store";

const file = (text: string, size = 0) => new Blob([text, new Uint8Array(size)], { type: "image/jpeg" });

async function acta(device: TestDevice, text = "one", photos: Blob[] = []) {
    const draft = await device.store.drafts.create({ template: "home_visit-v1", family: "FAM-00001", visit_date: "2026-11-22" });
    await draft.save({ instance: `<home_visit>${text}</home_visit>` });
    for (const photo of photos) await draft.addMedia(photo, "foto.jpg", "photo");
    await draft.release();
    return draft.uuid;
}

const stateOf = (device: TestDevice, uuid: string) => device.store.drafts.list.value.find((one) => one.uuid === uuid)!.state;

/** Lets one call of this name meet a fate, and all others arrive. */
function once(device: TestDevice, path: string, fate: Fate) {
    let used = false;
    device.server.fate = (asked) => {
        if (asked !== path || used) return "arrives";
        used = true;
        return fate;
    };
}

/** The actas of the open vault, from behind the contract. */
async function openedDrafts(device: TestDevice): Promise<DeviceDrafts> {
    return (device.store as unknown as { opened: { value: { drafts: DeviceDrafts } } }).opened.value.drafts;
}

async function edit(device: TestDevice, uuid: string, text: string, close = false) {
    await device.store.drafts.reopen(uuid);
    const draft = await device.store.drafts.open(uuid);
    await draft.save({ instance: `<home_visit>${text}</home_visit>` });
    await draft.release();
    await device.store.drafts.ready(uuid, close);
}

test("an acta with photos goes up once, and is sent when the server named all of it", async () => {
    const device = new TestDevice();
    await device.enrolled();
    const uuid = await acta(device, "one", [file("a"), file("a"), file("b")]);
    expect(device.store.sync.status.value.safe).toBe(false);
    await device.store.drafts.ready(uuid, true);
    await device.sync();
    const [header] = device.store.drafts.list.value;
    expect(header).toMatchObject({ state: "sent", serverName: "ACTA-1", closed: true });
    expect(device.server.actas.get(uuid)!.files).toHaveLength(3);
    expect(device.server.uploads.size).toBe(2);
    expect(device.store.outbox.unsent.value).toBe(0);
    expect(device.store.sync.status.value.safe).toBe(true);
    await device.sync();
    expect(device.server.actas.size).toBe(1);
});

test("what is put into the outbox while a round fetches goes with the next one, for which 'now' waits", async () => {
    const device = new TestDevice();
    let meanwhile: (() => Promise<void>) | null = null;
    const arrive = device.server.fetch;
    device.server.fetch = async (input, init) => {
        const act = input.includes("changes.pull") ? meanwhile : null;
        if (act) meanwhile = null;
        await act?.();
        return arrive(input, init);
    };
    await device.enrolled();
    const uuid = await acta(device);
    let next: Promise<void> | null = null;
    meanwhile = async () => {
        await device.store.drafts.ready(uuid, false);
        next = device.sync();
    };
    await device.sync();
    expect(next).not.toBeNull();
    await next;
    expect(stateOf(device, uuid)).toBe("sent");
    expect(device.server.actas.size).toBe(1);
});

test.each(["request lost", "reply lost"] as const)("a push whose %s is repeated, and there is one acta", async (fate) => {
    const device = new TestDevice();
    await device.enrolled();
    const uuid = await acta(device, "one", [file("a")]);
    once(device, "batches.push", fate);
    await device.store.drafts.ready(uuid, false);
    await device.sync();
    expect(stateOf(device, uuid)).toBe("ready");
    expect(device.store.sync.status.value).toMatchObject({ phase: "waiting", errorCode: "offline", safe: false });
    await device.sync();
    expect(stateOf(device, uuid)).toBe("sent");
    expect(device.server.actas.size).toBe(1);
    expect(device.server.conflicts).toEqual([]);
});

test("a reply lost after the commit, then an edit on the device: the edit arrives, without a conflict", async () => {
    const device = new TestDevice();
    await device.enrolled();
    const uuid = await acta(device, "first");
    once(device, "batches.push", "reply lost");
    await device.store.drafts.ready(uuid, false);
    await device.sync();
    expect(device.server.actas.get(uuid)!.content).toContain("first");
    await edit(device, uuid, "second");
    await device.restart();
    await device.sync();
    expect(stateOf(device, uuid)).toBe("sent");
    expect(device.server.actas.get(uuid)!.content).toContain("second");
    expect(device.server.conflicts).toEqual([]);
});

test("an edit while the acta is on its way is not taken for sent", async () => {
    const device = new TestDevice();
    await device.enrolled();
    const uuid = await acta(device, "first");
    await device.store.drafts.ready(uuid, false);
    const real = device.server.fetch;
    let edited: Promise<void> | null = null;
    device.server.fate = (path) => {
        if (path === "batches.push") edited ??= edit(device, uuid, "second");
        return "arrives";
    };
    expect(real).toBe(device.server.fetch);
    await device.sync();
    await edited;
    await device.sync();
    expect(stateOf(device, uuid)).toBe("sent");
    expect(device.server.actas.get(uuid)!.content).toContain("second");
    expect(device.server.conflicts).toEqual([]);
});

test("someone else's change makes a conflict that is safe on the server", async () => {
    const device = new TestDevice();
    await device.enrolled();
    const uuid = await acta(device, "first");
    await device.store.drafts.ready(uuid, false);
    await device.sync();
    device.server.editInDesk(uuid);
    await edit(device, uuid, "second");
    await device.sync();
    expect(stateOf(device, uuid)).toBe("conflict");
    expect(device.server.conflicts[0]).toContain("second");
    expect(device.store.outbox.unsent.value).toBe(0);
});

test("an ended session keeps the outbox and asks for a login; afterwards it goes on with a new token", async () => {
    const device = new TestDevice();
    await device.enrolled();
    const uuid = await acta(device);
    device.server.loggedIn = false;
    await device.store.drafts.ready(uuid, false);
    await device.sync();
    expect(device.store.session.state.value).toMatchObject({ phase: "unlocked", loginNeeded: true });
    expect(stateOf(device, uuid)).toBe("ready");
    await device.store.session.logIn("ana@example.org", "secret");
    await device.sync();
    expect(stateOf(device, uuid)).toBe("sent");
    expect(device.store.session.state.value.loginNeeded).toBe(false);
});

test("a token of another session is replaced without a word", async () => {
    const device = new TestDevice();
    await device.enrolled();
    const uuid = await acta(device);
    device.server.token = "token-9";
    await device.store.drafts.ready(uuid, false);
    await device.sync();
    expect(stateOf(device, uuid)).toBe("sent");
});

test("under another person's session nothing goes up or comes down", async () => {
    const device = new TestDevice();
    await device.enrolled();
    const uuid = await acta(device);
    device.server.user = "luis@example.org";
    device.server.token = "token-9";
    await device.store.drafts.ready(uuid, false);
    device.server.calls = [];
    await device.sync();
    expect(stateOf(device, uuid)).toBe("ready");
    expect(device.server.actas.size).toBe(0);
    expect(device.store.session.state.value.loginNeeded).toBe(true);
    expect(device.server.calls.filter((one) => one.startsWith("changes."))).toEqual([]);
});

test("a large file goes in pieces and goes on where it broke off", async () => {
    const device = new TestDevice();
    await device.enrolled();
    device.server.limits = { ...device.server.limits, chunk_bytes: 1000, batch_bytes: 20_000 };
    const uuid = await acta(device, "one", [file("big", 9_997), file("small", 95)]);
    let chunks = 0;
    device.server.fate = (path) => (path === "uploads.chunk" && ++chunks === 6 ? "reply lost" : "arrives");
    await device.store.drafts.ready(uuid, false);
    await device.sync();
    expect(stateOf(device, uuid)).toBe("ready");
    await device.sync();
    expect(stateOf(device, uuid)).toBe("sent");
    expect(chunks).toBe(10);
    expect(device.server.bytesReceived).toBe(10_000 + 100);
});

test("many actas go in batches by bytes and by number", async () => {
    const device = new TestDevice();
    await device.enrolled();
    device.server.limits = { ...device.server.limits, batch_bytes: 60_000, batch_records: 4, chunk_bytes: 50_000 };
    const uuids: string[] = [];
    for (let number = 0; number < 10; number += 1) uuids.push(await acta(device, String(number), [file(`photo ${number}`, 20_000)]));
    for (const uuid of uuids) await device.store.drafts.ready(uuid, false);
    await device.sync();
    expect(uuids.map((uuid) => stateOf(device, uuid))).toEqual(uuids.map(() => "sent"));
    expect(device.server.actas.size).toBe(10);
    // Two photos of 20 kB fit into 60 kB, three with their records do not.
    expect(device.server.calls.filter((one) => one === "batches.push")).toHaveLength(5);
});

test("a pull keeps page by page, resumes, and wipes what is no longer theirs", async () => {
    const device = new TestDevice();
    for (let number = 2; number < 12; number += 1) {
        const id = `FAM-000${number}`;
        device.server.visible.set(`family/${id}`, { ...FAMILY, id, data: { ...FAMILY.data, name: id, family_name: `Uriana ${number}` } });
    }
    const store = await device.enrolled();
    expect(store.records.search("uriana")).toHaveLength(10);
    device.server.visible.delete("family/FAM-0002");
    device.server.visible.delete("template/home_visit-v1");
    await acta(device);
    once(device, "changes.acknowledge", "reply lost");
    await device.sync();
    await device.sync();
    expect(store.records.search("uriana")).toHaveLength(9);
    expect(await store.records.get("family", "FAM-0002")).toBeNull();
    // The draft keeps the template it began with; nobody begins another one with it.
    expect(await store.templates.list()).toEqual([]);
    expect((await store.templates.load("home_visit-v1")).html).toBe("<form/>");
    await device.restart();
    await expect.poll(() => device.store.records.search("uriana").length).toBe(9);
});

test("a server that forgot what the device holds sends all of it, and the rest goes", async () => {
    const device = new TestDevice();
    const store = await device.enrolled();
    device.server.acknowledged = null;
    device.server.visible.delete("person/BEN-00001");
    await device.sync();
    expect(await store.records.get("person", "BEN-00001")).toBeNull();
    expect(await store.records.get("family", "FAM-00001")).not.toBeNull();
});

test("a revoked device is wiped and says how many unsent actas went with it", async () => {
    const device = new TestDevice();
    const store = await device.enrolled();
    const uuid = await acta(device);
    device.server.revoked = true;
    await store.drafts.ready(uuid, false);
    await device.sync();
    expect(store.session.state.value).toMatchObject({ phase: "revoked", profiles: [], user: null, revoked: { reason: "Se perdió", lost: 1 } });
    expect(device.server.wipedWith).toBe(1);
    expect(device.server.actas.size).toBe(0);
    expect(await store.drafts.read(uuid).catch((problem: FieldError) => problem.code)).toBe("not-found");
});

test("a device that is revoked in the middle of a round reads why too", async () => {
    const device = new TestDevice();
    const store = await device.enrolled();
    device.server.fate = (path) => {
        if (path === "changes.pull") device.server.revoked = true;
        return "arrives";
    };
    await device.sync();
    expect(store.session.state.value).toMatchObject({ phase: "revoked", revoked: { reason: "Se perdió", lost: 0 } });
    expect(device.server.wipedWith).toBe(0);
});

test("what was under way when the app ended goes again", async () => {
    const device = new TestDevice();
    await device.enrolled();
    const uuid = await acta(device);
    await device.store.drafts.ready(uuid, false);
    device.server.fate = () => "request lost";
    await device.sync();
    await device.restart();
    device.server.fate = () => "arrives";
    await device.sync();
    expect(stateOf(device, uuid)).toBe("sent");
    expect(device.server.actas.size).toBe(1);
});

test("seeded storms: every acta and file arrives exactly once", async () => {
    let seed = 20261122;
    const chance = () => (seed = (seed * 1103515245 + 12345) % 2147483648) / 2147483648;
    const device = new TestDevice();
    await device.enrolled();
    device.server.limits = { ...device.server.limits, chunk_bytes: 400, batch_records: 3 };
    device.server.fate = () => (chance() < 0.3 ? (chance() < 0.5 ? "request lost" : "reply lost") : "arrives");
    const uuids: string[] = [];
    for (let number = 0; number < 8; number += 1) {
        const uuid = await acta(device, `acta ${number}`, [file(`a${number}`, 900), file(`b${number}`), file("same")]);
        await device.store.drafts.ready(uuid, false);
        uuids.push(uuid);
        await device.sync();
        if (number % 3 === 2) await device.restart();
        if (number % 2) await edit(device, uuids[number - 1]!, `edited ${number}`);
    }
    for (let round = 0; round < 200 && device.store.outbox.unsent.value; round += 1) await device.sync();
    expect(device.store.outbox.unsent.value).toBe(0);
    expect([...device.server.actas.keys()].sort()).toEqual([...uuids].sort());
    for (const uuid of uuids) {
        const kept = await device.store.drafts.read(uuid);
        expect(device.server.actas.get(uuid)!.content).toContain(kept.body.instance!);
        expect(device.server.actas.get(uuid)!.files.map((one) => one.sha256)).toEqual(kept.media.map((one) => one.sha256));
    }
    expect(device.server.conflicts).toEqual([]);
});

test("only what was confirmed long ago leaves the device by itself", async () => {
    const device = new TestDevice();
    await device.enrolled();
    const sent = await acta(device, "sent", [file("a")]);
    await device.store.drafts.ready(sent, true);
    await device.sync();
    const draft = await acta(device, "draft");
    const drafts = await openedDrafts(device);
    await drafts.prune(Date.now() - 60_000);
    expect(device.store.drafts.list.value).toHaveLength(2);
    await drafts.prune(Date.now() + 60_000);
    expect(device.store.drafts.list.value.map((one) => one.uuid)).toEqual([draft]);
});

test("what was sent about a family that is somebody else's now leaves the device at once; what was not sent stays", async () => {
    const device = new TestDevice();
    await device.enrolled();
    const sent = await acta(device, "sent", [file("a")]);
    await device.store.drafts.ready(sent, true);
    await device.store.records.propose("Family", "FAM-00001", { zone: "Rural" }, { zone: "Urban" });
    await device.sync();
    const draft = await acta(device, "draft", [file("b")]);
    expect(device.store.outbox.changes.value).toHaveLength(1);
    device.server.visible.delete("family/FAM-00001");
    device.server.visible.delete("person/BEN-00001");
    await device.sync();
    expect(device.store.drafts.list.value.map((one) => one.uuid)).toEqual([draft]);
    expect(device.store.outbox.changes.value).toEqual([]);
    expect((await device.store.device.storage()).files).toBe(1);
    // A whole pull, which names nothing as gone, says the same.
    await device.store.drafts.ready(draft, false);
    await device.sync();
    expect(device.store.drafts.list.value).toEqual([]);
});

test("no acta is begun that the server would refuse, also after the app was opened anew without a network", async () => {
    const device = new TestDevice();
    await device.enrolled();
    const before = await acta(device, "before");
    device.server.may = { create_acta: false, record_authorisation: true, left_open: [] };
    await device.sync();
    expect(device.store.session.state.value.may).toEqual({ createActa: false, recordAuthorisation: true, leftOpen: [] });
    await expect(acta(device)).rejects.toMatchObject({ code: "forbidden" } satisfies Partial<FieldError>);
    expect(device.store.drafts.list.value.map((one) => one.uuid)).toEqual([before]);
    device.server.fate = () => "request lost";
    await device.restart();
    await expect(acta(device)).rejects.toMatchObject({ code: "forbidden" });
    device.server.fate = () => "arrives";
    device.server.may = { create_acta: true, record_authorisation: true, left_open: ["home_visit-v1"] };
    await device.sync();
    expect(device.store.session.state.value.may.leftOpen).toEqual(["home_visit-v1"]);
    expect(await acta(device)).toBeTruthy();
});

test("an app older than the server takes keeps everything, sends and fetches nothing, and goes on once it is new enough", async () => {
    const device = new TestDevice();
    await device.enrolled();
    const draft = await acta(device, "waits");
    await device.store.drafts.ready(draft, false);
    device.server.minVersion = "99.0";
    device.server.visible.delete("family/FAM-00001");
    await device.sync();
    expect(device.store.sync.status.value).toMatchObject({ errorCode: "old-app", safe: false, nextTry: null });
    expect(device.store.drafts.list.value.map((one) => [one.uuid, one.state])).toEqual([[draft, "ready"]]);
    expect(await device.store.records.get("family", "FAM-00001")).not.toBeNull();
    device.server.minVersion = "0";
    device.server.visible.set("family/FAM-00001", FAMILY);
    await device.sync();
    expect(stateOf(device, draft)).toBe("sent");
    expect(device.store.sync.status.value.errorCode).toBeNull();
});

test("back-off doubles to 15 minutes, with chance, and honours the server", () => {
    expect(waitAfter(1, null, 0.5)).toBe(2000);
    expect(waitAfter(4, null, 0.5)).toBe(16_000);
    expect(waitAfter(40, null, 0.5)).toBe(900_000);
    expect([waitAfter(1, null, 0), waitAfter(1, null, 0.999)]).toEqual([1000, 2998]);
    expect(waitAfter(1, 60_000, 0.5)).toBe(60_000);
});
