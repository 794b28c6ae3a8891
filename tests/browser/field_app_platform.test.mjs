// The field app without a network: a cold start, an acta written, the app ended, the network back, exactly one acta.

import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { before, test } from "node:test";
import { api, makeCommunity, makeFamily, output } from "./lib.mjs";
import { PIN, Phone, store, Wire } from "./field_app.mjs";

const ROLE = "Gestor";
const ADMIN = "System Manager";
const NAME = "Ipuanaxq Zárate";
let place;

before(async () => {
    const community = await makeCommunity(ADMIN, `Campo de prueba ${Date.now()}`, [ROLE]);
    place = { community, ...(await makeFamily(ADMIN, community, NAME)) };
});

function phoneTest(title, body) {
    test(title, { timeout: 180_000 }, async () => {
        const wire = new Wire();
        await wire.connect();
        const phone = new Phone(wire);
        try {
            await phone.switchOn();
            await phone.open();
            await body({ wire, phone });
            assert.deepEqual(phone.problems, [], "errors of scripts on the page");
        } catch (problem) {
            const name = title.toLowerCase().replace(/[^a-z0-9]+/g, "-").slice(0, 80);
            await phone.page?.screenshot({ path: path.join(output, `FAILED-${name}.png`) }).catch(() => {});
            throw problem;
        } finally {
            await phone.throwAway();
            await wire.cut().catch(() => {});
        }
    });
}

/** Writes an acta with a photo through the store and puts it into the outbox. */
async function write(page, { family, ready = true, text = "Todo bien" }) {
    return store(
        page,
        async (app, { family, ready, text }) => {
            const [template] = await app.templates.list();
            const found = await app.templates.load(template.template);
            const instance = new DOMParser().parseFromString(found.model, "text/xml").querySelector("instance > *");
            for (const node of instance.querySelectorAll("*")) if (!node.children.length && /objetivo|desarrollo/.test(node.localName)) node.textContent = text;
            const draft = await app.drafts.create({ template: template.template, family, visit_date: "2020-02-03" });
            await draft.save({ instance: new XMLSerializer().serializeToString(instance), place: "Casa" });
            const canvas = Object.assign(document.createElement("canvas"), { width: 300, height: 200 });
            canvas.getContext("2d").fillText(text, 20, 40);
            const image = (type) => new Promise((done) => canvas.toBlob(done, type));
            const first = await draft.addMedia(await image("image/png"), "firma.png", "signature");
            // The same photo twice: two attachments.
            for (const name of ["foto.jpg", "foto.jpg"]) await draft.addMedia(await image("image/jpeg"), name, "photo");
            await draft.save({
                participants: [{ uuid: crypto.randomUUID(), participant_name: "Rosa", participant_role: "Beneficiary", document_number: null, beneficiary: null, signature: first.id, strokes: null, signed_device_time: null, cannot_sign: false, cannot_sign_reason: null, witness_name: null, witness_document: null, witness_signature: null, fingerprint: null }],
            });
            await draft.release();
            if (ready) await app.drafts.ready(draft.uuid, false);
            return draft.uuid;
        },
        { family, ready, text },
    );
}

