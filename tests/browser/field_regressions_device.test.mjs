// The rules that other tools broke when they lost people's work, one test each and quoted in its title. Here: what lies on the device.
// What becomes of an acta between the device and the server is in field_regressions.test.mjs. The network is truly off: nobody listens.

import assert from "node:assert/strict";
import { before } from "node:test";
import { allSafe, assertAccessible } from "./field_app_screens.mjs";
import { assertNothingInTheOpen, keptOnPhone, onServer, phoneTest, PIN, states, store, sync, write } from "./field_app.mjs";
import { deliver, prepareRules, read, ROLE, state } from "./field_rules.mjs";
import { people } from "./lib.mjs";

let place;
let template;

before(async () => {
    place = await prepareRules("equipo");
    template = place.template;
});

phoneTest("what is told kept lies on the disk: the browser answers when it does, not earlier", async ({ wire, another }) => {
    const phone = await another((context) => context.addInitScript(() => {
        const begin = IDBDatabase.prototype.transaction;
        globalThis.begun = [];
        IDBDatabase.prototype.transaction = function (...words) {
            const made = begin.apply(this, words);
            if (made.mode === "readwrite") globalThis.begun.push(`${this.name.slice(0, 5)} ${made.durability}`);
            return made;
        };
    }));
    await phone.enroll(ROLE);
    await wire.cut();
    await write(phone.page, { family: place.family, template });
    const begun = await phone.page.evaluate(() => globalThis.begun);
    assert.ok(begun.length > 10 && begun.every((one) => /^campo strict$/.test(one)), JSON.stringify([...new Set(begun)]));
});

phoneTest('"Logging out, resetting or running out of storage with unsent work is refused, with the count": no room for another photo', async ({ wire, another }) => {
    const SIZE = 1_000_000;
    // Before the browser keeps anything: it remembers for half a minute how much room there was.
    const phone = await another(async (context) => {
        const debug = await context.newCDPSession(context.pages()[0]);
        await debug.send("Storage.overrideQuotaForOrigin", { origin: wire.address, quotaSize: 25 * SIZE });
    });
    await phone.enroll(ROLE);
    await wire.cut();
    const uuid = await write(phone.page, { family: place.family, template });
    const refused = await store(phone.page, async (app, { template, family, size }) => {
        const draft = await app.drafts.create({ template, family, visit_date: "2020-02-03" });
        for (let number = 0; number < 60; number += 1) {
            const bytes = new Uint8Array(size);
            for (let at = 0; at < size; at += 50_000) crypto.getRandomValues(bytes.subarray(at, at + 50_000));
            try {
                await draft.addMedia(new Blob([bytes], { type: "image/jpeg" }), "foto.jpg", "photo");
            } catch (problem) {
                await draft.release();
                return { code: problem.code, count: problem.detail?.count, kept: number, uuid: draft.uuid };
            }
        }
        return null;
    }, { template, family: place.family, size: SIZE });
    assert.ok(refused, "the phone ran out of room");
    assert.deepEqual([refused.code, refused.count], ["quota", 2]);
    // To the last byte, as other apps fill a phone: the PIN still opens it, and wrong ones are still counted.
    await phone.page.evaluate(async () => {
        const opened = indexedDB.open("otra-app");
        opened.onupgradeneeded = () => opened.result.createObjectStore("bytes", { autoIncrement: true });
        await new Promise((done) => (opened.onsuccess = done));
        for (let size = 400_000; size >= 100; ) {
            const kept = await new Promise((done) => {
                const write = opened.result.transaction("bytes", "readwrite");
                write.oncomplete = () => done(true);
                write.onabort = () => done(false);
                write.objectStore("bytes").add(crypto.getRandomValues(new Uint8Array(Math.min(size, 65_536))));
            });
            if (!kept) size /= 2;
        }
        opened.result.close();
    });
    await phone.page.reload();
    await phone.page.getByLabel("PIN").fill("135792");
    await phone.page.getByRole("button", { name: "Abrir" }).click();
    await phone.page.getByText(/Quedan 4 intentos/).waitFor();
    await phone.unlock();
    assert.deepEqual([await state(phone.page, uuid), await state(phone.page, refused.uuid)], ["ready", "draft"]);
    await phone.crash();
    await phone.switchOn();
    await phone.open();
    await phone.unlock();
    assert.deepEqual([await state(phone.page, uuid), await state(phone.page, refused.uuid)], ["ready", "draft"], "what was kept before is there");
    const media = await store(phone.page, async (app, uuid) => {
        const draft = await app.drafts.open(uuid);
        const sizes = [];
        for (const one of draft.draft.media) sizes.push((await draft.readMedia(one.id)).size);
        await draft.release();
        await app.drafts.discard(uuid);
        return sizes;
    }, refused.uuid);
    assert.deepEqual(media, Array.from({ length: refused.kept }, () => SIZE));
    await wire.connect();
    await deliver(phone);
    assert.equal(await state(phone.page, uuid), "sent");
});

