// Authorisations and fingerprints on the device: who said what, what travels, and what is forgotten.
import { expect, test } from "vitest";
import type { DecisionBody, Fingerprint, Participant } from "../src/store/api";
import { lackOf } from "../src/acta/missing";
import { PERSON, TestDevice } from "./support/store";

const BODY: DecisionBody = {
    beneficiary: "BEN-00001", authorisation_text: "AUT-Biometrics-1", decision: "Granted", given_on: "2026-11-22T10:00:00-05:00", given_by: "The Person",
    representative: null, representative_name: null, representative_document: null, representation_basis: null,
    strokes: [[{ x: 1, y: 2, t: 3, p: 0.5 }]], by_witness: false, cannot_sign_reason: null, witness_name: null, witness_document: null,
};
const PRINT: Fingerprint = {
    source: "Software Reader", finger: "Right Index Finger", quality: 82, template: "Rk1SACAyMA", image: "iVBORw0KGgo", reader_serial: "SW-1",
    captured_at: "2026-11-22T10:00:00-05:00", kept: null,
};
const png = () => new Blob(["signature of Ángela"], { type: "image/png" });

function knows(device: TestDevice, biometrics: string | null, version: string) {
    device.server.visible.set("person/BEN-00001", { ...PERSON, version, data: { ...PERSON.data, biometrics } as never });
}

async function withPrint(device: TestDevice) {
    const draft = await device.store.drafts.create({ template: "home_visit-v1", family: "FAM-00001", visit_date: "2026-11-22", instance: "<a/>" });
    const participant = { uuid: crypto.randomUUID(), participant_name: "Ángela", beneficiary: "BEN-00001", fingerprint: PRINT } as unknown as Participant;
    await draft.save({ participants: [participant] });
    await draft.release();
    return { uuid: draft.uuid, participant };
}

const printOf = async (device: TestDevice, uuid: string) => (await device.store.drafts.read(uuid)).body.participants[0]!.fingerprint;
const records = (device: TestDevice, kind: string) => device.server.records.filter((one) => one.kind === kind);

test("a decision counts on the device at once, travels before the acta with its signature, and is what the server then says", async () => {
    const device = new TestDevice();
    const store = await device.enrolled();
    expect(await store.authorisations.answer("BEN-00001")).toBeNull();
    device.server.fate = () => "request lost";
    await store.authorisations.decide(BODY, "Autorización de Ángela", png());
    expect(await store.authorisations.answer("BEN-00001")).toBe("In Force");
    expect([store.outbox.unsent.value, store.sync.status.value.safe]).toEqual([1, false]);
    const { uuid } = await withPrint(device);
    await store.drafts.ready(uuid, true);
    await device.restart();
    expect(await device.store.authorisations.answer("BEN-00001")).toBe("In Force");
    device.server.fate = () => "arrives";
    knows(device, "In Force", "2");
    await device.sync();
    const kinds = device.server.records.map((one) => one.kind);
    expect(kinds).toEqual(["authorisation", "acta"]);
    const [sent] = records(device, "authorisation") as unknown as { body: Record<string, unknown>; files: { sha256: string }[] }[];
    expect(sent!.body).toMatchObject({ beneficiary: "BEN-00001", decision: "Granted", authorisation_text: "AUT-Biometrics-1", signature: sent!.files[0]!.sha256 });
    expect(sent!.body).not.toHaveProperty("by_witness");
    expect(device.store.outbox.decisions.value.map((one) => one.state)).toEqual(["sent"]);
    knows(device, "Revoked", "3");
    await device.sync();
    expect(await device.store.authorisations.answer("BEN-00001")).toBe("Revoked");
});

