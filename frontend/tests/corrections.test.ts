// Corrections of records: what is left of two, what travels, what comes back; and the fields that are typed.
import { describe, expect, test } from "vitest";
import { begun, changed, readNumber, takenUp, troubleOf, withOwn } from "../src/corrections/fields";
import { gapsOf } from "../src/acta/missing";
import type { CorrectionField, ProposedChange } from "../src/store/api";
import { joined, type ProposedChanges } from "../src/store/proposed_changes";
import { TestDevice } from "./support/store";

const FAMILY = "family/FAM-00001";
const shown = (device: TestDevice) => device.store.outbox.changes.value.map((one) => [one.state, one.base, one.values]);
const stored = (device: TestDevice) => device.server.visible.get(FAMILY)!.data as Record<string, unknown>;

async function known(): Promise<TestDevice> {
    const device = new TestDevice();
    await device.enrolled();
    device.server.writeInDesk(FAMILY, { zone: "Rural", notes: null });
    await device.sync();
    return device;
}

const propose = (device: TestDevice, base: Record<string, unknown>, values: Record<string, unknown>) =>
    device.store.records.propose("Family", "FAM-00001", base, values);

test("two of one record that wait become one, and what is taken back again is no correction", async () => {
    const device = await known();
    device.server.loggedIn = false;
    await propose(device, { notes: null }, { notes: "Vive al lado" });
    await propose(device, { notes: "Vive al lado", zone: "Rural" }, { notes: "Vive en frente", zone: "Urban" });
    expect(shown(device)).toEqual([["ready", { notes: null, zone: "Rural" }, { notes: "Vive en frente", zone: "Urban" }]]);
    expect(await propose(device, { notes: "Vive en frente", zone: "Urban" }, { notes: null, zone: "Rural" })).toBeNull();
    expect(shown(device)).toEqual([]);
    expect(device.store.outbox.atRisk.value).toBe(0);
});

test("what has left the device does not come back by a reading that had begun before", async () => {
    const device = await known();
    await propose(device, { zone: "Rural" }, { zone: "Urban" });
    await device.sync();
    const { changes } = (device.store as unknown as { opened: { value: { changes: ProposedChanges } } }).opened.value;
    // A slow phone: what was read comes when the rows are already gone.
    const slow = changes as unknown as { read: () => Promise<unknown> };
    const read = slow.read.bind(changes);
    let goOn = () => {};
    const gone = new Promise<void>((done) => (goOn = done));
    slow.read = async () => {
        const rows = await read();
        await gone;
        return rows;
    };
    const reading = changes.load();
    await new Promise((done) => setTimeout(done, 100));
    slow.read = read;
    await changes.prune(Date.now() + 60_000);
    goOn();
    await reading;
    expect(shown(device)).toEqual([]);
});

test("one whose reply was lost is not touched: the next one builds on it, and both arrive", async () => {
    const device = await known();
    device.server.fate = (path) => (path === "batches.push" ? "reply lost" : "arrives");
    await propose(device, { notes: null }, { notes: "Primera" });
    await device.sync();
    const [first] = device.store.outbox.changes.value;
    expect(first).toMatchObject({ state: "ready", mayWithdraw: false });
    await expect(device.store.outbox.withdraw(first!.uuid)).rejects.toMatchObject({ code: "read-only" });
    await propose(device, { notes: "Primera" }, { notes: "Segunda" });
    device.server.fate = () => "arrives";
    await device.sync();
    expect(shown(device).map(([state]) => state)).toEqual(["sent", "sent"]);
    expect(stored(device).notes).toBe("Segunda");
    expect(stored(device).open_conflicts).toEqual([]);
    expect(device.store.sync.status.value.safe).toBe(true);
});

