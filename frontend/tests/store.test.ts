// The store on a device: what it keeps, what it refuses, and that nothing in it can be read.
import Dexie from "dexie";
import { expect, test } from "vitest";
import { FieldError } from "../src/store/api";
import { freeName } from "../src/store/device_drafts";
import { SearchIndex } from "../src/store/search";
import { waitAfterFailures } from "../src/session/vaults";
import { PIN, TestDevice } from "./support/store";

const jpeg = (text: string) => new Blob([text], { type: "image/jpeg" });
const code = async (work: Promise<unknown>) => work.then(() => "", (problem: FieldError) => problem.code);

async function written(device: TestDevice) {
    const draft = await device.store.drafts.create({ template: "home_visit-v1", family: "FAM-00001", visit_date: "2026-11-22" });
    await draft.save({ instance: "<home_visit>Ángela Epiayú 40187654</home_visit>" });
    await draft.addMedia(jpeg("Ángela Epiayú photo"), "foto.jpg", "photo");
    return draft;
}

/** Every byte of every database of this browser, as text in three encodings. */
async function rawStore(): Promise<string> {
    const texts: string[] = [];
    for (const name of await Dexie.getDatabaseNames()) {
        const db = await new Dexie(name).open();
        for (const table of db.tables) {
            await table.each((row, cursor) => {
                texts.push(String(cursor.primaryKey));
                texts.push(JSON.stringify(row, (_key, value: unknown) => (value instanceof Uint8Array ? [...value].map((byte) => String.fromCharCode(byte)).join("") : value)));
                for (const value of Object.values(row as object)) {
                    if (value instanceof Uint8Array) texts.push(new TextDecoder().decode(value), new TextDecoder("utf-16le").decode(value));
                }
            });
        }
        db.close();
    }
    return texts.join("\n");
}

test("no name, number, answer or login can be read in the raw store", async () => {
    const device = new TestDevice();
    await device.enrolled();
    await written(device);
    await device.store.records.propose("Family", "FAM-00001", { notes: "" }, { notes: "Epiayú" });
    const print = { source: "SecuGen", finger: "Left Thumb", quality: 80, template: "Rk1SACAyMA-minutiae", image: "iVBORw0KGgo-ridges", reader_serial: "H5-1", captured_at: "x", kept: null };
    const draft = await device.store.drafts.create({ template: "home_visit-v1", visit_date: "2026-11-22" });
    await draft.save({ participants: [{ uuid: "1", participant_name: "Rosa", fingerprint: print } as never] });
    const said = { beneficiary: "BEN-00001", authorisation_text: "AUT-Biometrics-1", decision: "Granted", witness_name: "Luis Uriana" };
    await device.store.authorisations.decide(said as never, "Autorización de Ángela", new Blob(["drawn signature"], { type: "image/png" }));
    device.store.device.reader.value = { kind: "secugen", address: "http://127.0.0.1:8477", licence: "licence-of-the-vendor" };
    await new Promise((done) => setTimeout(done, 50));
    const raw = await rawStore();
    expect(raw.length).toBeGreaterThan(2000);
    for (const secret of ["Epiay", "ngela", "40187654", "FAM-00001", "BEN-00001", "home_visit", "ana@example.org", "foto.jpg", "Tableta", PIN, "Rk1SACAy", "iVBORw0", "Left Thumb", "AUT-Biometrics", "Uriana", "drawn signature", "8477", "licence-of"]) {
        expect(raw.includes(secret), secret).toBe(false);
    }
});

test("a draft has its UUID and is kept before the first letter, and survives the end of the app", async () => {
    const device = new TestDevice();
    await device.enrolled();
    const draft = await device.store.drafts.create({ template: "home_visit-v1", family: "FAM-00001" });
    expect(draft.uuid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4/);
    const store = await device.restart();
    expect(store.drafts.list.value.map((one) => [one.uuid, one.state, one.title])).toEqual([[draft.uuid, "draft", "Visita: Epiayú Peñaranda"]]);
});

test("saves that follow each other end with the last one; two identical photos are two files", async () => {
    const device = new TestDevice();
    await device.enrolled();
    const draft = await written(device);
    await Promise.all(Array.from({ length: 30 }, (_, number) => draft.save({ place: `Casa ${number}` })));
    const again = await draft.addMedia(jpeg("Ángela Epiayú photo"), "foto.jpg", "photo");
    expect(again.name).toBe("foto-2.jpg");
    await device.restart();
    const kept = await device.store.drafts.open(draft.uuid);
    expect(kept.draft.body.place).toBe("Casa 29");
    const [one, two] = kept.draft.media;
    expect(one!.sha256).toBe(two!.sha256);
    expect(one!.id).not.toBe(two!.id);
    expect(await (await kept.readMedia(two!.id)).text()).toBe("Ángela Epiayú photo");
});

test("a second tab on one draft only reads, until the first lets go", async () => {
    const device = new TestDevice();
    await device.enrolled();
    const first = await written(device);
    const tab = new TestDevice(device.server, device);
    await tab.start();
    await tab.store.session.unlock(device.store.session.state.value.profile!, PIN);
    const second = await tab.store.drafts.open(first.uuid);
    expect([first.readOnly, second.readOnly]).toEqual([false, true]);
    expect(await code(second.save({ place: "other" }))).toBe("read-only");
    await first.release();
    const third = await tab.store.drafts.open(first.uuid);
    await third.save({ place: "third" });
    expect((await device.store.drafts.read(first.uuid)).body.place).toBe("third");
    expect(device.store.drafts.list.value).toHaveLength(1);
});

