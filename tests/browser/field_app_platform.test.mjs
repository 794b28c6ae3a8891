// The field app without a network: a cold start, an acta written, the app ended, the network back, exactly one acta. What other
// tools lost, rule by rule, is in field_regressions.test.mjs.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import path from "node:path";
import { before } from "node:test";
import { fileURLToPath } from "node:url";
import { api, makeCommunity, makeFamily, people } from "./lib.mjs";
import { onServer, phoneTest, PIN, states, store, sync, write } from "./field_app.mjs";

const ROLE = "Gestor";
const ADMIN = "System Manager";
const NAME = "Ipuanaxq Zárate";
let place;

before(async () => {
    const community = await makeCommunity(ADMIN, `Campo de prueba ${Date.now()}`, [ROLE]);
    place = { community, ...(await makeFamily(ADMIN, community, NAME)) };
});

phoneTest("with no network the app starts cold, keeps what is written, and sends it exactly once", async ({ wire, phone }) => {
    await phone.enroll(ROLE);
    await phone.installed();
    await phone.kill();
    await wire.cut();

    await phone.switchOn();
    const began = performance.now();
    await phone.open("/campo/familias");
    console.log(`cold start offline: ${Math.round(performance.now() - began)} ms`);
    await phone.unlock();
    const found = await store(phone.page, async (app) => {
        await app.records.families();
        return app.records.search("ipuanaxq zarate");
    });
    assert.ok(found.some((hit) => hit.kind === "family" && hit.id === place.family), "the family is found without accents");
    const uuid = await write(phone.page, { family: place.family });
    await phone.kill();

    await phone.switchOn();
    await phone.open();
    await phone.unlock();
    assert.deepEqual((await states(phone.page)).map((one) => one.slice(0, 2)), [[uuid, "ready"]]);
    assert.equal((await sync(phone.page)).errorCode, "offline");

    // Whoever sees that there is signal again need not wait for the app's own next attempt.
    await phone.page.locator(".nav-item").nth(3).click();
    const again = phone.page.getByRole("button", { name: "Enviar y recibir ahora", disabled: false });
    await again.waitFor();
    await wire.connect();
    await again.click();
    let last;
    for (let round = 0; round < 3; round += 1) last = await sync(phone.page);
    assert.deepEqual((await states(phone.page)).map((one) => one.slice(0, 2)), [[uuid, "sent"]], JSON.stringify([await states(phone.page), last]));
    assert.equal(last.safe, true);
    const actas = await onServer(uuid);
    assert.equal(actas.length, 1);
    assert.equal(actas[0].family, place.family);
    const files = await api(ADMIN, "GET", `/api/resource/File?filters=${encodeURIComponent(JSON.stringify({ attached_to_doctype: "Acta", attached_to_name: actas[0].name }))}`);
    assert.equal(files.length, 2);
    const acta = await api(ADMIN, "GET", `/api/resource/Acta/${actas[0].name}`);
    assert.ok(acta.participants[0].signature, "the signature arrived");
});

phoneTest("a revoked device is wiped at its next greeting", async ({ phone }) => {
    await phone.enroll(ROLE);
    await write(phone.page, { family: place.family, ready: false });
    const device = await store(phone.page, (app) => app.device.id.value);
    const rows = await api(ADMIN, "GET", `/api/resource/Field Device?filters=${encodeURIComponent(JSON.stringify({ device_id: device }))}`);
    assert.equal(rows.length, 1, "the supervisor sees the device");
    await api(ADMIN, "POST", "/api/method/social_crm.field_records.services.sync.devices.revoke", { row: rows[0].name, reason: "Perdida" });
    await sync(phone.page).catch(() => undefined);
    const session = await store(phone.page, (app) => app.session.state.value);
    assert.deepEqual([session.phase, session.profiles], ["revoked", []]);
    await phone.page.getByText("Motivo: Perdida").waitFor();
    await phone.page.getByText("Con los datos se borró 1 trabajo que el servidor no tenía").waitFor();
    const left = await phone.page.evaluate(async () => (await indexedDB.databases()).map((one) => one.name));
    assert.deepEqual(left.filter((name) => name !== "campo"), []);
});