test("other fields merge, the same field waits for a decision, and the decision ends it on the device", async () => {
    const device = await known();
    device.server.writeInDesk(FAMILY, { zone: "Urban" });
    await propose(device, { zone: "Rural", notes: null }, { zone: "Otra", notes: "Nueva" });
    await device.sync();
    expect(stored(device)).toMatchObject({ zone: "Urban", notes: "Nueva" });
    expect(shown(device).map(([state]) => state)).toEqual(["conflict"]);
    expect(device.store.outbox.unsent.value).toBe(0);
    await device.sync();
    expect(shown(device).map(([state]) => state)).toEqual(["conflict"]);
    device.server.writeInDesk(FAMILY, { zone: "Otra" });
    await device.sync();
    expect(shown(device).map(([state]) => state)).toEqual(["sent"]);
});

test("one that was refused says why, keeps the phone from logging out, and can be mended or undone", async () => {
    const device = await known();
    device.server.refuses = ({ values }) => (values.zone === "Nowhere" ? "No such zone" : null);
    await propose(device, { zone: "Rural" }, { zone: "Nowhere" });
    await device.sync();
    expect(device.store.outbox.changes.value[0]).toMatchObject({ state: "refused", message: "No such zone", mayWithdraw: true });
    await expect(device.store.session.logOut()).rejects.toMatchObject({ code: "unsent" });
    await propose(device, { zone: "Nowhere" }, { zone: "Urban" });
    expect(shown(device)).toEqual([["ready", { zone: "Rural" }, { zone: "Urban" }]]);
    await device.sync();
    expect(stored(device).zone).toBe("Urban");
    await propose(device, { zone: "Urban" }, { zone: "Nowhere" });
    await device.sync();
    const bad = device.store.outbox.changes.value.find((one) => one.state === "refused")!;
    await device.store.outbox.withdraw(bad.uuid);
    expect(device.store.outbox.atRisk.value).toBe(0);
});

test("they outlive the app", async () => {
    const device = await known();
    device.server.loggedIn = false;
    await propose(device, { notes: null }, { notes: "Antes del apagón" });
    const store = await device.restart();
    expect(store.outbox.changes.value).toMatchObject([{ state: "ready", values: { notes: "Antes del apagón" } }]);
});

const begin = (device: TestDevice, typed: Record<string, string>, name = "FAM-00001") =>
    device.store.corrections.keep({ doctype: "Family", name, family: name, title: "Epiayú", base: { notes: null }, typed, changedAt: Date.now() });

test("what is half typed outlives the app, counts as work at risk, and goes when it is thrown away", async () => {
    const device = await known();
    await Promise.all([..."Vive al l"].map((_letter, at) => begin(device, { notes: "Vive al l".slice(0, at + 1) })));
    expect(device.store.sync.status.value.safe).toBe(false);
    await expect(device.store.session.logOut()).rejects.toMatchObject({ code: "unsent", detail: { count: 1 } });
    const store = await device.restart();
    expect(store.corrections.list.value).toMatchObject([{ name: "FAM-00001", base: { notes: null }, typed: { notes: "Vive al l" } }]);
    expect(stored(device).notes).toBeNull();
    await store.corrections.discard("Family", "FAM-00001");
    expect(store.outbox.atRisk.value).toBe(0);
    expect((await device.restart()).corrections.list.value).toEqual([]);
});

test("two tabs that write of two families keep both; one letter more of the first is the first one's", async () => {
    const device = await known();
    const other = new TestDevice(device.server, device);
    await other.start();
    await other.store.session.unlock(device.store.session.state.value.profile!, "482913");
    await Promise.all([begin(device, { notes: "Una" }), begin(other, { notes: "Otra" }, "FAM-00002"), begin(device, { notes: "Una m" })]);
    const seen = (one: TestDevice) => one.store.corrections.list.value.map(({ name, typed }) => [name, typed.notes]).sort();
    await expect.poll(() => seen(device)).toEqual([["FAM-00001", "Una m"], ["FAM-00002", "Otra"]]);
    await expect.poll(() => seen(other)).toEqual(seen(device));
});

test("the app that ends between the outbox and the draft begins with the outbox alone; what says more stays begun", async () => {
    const device = await known();
    device.server.loggedIn = false;
    await begin(device, { notes: "Vive al lado" });
    await propose(device, { notes: null }, { notes: "Vive al lado" });
    await device.restart();
    await expect.poll(() => device.store.corrections.list.value).toEqual([]);
    await begin(device, { notes: "Vive al lado, casa azul" });
    expect((await device.restart()).corrections.list.value).toHaveLength(1);
});

