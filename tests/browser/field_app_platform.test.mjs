// The field app without a network: a cold start, an acta written, the app ended, the network back, exactly one acta. What other
// tools lost, rule by rule, is in field_regressions.test.mjs.

import assert from "node:assert/strict";
import { before } from "node:test";
import { api, makeCommunity, makeFamily } from "./lib.mjs";
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

phoneTest("5,000 families and 500 actas on the device open and are searched without a wait", async ({ wire, phone }) => {
    const FAMILIES = 5000;
    const PAGE = 1000;
    const rows = [];
    for (let number = 0; number < FAMILIES; number += 1) {
        const id = `FAM-9${String(number).padStart(5, "0")}`;
        rows.push({ kind: "family", id, version: "1", data: { name: id, family_name: `Núñez ${number}`, status: "Active", community: place.community, notes: "x".repeat(120) } });
        const person = `BEN-9${number}`;
        rows.push({ kind: "person", id: person, version: "1", data: { name: person, full_name: `Ángela Núñez ${number}`, family: id, status: "Active", documents: [{ document_type: "CC", document_number: String(70_000_000 + number) }] } });
    }
    // The rows of a whole programme as the server would page them; everything else is the real server.
    await phone.context.route("**/*sync.changes.pull", async (route) => {
        const { page } = route.request().postDataJSON();
        const answer = await (await route.fetch()).json();
        const upserts = rows.slice(page * PAGE, (page + 1) * PAGE);
        const mine = page === 0 ? answer.message.upserts : [];
        const has_more = (page + 1) * PAGE < rows.length;
        const message = { ...(answer.message ?? {}), cursor: answer.message?.cursor ?? "made-up", page, has_more, full: true, total: rows.length, upserts: [...mine, ...upserts], gone: [] };
        await route.fulfill({ status: 200, json: { message } });
    });
    await phone.enroll(ROLE);
    const actas = await store(
        phone.page,
        async (app, family) => {
            const [template] = await app.templates.list();
            const began = performance.now();
            for (let number = 0; number < 500; number += 1) {
                const draft = await app.drafts.create({ template: template.template, family, visit_date: "2020-02-03", instance: `<a>${"y".repeat(4000)}</a>` });
                await draft.release();
            }
            return (performance.now() - began) / 500;
        },
        place.family,
    );
    // A round of sync may be under way: it goes with the browser.
    await phone.context.unrouteAll({ behavior: "ignoreErrors" });
    await phone.kill();
    await wire.cut();
    await phone.switchOn();
    await phone.open();
    const times = await store(
        phone.page,
        async (app, pin) => {
            const began = performance.now();
            await app.session.unlock(app.session.state.value.profiles[0].id, pin);
            const unlocked = performance.now();
            const drafts = app.drafts.list.value.length;
            await app.records.families();
            const known = performance.now();
            const hits = app.records.search("nunez 4321").length + app.records.search("70004321").length;
            app.records.search("angela nun");
            const searched = performance.now();
            return { unlock: unlocked - began, load: known - unlocked, search: (searched - known) / 3, drafts, hits };
        },
        PIN,
    );
    console.log(`one draft kept: ${actas.toFixed(1)} ms; ${JSON.stringify(times)}`);
    assert.equal(times.drafts, 500);
    assert.equal(times.hits, 3);
    assert.ok(times.unlock < 6000 && times.load < 15_000 && times.search < 100, JSON.stringify(times));
});