phoneTest('"An expired session or CSRF token in the field means a new login, and the outbox stays": on the screen, and a token of another login', async ({ wire, phone }) => {
    await phone.enroll(ROLE);
    await wire.cut();
    const uuid = await write(phone.page, { family: place.family, template });
    await phone.context.clearCookies();
    await wire.connect();
    await phone.page.goto(`${wire.address}/campo/envios`);
    await phone.page.getByLabel("PIN").fill(PIN);
    await phone.page.getByRole("button", { name: "Abrir" }).click();
    await phone.page.locator(".notice", { hasText: "Entre otra vez" }).waitFor();
    assert.equal(await state(phone.page, uuid), "ready", "the outbox stays");
    await phone.page.locator(".notice").getByRole("button").click();
    await phone.page.locator("dialog.sheet input[type=password]").fill(people[ROLE].password);
    await phone.page.locator("dialog.sheet .button-main").click();
    await allSafe(phone.page);
    assert.equal(await state(phone.page, uuid), "sent");

    // The same person logs in elsewhere in this browser: the page's token is that of a session that is no more.
    const next = await write(phone.page, { family: place.family, template, ready: false });
    const answer = await phone.context.request.post(`${wire.address}/api/method/login`, { form: { usr: people[ROLE].user, pwd: people[ROLE].password } });
    assert.equal(answer.status(), 200);
    await store(phone.page, (app, uuid) => app.drafts.ready(uuid, false), next);
    await sync(phone.page);
    await allSafe(phone.page);
    assert.equal(await state(phone.page, next), "sent");
    assert.equal((await onServer(next)).length, 1);
});

phoneTest('"What lies on the device is encrypted: no name and no document number in the raw store": nor a login or a PIN', async ({ wire, phone }) => {
    await phone.enroll(ROLE);
    await write(phone.page, { family: place.family, text: "Secretoxq" });
    await wire.cut();
    const written = await store(phone.page, async (app) => app.drafts.list.value.length);
    assert.equal(written, 1);
    const profile = await store(phone.page, (app) => app.session.state.value.profile);
    await phone.kill();
    // What is not encrypted: the vault's UUID.
    assertNothingInTheOpen(phone.folder, ["Ipuanaxq", place.number, "Secretoxq", "Zárate", place.family, "gestor@", "Tableta de prueba", PIN], profile);
});

