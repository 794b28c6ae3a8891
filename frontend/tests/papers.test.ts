// Actas of the server that were opened on the device: what opens again without a network, and what goes.
import { expect, test } from "vitest";
import { beginAmendment, readPaper } from "../src/acta/paper";
import type { TemplatePackage } from "../src/store/api";
import { LONGEST, MOST_BYTES, type KeptPapers } from "../src/store/kept_papers";
import { TEMPLATE, TestDevice } from "./support/store";

const URL = "/private/files/foto.jpg";
const photo = new Blob([new Uint8Array(1000).fill(7)], { type: "image/jpeg" });

function show(device: TestDevice, name: string, { status = "Closed", version = "1", template = "home_visit-v1", words = "Secretoxq", instance = "<home_visit/>" } = {}) {
    const file = { name: "foto.jpg", url: `${URL}?${name}`, size: 1000, type: "image/jpeg" };
    const data = { name, uuid: null, title: words, template, visit_date: "2026-11-01", status, family: "FAM-00001", version };
    device.server.visible.set(`acta/${name}`, { kind: "acta", id: name, version: `${status}${version}`, data });
    device.server.papers.set(name, { name, template, status, files: [file], title: words, instance, participants: [], commitments: [] });
    device.server.files.set(file.url, photo);
}

async function known(): Promise<TestDevice> {
    const device = new TestDevice();
    show(device, "ACTA-1");
    await device.enrolled();
    return device;
}

const offline = (device: TestDevice) => (device.server.fate = () => "request lost");
const online = (device: TestDevice) => (device.server.fate = () => "arrives");
const asked = (device: TestDevice, path: string) => device.server.calls.filter((one) => one === path).length;
const papersOf = (device: TestDevice) => (device.store as unknown as { opened: { value: { papers: KeptPapers } } }).opened.value.papers;

test("one that was opened opens again without a network, with the photos that were fetched; one that was not does not", async () => {
    const device = await known();
    show(device, "ACTA-2");
    await device.sync();
    const first = await device.store.records.readActa("ACTA-1");
    expect([first.keptAt, first.hasFiles]).toEqual([null, false]);
    await device.store.records.readFile("ACTA-1", first.files[0]!.url);
    await device.restart();
    offline(device);
    const again = await device.store.records.readActa("ACTA-1");
    expect(again).toMatchObject({ title: "Secretoxq", keptAt: null, hasFiles: true });
    const kept = await device.store.records.readFile("ACTA-1", again.files[0]!.url);
    expect([kept.type, kept.size]).toEqual(["image/jpeg", 1000]);
    expect([...device.store.records.keptActas.value]).toEqual(["ACTA-1"]);
    await expect(device.store.records.readActa("ACTA-2")).rejects.toMatchObject({ code: "offline" });
});

test("a closed one that nothing changed is not asked for again; any other is, and its copy says from when it is", async () => {
    const device = await known();
    show(device, "ACTA-3", { status: "Draft" });
    await device.sync();
    for (const name of ["ACTA-1", "ACTA-1", "ACTA-3", "ACTA-3"]) await device.store.records.readActa(name);
    expect(asked(device, "papers.acta")).toBe(3);
    show(device, "ACTA-1", { version: "2", words: "Otra" });
    await device.sync();
    offline(device);
    const copy = await device.store.records.readActa("ACTA-1");
    expect(copy.title).toBe("Secretoxq");
    expect(copy.keptAt).toBeGreaterThan(Date.now() - 60_000);
    online(device);
    expect(await device.store.records.readActa("ACTA-1")).toMatchObject({ title: "Otra", keptAt: null });
});

test("what is no longer theirs is wiped, with its photos; nothing of it is readable in the raw store before", async () => {
    const device = await known();
    const { files } = await device.store.records.readActa("ACTA-1");
    await device.store.records.readFile("ACTA-1", files[0]!.url);
    const { db } = (papersOf(device) as unknown as { vault: { db: { state: { toArray(): Promise<object[]> }; blobs: { count(): Promise<number> } } } }).vault;
    const raw = (await db.state.toArray()).map((row) => JSON.stringify(row, (_key, value: unknown) => (value instanceof Uint8Array ? new TextDecoder().decode(value) : value))).join();
    expect(raw).not.toMatch(/Secretoxq|ACTA-1/);
    expect(await db.blobs.count()).toBe(1);
    const rows = (await db.state.toArray()).length;
    device.server.visible.delete("acta/ACTA-1");
    await device.sync();
    expect([...device.store.records.keptActas.value]).toEqual([]);
    expect([(await db.state.toArray()).length, await db.blobs.count()]).toEqual([rows - 1, 0]);
    await expect(device.store.records.readActa("ACTA-1")).rejects.toMatchObject({ code: "server" });
});