phoneTest("a new version waits until no draft is open, and then starts", async ({ wire, phone }) => {
    await phone.enroll(ROLE);
    await phone.installed();
    await phone.open();
    await phone.unlock();
    const uuid = await write(phone.page, { family: place.family, ready: false });
    await store(phone.page, async (app, uuid) => void (globalThis.held = await app.drafts.open(uuid)), uuid);
    wire.newWorker = true;
    await store(phone.page, async (app) => {
        const registration = await navigator.serviceWorker.ready;
        await registration.update();
        for (let tries = 0; tries < 200 && !app.update.waiting.value; tries += 1) await new Promise((done) => setTimeout(done, 50));
    });
    assert.equal(await store(phone.page, (app) => app.update.waiting.value), true, "the new version is there and waits");
    await assert.rejects(store(phone.page, (app) => app.update.apply()), (problem) => problem.code === "open-draft");
    // The worker asks again by itself: an older page that says nothing of drafts cannot start it either.
    const still = await store(phone.page, async () => {
        const registration = await navigator.serviceWorker.ready;
        registration.waiting.postMessage("start-now");
        await new Promise((done) => setTimeout(done, 500));
        return Boolean(registration.waiting);
    });
    assert.equal(still, true);
    await store(phone.page, async (app) => {
        await globalThis.held.save({ place: "Guardado" });
        await globalThis.held.release();
    });
    const reloaded = phone.page.waitForEvent("load");
    await store(phone.page, (app) => app.update.apply()).catch(() => undefined);
    await reloaded;
    await phone.open();
    await phone.unlock();
    assert.equal(await store(phone.page, async (app, uuid) => (await app.drafts.read(uuid)).body.place, uuid), "Guardado");
    assert.equal(await store(phone.page, (app) => app.update.waiting.value), false);
});

phoneTest("an app that is too old for the server says so, sends nothing, loses nothing, and goes on once it is updated", async ({ wire, phone }) => {
    await phone.enroll(ROLE);
    const { page } = phone;
    let greeted = 0;
    wire.change = (asked, bytes) => {
        if (!asked.includes("handshake.greet")) return bytes;
        const text = bytes.toString("latin1");
        const newer = text.replace(/("min_version": ?)"\d\.\d\.\d"/, '$1"9.9.9"');
        if (newer !== text) greeted += 1;
        return Buffer.from(newer, "latin1");
    };
    wire.newWorker = true;
    const sentBefore = wire.requests.length;
    const uuid = await write(page, { family: place.family });
    await page.locator(".nav-item").nth(3).click();
    await page.getByText("Esta aplicación es demasiado antigua para el servidor").waitFor();
    await page.getByText("Todo está a salvo").waitFor({ state: "detached" });
    assert.ok(greeted > 0, "the server asked for a newer app");
    assert.deepEqual((await states(page)).map((one) => one.slice(0, 2)), [[uuid, "ready"]], "it waits, whole");
    assert.ok(!wire.requests.slice(sentBefore).some((one) => /batches\.push|changes\.pull/.test(one)), "nothing was sent or fetched");
    assert.equal((await onServer(uuid)).length, 0);
    // The newer app that the server wants is there: pressed once, the page itself is the new one.
    const update = page.getByRole("button", { name: "Actualizar" });
    await update.waitFor();
    wire.change = (asked, bytes) => bytes;
    const reloaded = page.waitForEvent("load");
    await update.click();
    await reloaded;
    await page.getByLabel("PIN").fill(PIN);
    await page.getByRole("button", { name: "Abrir" }).click();
    await page.locator('.safety[data-look="safe"]').waitFor();
    assert.deepEqual((await states(page)).map((one) => one.slice(0, 2)), [[uuid, "sent"]]);
    assert.equal((await onServer(uuid)).length, 1);
    assert.equal(await page.getByText("demasiado antigua").count(), 0);
});