phoneTest('"Logging out, resetting or running out of storage with unsent work is refused, with the count": logging out, and removing a locked vault', async ({ wire, phone }) => {
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

phoneTest('"Resetting with unsent work is refused, with the count": on the screen of the PIN nobody deletes a day with two taps', async ({ wire, phone }) => {
    await phone.enroll(ROLE);
    await wire.cut();
    await write(phone.page, { family: place.family, template });
    await write(phone.page, { family: place.family, template, ready: false });
    const { page } = phone;
    await page.reload();
    await page.getByRole("button", { name: "Olvidé el PIN" }).click();
    const erase = page.getByRole("button", { name: "Borrar y entrar de nuevo" });
    await erase.dblclick();
    const dialog = page.locator("dialog.sheet");
    await dialog.getByText("Se perderán 2 trabajos que no se han enviado").waitFor();
    assert.equal(await erase.isDisabled(), true, "not before the count is typed");
    await assertAccessible(page, "the count of what would be lost");
    const count = dialog.getByLabel("Para borrarlo todo, escriba el número 2");
    for (const wrong of ["1", "22", "dos", ""]) {
        await count.fill(wrong);
        assert.equal(await erase.isDisabled(), true, `"${wrong}" is not the count`);
    }
    await dialog.getByRole("button", { name: "Cancelar" }).click();
    await phone.unlock();
    assert.equal((await states(page)).length, 2, "everything is there");

    await page.reload();
    await page.getByRole("button", { name: "Olvidé el PIN" }).click();
    await erase.click();
    await count.fill("2");
    await erase.click();
    await page.getByRole("heading", { name: "Actas que funcionan sin señal" }).waitFor();
    assert.deepEqual(await store(page, (app) => app.session.state.value.profiles), []);
});

phoneTest('"An expired session in the field means a new login, and the outbox stays": the cookie is gone', async ({ phone }) => {
    await phone.enroll(ROLE);
    // A reply that is still on its way would bring the cookie back.
    await sync(phone.page);
    await phone.context.clearCookies();
    const uuid = await write(phone.page, { family: place.family });
    const status = await sync(phone.page);
    assert.deepEqual([status.loginNeeded, status.safe], [true, false]);
    assert.deepEqual((await states(phone.page))[0].slice(0, 2), [uuid, "ready"]);
    await phone.logInAgain(ROLE);
    await sync(phone.page);
    assert.deepEqual((await states(phone.page))[0].slice(0, 2), [uuid, "sent"], JSON.stringify(await states(phone.page)));
});

phoneTest('"Two tabs on one draft do not make two actas": with no network the second one only reads, and says so', async ({ wire, phone }) => {
    await phone.enroll(ROLE);
    await wire.cut();
    const uuid = await write(phone.page, { family: place.family, template, ready: false });
    const openOn = async (page) => {
        await page.goto(`${wire.address}/campo/actas/${uuid}`);
        await page.getByLabel("PIN").fill(PIN);
        await page.getByRole("button", { name: "Abrir" }).click();
        await page.locator("form.or .question", { hasText: "Objetivo de la visita" }).waitFor();
    };
    const aim = (page) => page.locator("form.or .question", { hasText: "Objetivo de la visita" }).locator("input");
    await openOn(phone.page);
    await aim(phone.page).fill("Escrito en la primera");
    const tab = await phone.openPage();
    await openOn(tab);
    await tab.getByText("Este borrador está abierto en otra pestaña. Aquí solo se puede leer.").waitFor();
    assert.equal(await tab.locator("form.or.locked").count(), 1, "its answers cannot be written over");
    await tab.locator(".steps button").nth(3).click();
    assert.equal(await tab.getByRole("button", { name: "Cerrar y enviar" }).isDisabled(), true);
    assert.equal(await tab.getByRole("button", { name: "Enviar sin cerrar" }).count(), 0);
    await assert.rejects(store(tab, async (app, uuid) => (await app.drafts.open(uuid)).save({ place: "x" }), uuid), (problem) => problem.code === "read-only");
    // The first one goes on writing meanwhile, and has the last word.
    await aim(phone.page).fill("La primera sigue");
    await keptOnPhone(phone.page, uuid, "La primera sigue");
    await phone.page.getByRole("button", { name: "Guardar y salir" }).click();
    await phone.page.getByRole("heading", { name: "Borradores", level: 1 }).waitFor();
    await store(phone.page, (app, uuid) => app.drafts.ready(uuid, false), uuid);
    await wire.connect();
    await Promise.all([sync(phone.page), sync(tab)]);
    await deliver(phone);
    const [acta, another] = await onServer(uuid);
    assert.ok(acta && !another, "one acta");
    assert.equal(JSON.parse((await read("Acta", acta.name)).answers).objetivo, "La primera sigue");
    assert.deepEqual((await states(tab))[0].slice(0, 2), [uuid, "sent"]);
});