test("the server's word that one is not theirs any more wipes it before the next pull does", async () => {
    const device = await known();
    show(device, "ACTA-1", { status: "Draft" });
    await device.sync();
    await device.store.records.readActa("ACTA-1");
    device.server.visible.delete("acta/ACTA-1");
    await expect(device.store.records.readActa("ACTA-1")).rejects.toMatchObject({ code: "server" });
    expect([...device.store.records.keptActas.value]).toEqual([]);
});

test("the ones opened last stay within the room there is; old ones, and all of them when room is asked for, go; work does not", async () => {
    const device = await known();
    show(device, "ACTA-4");
    await device.sync();
    for (const name of ["ACTA-1", "ACTA-4"]) await device.store.records.readActa(name);
    const draft = await device.store.drafts.create({ template: "home_visit-v1", family: "FAM-00001", visit_date: "2026-11-22" });
    await draft.release();
    const { url } = (await device.store.records.readActa("ACTA-4")).files[0]!;
    await papersOf(device).keepFile("ACTA-4", url, new Blob([new Uint8Array(MOST_BYTES - 400)]));
    expect([...device.store.records.keptActas.value]).toEqual(["ACTA-4"]);
    const { now } = Date;
    Date.now = () => now() + LONGEST + 1;
    try {
        await papersOf(device).prune(() => true);
    } finally {
        Date.now = now;
    }
    expect([...device.store.records.keptActas.value]).toEqual([]);
    await device.store.records.readActa("ACTA-1");
    expect(await device.store.device.freeSpace()).toBeGreaterThan(0);
    expect([...device.store.records.keptActas.value]).toEqual([]);
    expect(device.store.drafts.list.value.map((one) => one.uuid)).toEqual([draft.uuid]);
});

const OLD = { ...(TEMPLATE.data as unknown as TemplatePackage), template: "home_visit-v0", version: 0, status: "Withdrawn" as const, hash: "old", html: "<form>old</form>" };

test("a closed acta of a version that the device lacks is amended: it comes with the acta, stays while the draft does, also offline", async () => {
    const device = await known();
    show(device, "ACTA-5", { template: "home_visit-v0", instance: "" });
    device.server.forms.set("home_visit-v0", OLD);
    await device.sync();
    await readPaper(device.store, "ACTA-5");
    await device.restart();
    offline(device);
    const { uuid } = await beginAmendment(device.store, await readPaper(device.store, "ACTA-5"), "Estaba mal");
    expect((await device.store.templates.load("home_visit-v0")).html).toBe("<form>old</form>");
    expect((await device.store.templates.list()).map((one) => one.template)).toEqual(["home_visit-v1"]);
    online(device);
    await device.store.device.freeSpace();
    device.server.acknowledged = null; // the server has forgotten the device: all comes again
    await device.sync();
    expect((await device.store.templates.load("home_visit-v0")).html).toBe("<form>old</form>");
    expect(device.store.drafts.list.value.find((one) => one.uuid === uuid)).toMatchObject({ state: "draft" });
});

test("a version that is nowhere on the device is fetched with a network, and without one that is what is said", async () => {
    const device = await known();
    show(device, "ACTA-6", { template: "home_visit-v0", instance: "" });
    device.server.forms.set("home_visit-v0", OLD);
    await device.sync();
    const paper = { ...(await readPaper(device.store, "ACTA-6")), form: null };
    await device.store.device.freeSpace();
    offline(device);
    await expect(beginAmendment(device.store, paper, "Estaba mal")).rejects.toMatchObject({ code: "template-offline" });
    expect(device.store.drafts.list.value).toEqual([]);
    online(device);
    await beginAmendment(device.store, paper, "Estaba mal");
    expect(device.store.drafts.list.value).toHaveLength(1);
});