const onServer = (uuid) => api(ADMIN, "GET", `/api/resource/Acta?filters=${encodeURIComponent(JSON.stringify({ client_uuid: uuid }))}&fields=["name","family","status"]`);
const states = (page) => store(page, (app) => app.drafts.list.value.map((one) => [one.uuid, one.state, one.message]));
const sync = (page) => store(page, async (app) => {
    await app.sync.now();
    return app.sync.status.value;
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

    await wire.connect();
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

phoneTest("a reply lost after the commit and an edit after it make one acta with the edit", async ({ wire, phone }) => {
    await phone.enroll(ROLE);
    const uuid = await write(phone.page, { family: place.family, text: "Primera", ready: false });
    let dropped = 0;
    wire.dropReply = (asked) => asked.includes("batches.push") && ++dropped > 0;
    await store(phone.page, (app, uuid) => app.drafts.ready(uuid, false), uuid);
    await sync(phone.page);
    wire.dropReply = () => false;
    assert.ok(dropped > 0, "a reply was dropped");
    assert.equal((await onServer(uuid)).length, 1, "the server has it, the device does not know");
    await store(
        phone.page,
        async (app, uuid) => {
            await app.drafts.reopen(uuid);
            const draft = await app.drafts.open(uuid);
            await draft.save({ place: "Segunda" });
            await draft.release();
            await app.drafts.ready(uuid, false);
            await app.sync.now();
        },
        uuid,
    );
    assert.deepEqual((await states(phone.page))[0].slice(0, 2), [uuid, "sent"], JSON.stringify(await states(phone.page)));
    const [acta] = await onServer(uuid);
    assert.equal((await api(ADMIN, "GET", `/api/resource/Acta/${acta.name}`)).place, "Segunda");
});

phoneTest("the raw storage of the browser holds no name, number or login", async ({ wire, phone }) => {
    await phone.enroll(ROLE);
    await write(phone.page, { family: place.family, text: "Secretoxq" });
    await wire.cut();
    const written = await store(phone.page, async (app) => app.drafts.list.value.length);
    assert.equal(written, 1);
    const profile = await store(phone.page, (app) => app.session.state.value.profile);
    await phone.kill();
    let bytes = 0;
    let canRead = false;
    for (const entry of fs.readdirSync(phone.folder, { recursive: true, withFileTypes: true })) {
        const file = path.join(entry.parentPath ?? entry.path, entry.name);
        if (!entry.isFile() || !/IndexedDB|Local Storage|Session Storage|blob_storage|File System/.test(file)) continue;
        const content = fs.readFileSync(file);
        bytes += content.length;
        canRead ||= content.includes(profile);
        for (const secret of ["Ipuanaxq", "Secretoxq", "Zárate", place.family, "gestor@", "Tableta de prueba", PIN]) {
            for (const encoding of ["utf8", "utf16le", "latin1"]) {
                assert.ok(!content.includes(Buffer.from(secret, encoding)), `${secret} stands in ${path.basename(file)}`);
            }
        }
    }
    assert.ok(canRead, "what is not encrypted, the vault's UUID, is found");
    assert.ok(bytes > 10_000, `the storage was looked at (${bytes} bytes)`);
});

phoneTest("logging out with unsent work is refused with the count", async ({ wire, phone }) => {
    await phone.enroll(ROLE);
    await wire.cut();
    await write(phone.page, { family: place.family });
    await write(phone.page, { family: place.family, ready: false });
    await assert.rejects(store(phone.page, (app) => app.session.logOut()), (problem) => problem.code === "unsent" && problem.detail.count === 2);
    assert.equal((await states(phone.page)).length, 2);
    await phone.page.reload();
    await phone.open();
    const profile = await store(phone.page, (app) => app.session.state.value.profiles[0].id);
    await assert.rejects(store(phone.page, (app, id) => app.session.forget(id), profile), (problem) => problem.code === "unsent" && problem.detail.count === 2);
    await phone.unlock();
    assert.equal((await states(phone.page)).length, 2);
});

phoneTest("an ended session keeps the outbox and asks for a login", async ({ phone }) => {
    await phone.enroll(ROLE);
    await phone.context.clearCookies();
    const uuid = await write(phone.page, { family: place.family });
    const status = await sync(phone.page);
    assert.deepEqual([status.loginNeeded, status.safe], [true, false]);
    assert.deepEqual((await states(phone.page))[0].slice(0, 2), [uuid, "ready"]);
    await phone.logInAgain(ROLE);
    await sync(phone.page);
    assert.deepEqual((await states(phone.page))[0].slice(0, 2), [uuid, "sent"], JSON.stringify(await states(phone.page)));
});

phoneTest("two tabs on one draft make one acta", async ({ phone }) => {
    await phone.enroll(ROLE);
    const uuid = await write(phone.page, { family: place.family, ready: false });
    await store(phone.page, async (app, uuid) => void (globalThis.held = await app.drafts.open(uuid)), uuid);
    const tab = await phone.openPage();
    await phone.open("/campo", tab);
    await phone.unlock(tab);
    const readOnly = await store(tab, async (app, uuid) => (await app.drafts.open(uuid)).readOnly, uuid);
    assert.equal(readOnly, true);
    await assert.rejects(store(tab, async (app, uuid) => (await app.drafts.open(uuid)).save({ place: "x" }), uuid), (problem) => problem.code === "read-only");
    await store(phone.page, async (app, uuid) => {
        await globalThis.held.release();
        await app.drafts.ready(uuid, false);
    }, uuid);
    await Promise.all([sync(phone.page), sync(tab)]);
    await sync(phone.page);
    assert.equal((await onServer(uuid)).length, 1);
    assert.deepEqual((await states(tab))[0].slice(0, 2), [uuid, "sent"]);
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