test("a witness's signature travels as a witness's, and a no needs none", async () => {
    const device = new TestDevice();
    const store = await device.enrolled();
    await store.authorisations.decide({ ...BODY, by_witness: true, witness_name: "Luis", cannot_sign_reason: "No sabe" }, "x", png());
    await store.authorisations.decide({ ...BODY, decision: "Refused", strokes: null }, "x", null);
    expect(await store.authorisations.answer("BEN-00001")).toBe("Refused");
    await device.sync();
    const [first, second] = records(device, "authorisation") as unknown as { body: Record<string, unknown>; files: { sha256: string }[] }[];
    expect(first!.body).toMatchObject({ witness_signature: first!.files[0]!.sha256, witness_name: "Luis" });
    expect(first!.body).not.toHaveProperty("signature");
    expect([second!.files, second!.body.signature]).toEqual([[], null]);
});

test("an answer that names no file of an authorisation is no confirmation", async () => {
    const device = new TestDevice();
    const store = await device.enrolled();
    device.server.forgetFiles = true;
    await store.authorisations.decide(BODY, "x", png());
    await device.sync();
    expect(store.outbox.decisions.value.map((one) => one.state)).toEqual(["ready"]);
    device.server.forgetFiles = false;
    await device.sync();
    expect(store.outbox.decisions.value.map((one) => one.state)).toEqual(["sent"]);
});

test("a capture that the server keeps is forgotten here, and goes on by its name", async () => {
    const device = new TestDevice();
    const store = await device.enrolled();
    const { uuid, participant } = await withPrint(device);
    expect(lackOf(participant)).toBeNull();
    device.server.prints = { fingerprints: [{ uuid: participant.uuid, name: "print-1" }], fingerprints_refused: [] };
    await store.drafts.ready(uuid, false);
    await device.sync();
    expect(await printOf(device, uuid)).toMatchObject({ template: null, image: null, kept: "print-1", quality: 82 });
    await store.drafts.reopen(uuid);
    await store.drafts.ready(uuid, false);
    await device.sync();
    const sent = records(device, "acta").map((one) => (one.body as { participants: { fingerprint: object }[] }).participants[0]!.fingerprint);
    expect(Object.keys(sent[0]!)).not.toContain("kept");
    expect(sent[1]).toEqual({ kept: "print-1" });
});

test("a capture that the server refuses is forgotten, and the acta waits for another signature", async () => {
    const device = new TestDevice();
    const store = await device.enrolled();
    const { uuid, participant } = await withPrint(device);
    device.server.prints = { fingerprints: [], fingerprints_refused: [participant.uuid] };
    await store.drafts.ready(uuid, false);
    await device.sync();
    expect(store.drafts.list.value[0]!.state).toBe("sent");
    expect(await printOf(device, uuid)).toBeNull();
    await store.drafts.reopen(uuid);
    expect(lackOf((await store.drafts.read(uuid)).body.participants[0]!)).toBe("unsigned");
});

test("when the pull brings a withdrawal, drafts forget the capture and others keep theirs", async () => {
    const device = new TestDevice();
    knows(device, "In Force", "1b");
    await device.enrolled();
    const { uuid } = await withPrint(device);
    await device.sync();
    expect(await printOf(device, uuid)).not.toBeNull();
    knows(device, "Revoked", "2");
    await device.sync();
    expect(await printOf(device, uuid)).toBeNull();
});

test("the text in force on a day is the newest of its purpose", async () => {
    const device = new TestDevice();
    const text = (name: string, valid_from: string, valid_to: string | null) => device.server.visible.set(`authorisation_text/${name}`, {
        kind: "authorisation_text", id: name, version: "1", data: { name, title: "Huella", purpose: "Biometrics", version: name, valid_from, valid_to, text: "Texto" },
    });
    text("old", "2020-01-01", "2026-06-30");
    text("new", "2026-07-01", null);
    text("later", "2027-01-01", null);
    const store = await device.enrolled();
    expect((await store.authorisations.text("2026-06-30"))?.name).toBe("old");
    expect((await store.authorisations.text("2026-11-22"))?.name).toBe("new");
    expect(await store.authorisations.text("2019-01-01")).toBeNull();
});