// Gestors with so many families each, copied in the database, or what was copied taken away again.
const MANY = `
import json, os, sys
sys.path.insert(0, sys.argv[1])
import frappe
frappe.init(site=os.environ["FRAPPE_SITE"]); frappe.connect()
from local_bench.testing import many
from social_crm.social_crm import factories
if sys.argv[2] == "make":
    found = {}
    for number in map(int, sys.argv[3:]):
        community = factories.make_community()
        user = many.gestor(f"muchas.{frappe.generate_hash(length=8)}@example.com", community, frappe.generate_hash(length=16))
        found[number] = {**user, "community": community, "family": many.families(community, number)[0]}
    print(json.dumps(found))
else:
    for first in sys.argv[3:]:
        community = frappe.db.get_value("Family", first, "community")
        copies = frappe.get_all("Family", filters={"community": community, "name": ["!=", first]}, pluck="name")
        frappe.db.delete("Beneficiary", {"family": ["in", copies]})
        frappe.db.delete("Family", {"name": ["in", copies]})
frappe.db.commit(); frappe.destroy()
`;
const root = path.join(path.dirname(fileURLToPath(import.meta.url)), "..", "..");
const many = (...words) =>
    execFileSync(process.env.SOCIAL_CRM_BENCH_PYTHON, ["-c", MANY, root, ...words.map(String)], { cwd: process.env.FRAPPE_TEST_SITES, encoding: "utf-8" });

// `./run benchmark field_app` does the same with 5,000 families and 500 actas, on a machine that does nothing else.
phoneTest("a device with 2,000 families and 200 actas opens and is searched as one with 100 and 10 does", async ({ wire, phone, another }) => {
    const SIZES = [[100, 10], [2000, 200]];
    const found = JSON.parse(many("make", ...SIZES.map(([families]) => families)).trim().split("\n").at(-1));
    try {
        const phones = [phone, await another()];
        for (const [at, [number, actas]] of SIZES.entries()) {
            people[`with ${number}`] = found[number];
            await phones[at].enroll(`with ${number}`);
            await store(phones[at].page, async (app, [family, actas]) => {
                const [template] = await app.templates.list();
                const write = async () => (await app.drafts.create({ template: template.template, family, visit_date: "2020-02-03", instance: `<a>${"y".repeat(4000)}</a>` })).release();
                for (let made = 0; made < actas; made += 10) await Promise.all(Array.from({ length: 10 }, write));
            }, [found[number].family, actas]);
            await phones[at].kill();
        }
        await wire.cut();
        for (const one of phones) {
            await one.switchOn();
            await one.open();
        }
        // By turns: whatever else the machine does meets both.
        const best = SIZES.map(() => ({ unlock: Infinity, all: Infinity, search: Infinity }));
        for (let round = 0; round < 3; round += 1) {
            for (const [at, [number, actas]] of SIZES.entries()) {
                const { hits, families, drafts, ...times } = await store(phones[at].page, async (app, [pin, words]) => {
                    const began = performance.now();
                    await app.session.unlock(app.session.state.value.profiles[0].id, pin);
                    const unlocked = performance.now();
                    const drafts = app.drafts.list.value.length;
                    const families = (await app.records.families()).length;
                    const known = performance.now();
                    let hits = 0;
                    for (let time = 0; time < 20; time += 1) hits = app.records.search(words).length;
                    const search = (performance.now() - known) / 20;
                    await app.session.lock();
                    return { unlock: unlocked - began, all: known - began, search, hits, families, drafts };
                }, [PIN, `epiayu${String(number - 1).padStart(5, "0")}`]);
                assert.deepEqual([families, drafts, hits], [number, actas, 2]);
                for (const [what, time] of Object.entries(times)) best[at][what] = Math.min(best[at][what], time);
            }
        }
        console.log(JSON.stringify(best));
        const [few, full] = best;
        const share = SIZES[1][0] / SIZES[0][0];
        assert.ok(full.unlock < 4 * few.unlock, `opening does not grow with what is on the device: ${full.unlock} against ${few.unlock} ms`);
        assert.ok(full.all < share * few.all, `until all is found it grows less than the device: ${full.all} against ${few.all} ms`);
        assert.ok(full.search < 2 * share * Math.max(few.search, 0.5), `a search grows no faster than the device: ${full.search} against ${few.search} ms`);
    } finally {
        many("remove", ...Object.values(found).map((one) => one.family));
    }
});
