// Corrections of records: what is left of two, what travels, what comes back; and the fields that are typed.
import { describe, expect, test } from "vitest";
import { changed, readNumber, troubleOf, withOwn } from "../src/corrections/fields";
import { gapsOf } from "../src/acta/missing";
import type { CorrectionField, ProposedChange } from "../src/store/api";
import { joined } from "../src/store/proposed_changes";
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

const field = (fieldname: string, fieldtype = "Data", required = false): CorrectionField => ({ fieldname, fieldtype, label: {}, required, length: 140, options: [] });

describe("fields", () => {
    test("only what differs travels; numbers as numbers, nothing as null", () => {
        const fields = [field("family_name"), field("notes"), field("latitude", "Float"), field("jobs", "Int")];
        const seen = { family_name: "Epiayú", notes: null, latitude: 11.3, jobs: 0 };
        expect(changed(fields, seen, { family_name: " Epiayú ", notes: "", latitude: "11,35", jobs: "" })).toEqual({ base: { latitude: 11.3 }, values: { latitude: 11.35 } });
        expect(changed(fields, seen, { family_name: "Uriana", notes: "x", latitude: "11.3", jobs: "2" }).values).toEqual({ family_name: "Uriana", notes: "x", jobs: 2 });
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