const field = (fieldname: string, fieldtype = "Data", required = false): CorrectionField => ({ fieldname, fieldtype, label: {}, required, length: 140, options: [] });

describe("fields", () => {
    test("only what differs travels; numbers as numbers, nothing as null", () => {
        const fields = [field("family_name"), field("notes"), field("latitude", "Float"), field("jobs", "Int")];
        const seen = { family_name: "Epiayú", notes: null, latitude: 11.3, jobs: 0 };
        expect(changed(fields, seen, { family_name: " Epiayú ", notes: "", latitude: "11,35", jobs: "" })).toEqual({ base: { latitude: 11.3 }, values: { latitude: 11.35 } });
        expect(changed(fields, seen, { family_name: "Uriana", notes: "x", latitude: "11.3", jobs: "2" }).values).toEqual({ family_name: "Uriana", notes: "x", jobs: 2 });
    });

    test("what was begun is kept as it was typed, also what is no number yet; spaces and what stands there anyway are nothing", () => {
        const fields = [field("family_name"), field("notes"), field("jobs", "Int"), field("started_on", "Date")];
        const seen = { family_name: "Epiayú", notes: null, jobs: 0, started_on: "2021-02-03 00:00:00" };
        const typed = { family_name: "Epiayú ", notes: "Vive al", jobs: "do", started_on: "2021-02-03" };
        expect(begun(fields, seen, typed)).toEqual({ base: { notes: null, jobs: 0 }, typed: { notes: "Vive al", jobs: "do" } });
    });

    test("what was begun is taken up over what the record says now; what it says anyway is begun no longer", () => {
        const fields = [field("notes"), field("zone"), field("jobs", "Int")];
        const draft = { base: { notes: null, zone: "Rural", jobs: 0 }, typed: { notes: "Del campo", zone: "Urban", jobs: "2" } };
        const now = { notes: "De la oficina", zone: "Urban", jobs: 0, family_name: "Epiayú" };
        expect(takenUp(fields, now, draft)).toEqual({
            seen: { notes: null, zone: "Urban", jobs: 0, family_name: "Epiayú" },
            typed: { notes: "Del campo", zone: "Urban", jobs: "2" },
            count: 2,
            meanwhile: [{ field: fields[0], now: "De la oficina" }],
        });
        expect(takenUp(fields, now, null)).toMatchObject({ seen: now, typed: { notes: "De la oficina", zone: "Urban", jobs: "" }, count: 0 });
    });

    test("what cannot be is named", () => {
        expect(troubleOf(field("family_name", "Data", true), "  ")).toBe("required");
        expect(troubleOf(field("jobs", "Int"), "2,5")).toBe("number");
        expect(troubleOf(field("latitude", "Float"), "91")).toBe("range");
        expect(troubleOf(field("notes"), "")).toBeNull();
        expect(readNumber("1e9", false)).toBeNull();
    });

    test("own corrections lie over what the server sent until it has them", () => {
        const change = (state: ProposedChange["state"], values: object) => ({ state, values }) as ProposedChange;
        const seen = withOwn({ zone: "Rural", notes: "a" }, [change("sent", { notes: "z" }), change("refused", { notes: "b" }), change("ready", { notes: "c" })]);
        expect(seen).toEqual({ zone: "Rural", notes: "c" });
        expect(joined({ base: { zone: "Rural" }, values: { zone: "Urban" } }, { base: { zone: "Urban" }, values: { zone: "Rural" } }).values).toEqual({});
    });
});

describe("an acta that corrects another", () => {
    test("needs its reason", () => {
        const body = { family: "Epiayú", beneficiary: null, productive_unit: null, community: null, visit_date: "2026-11-01", participants: [], amends: "ACTA-1", amendment_reason: " " };
        expect(gapsOf(body, "any", 0, "2026-11-22").map((one) => one.kind)).toEqual(["amendment", "nobody"]);
    });
});