test("logging out and removing a vault with unsent work is refused with the count", async () => {
    const device = new TestDevice();
    const store = await device.enrolled();
    await written(device);
    const refused = await store.session.logOut().catch((problem: FieldError) => problem);
    expect(refused).toMatchObject({ code: "unsent", detail: { count: 1 } });
    const profile = store.session.state.value.profile!;
    await store.session.lock();
    await expect.poll(async () => (await device.registry.vaults.get(profile))!.atRisk).toBe(1);
    expect(await code(store.session.forget(profile))).toBe("unsent");
    expect(await code(store.session.forget(profile, 2))).toBe("unsent");
    await store.session.forget(profile, 1);
    expect(store.session.state.value).toMatchObject({ phase: "empty", profiles: [] });
    expect(await Dexie.exists(`campo-${profile}`)).toBe(false);
});

test("logging out with everything sent leaves nothing on the device", async () => {
    const device = new TestDevice();
    const store = await device.enrolled();
    const profile = store.session.state.value.profile!;
    await store.session.logOut();
    expect(store.session.state.value.phase).toBe("empty");
    expect(await Dexie.exists(`campo-${profile}`)).toBe(false);
    expect(device.server.loggedIn).toBe(false);
});

test("wrong PINs cost time, also over a restart, and erase nothing", async () => {
    const device = new TestDevice();
    const store = await device.enrolled();
    await written(device);
    const profile = store.session.state.value.profile!;
    await store.session.lock();
    for (const expected of ["pin", "pin", "pin", "pin", "wait", "wait"]) {
        await device.start();
        expect(await code(device.store.session.unlock(profile, "000001"))).toBe(expected);
    }
    expect(await code(device.store.session.unlock(profile, PIN))).toBe("wait");
    device.now += 31_000;
    await device.store.session.unlock(profile, PIN);
    expect(device.store.drafts.list.value).toHaveLength(1);
    expect([4, 5, 6, 30].map(waitAfterFailures)).toEqual([0, 30_000, 60_000, 3_600_000]);
});

test("a PIN can be changed; the old one opens no more", async () => {
    const device = new TestDevice();
    const store = await device.enrolled();
    const profile = store.session.state.value.profile!;
    expect(await code(store.session.changePin(PIN, "123456"))).toBe("weak-pin");
    await store.session.changePin(PIN, "730164");
    await store.session.lock();
    expect(await code(store.session.unlock(profile, PIN))).toBe("pin");
    await store.session.unlock(profile, "730164");
    expect(store.session.state.value.user?.fullName).toBe("Ana Gómez");
});

test("a device without room says so and keeps what it had", async () => {
    const device = new TestDevice();
    await device.enrolled();
    const draft = await written(device);
    const real = IDBObjectStore.prototype.put;
    // No browser here fills up on demand: the write fails as one does.
    IDBObjectStore.prototype.put = function put() {
        throw new DOMException("full", "QuotaExceededError");
    };
    try {
        expect(await code(draft.save({ place: "lost?" }))).toBe("quota");
        expect(await code(draft.addMedia(jpeg("x"), "x.jpg", "photo"))).toBe("quota");
    } finally {
        IDBObjectStore.prototype.put = real;
    }
    expect(draft.draft.media).toHaveLength(1);
    await draft.save({ end_time: "10:00:00" });
    expect((await device.store.drafts.read(draft.uuid)).body).toMatchObject({ place: "lost?", end_time: "10:00:00" });
});

test("one damaged row keeps nobody from the others", async () => {
    const device = new TestDevice();
    const store = await device.enrolled();
    const good = await written(device);
    const bad = await written(device);
    const db = await new Dexie(`campo-${store.session.state.value.profile}`).open();
    await db.table("heads").put({ id: bad.uuid, sealed: new Uint8Array(40) });
    db.close();
    await device.restart();
    expect(device.store.drafts.list.value.map((one) => one.uuid)).toEqual([good.uuid]);
});

test("a logout without a network is finished before anybody else is asked for", async () => {
    const device = new TestDevice();
    const store = await device.enrolled();
    device.server.fate = () => "request lost";
    await store.session.logOut();
    expect(store.session.state.value.phase).toBe("empty");
    expect(device.server.loggedIn).toBe(true);
    device.server.fate = () => "arrives";
    expect(await store.session.serverUser()).toBeNull();
    expect(device.server.loggedIn).toBe(false);
});

test("search needs no accents, finds parts of numbers and beginnings of words", () => {
    const index = new SearchIndex();
    index.put({ kind: "person", id: "1", title: "Ángela Núñez", detail: "", family: null }, ["Ángela Núñez", "40187654"]);
    index.put({ kind: "person", id: "2", title: "José Peña", detail: "", family: null }, ["José Peña", "50000000"]);
    const find = (words: string) => index.find(words, ["person"], 10).map((hit) => hit.id);
    expect(find("nunez ang")).toEqual(["1"]);
    expect(find("4018")).toEqual(["1"]);
    expect(find("PENA")).toEqual(["2"]);
    expect(find("ngela")).toEqual([]);
    expect(find("")).toEqual(["1", "2"]);
});

test("file names are made unique in their acta", () => {
    expect(freeName("a.jpg", [])).toBe("a.jpg");
    expect(freeName("a.jpg", ["a.jpg", "a-2.jpg"])).toBe("a-3.jpg");
    expect(freeName("note", ["note"])).toBe("note-2");
});

test("two people of a shared tablet with the same initials tell theirs apart", async () => {
    const device = new TestDevice();
    await device.enrolled();
    await device.store.session.lock();
    await device.store.session.enroll(PIN, "Tableta");
    await device.store.session.lock();
    const { profiles } = device.store.session.state.value;
    expect(profiles.map((one) => one.label).sort()).toEqual(["AG", "AG 2"]);
});
