// The rules that other tools broke when they lost people's work, one test each and quoted in its title: docs/sync.md says how they
// are kept. Here: what becomes of an acta between the device and the server. What lies on the device is in
// field_regressions_device.test.mjs. The network is truly off: nobody listens at the address. `./run faults` breaks everything at once.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { before } from "node:test";
import { Post } from "../faults/post.mjs";
import { SecondClient } from "../faults/second_client.mjs";
import { onServer, phoneTest, PIN, states, store, sync, write } from "./field_app.mjs";
import { publishTemplate } from "./field_app_screens.mjs";
import { ADMIN, change, deliver, find, makeColleague, prepareRules, read, ROLE, state } from "./field_rules.mjs";
import { api, makeFamily, people, url } from "./lib.mjs";

const HOUR = 3_600_000;
let place;
let template;

before(async () => {
    place = await prepareRules("envio");
    template = place.template;
});

phoneTest('"The device gives the record a UUID before the first save. Same UUID and same bytes again: success and no new row"', async ({ wire, phone }) => {
    await phone.enroll(ROLE);
    await wire.cut();
    const begun = await store(phone.page, async (app, { template, family }) => {
        const draft = await app.drafts.create({ template, family, visit_date: "2020-02-03" });
        await draft.release();
        return draft.uuid;
    }, { template, family: place.family });
    assert.match(begun, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    await phone.crash();
    await phone.switchOn();
    await phone.open();
    await phone.unlock();
    assert.equal(await state(phone.page, begun), "draft", "it has its UUID, and is kept, before a word was written");
    await store(phone.page, (app, uuid) => app.drafts.discard(uuid), begun);

    const uuid = await write(phone.page, { family: place.family, template });
    await wire.connect();
    await deliver(phone);
    assert.equal(await state(phone.page, uuid), "sent");
    const [acta] = await onServer(uuid);
    const before = await read("Acta", acta.name);
    const sent = wire.kept.filter((one) => one.path.endsWith("batches.push"));
    assert.equal(sent.length, 1);
    const second = new SecondClient(ROLE);
    for (let round = 0; round < 3; round += 1) assert.deepEqual((await second.send(sent[0])).map((one) => [one.uuid, one.state, one.name]), [[uuid, "known", acta.name]]);
    assert.equal((await onServer(uuid)).length, 1);
    assert.deepEqual(await read("Acta", acta.name), before, "nothing of it was touched");
    assert.equal((await find("File", [["attached_to_name", "=", acta.name]], ["name"])).length, 2);
}, Post);

phoneTest('"Same UUID, other bytes: a conflict that holds both, with authors and times"', async ({ wire, phone }) => {
    await phone.enroll(ROLE);
    const uuid = await write(phone.page, { family: place.family, template });
    await sync(phone.page);
    assert.equal(await state(phone.page, uuid), "sent");
    const [acta] = await onServer(uuid);
    await wire.cut();
    await change(phone.page, uuid, "Escrito en el campo");
    const colleague = await makeColleague(place);
    await api(colleague, "PUT", `/api/resource/Acta/${acta.name}`, { place: "Escrito en la oficina" });
    await wire.connect();
    await sync(phone.page);
    assert.equal(await state(phone.page, uuid), "conflict", JSON.stringify(await states(phone.page)));
    assert.equal((await onServer(uuid)).length, 1);
    const found = await find("Sync Conflict", [["record_uuid", "=", uuid]], ["name"]);
    assert.equal(found.length, 1);
    const conflict = await read("Sync Conflict", found[0].name);
    const both = conflict.differences.find((one) => one.fieldname === "place");
    assert.deepEqual([both.server_value, both.device_value], ["Escrito en la oficina", "Escrito en el campo"]);
    assert.deepEqual([conflict.server_user, conflict.device_user], [people[colleague].user, people[ROLE].user]);
    for (const time of ["server_time", "device_time", "received_at"]) assert.ok(conflict[time], time);
    assert.equal((await read("Acta", acta.name)).place, "Escrito en la oficina", "until a person decides");
    const status = await sync(phone.page);
    assert.equal(status.safe, true, "both are safe on the server");
    await phone.page.locator(".nav-item").nth(3).click();
    await phone.page.getByText("El servidor guarda las dos versiones y alguien decidirá en la oficina. No hay que escribirla otra vez.").waitFor();
});

phoneTest('"Sent" only after the server has confirmed the record and the SHA-256 of each file', async ({ wire, phone }) => {
    await phone.enroll(ROLE);
    const uuid = await write(phone.page, { family: place.family, template });
    await phone.page.locator(".nav-item").nth(3).click();
    const lies = {
        "without a file": (one) => one.files.pop(),
        "another hash": (one) => (one.files[0].sha256 = "0".repeat(64)),
        "a file of somebody else": (one) => (one.files[0].uuid = crypto.randomUUID()),
        "no name of the record": (one) => (one.name = null),
        "another record": (one) => (one.uuid = crypto.randomUUID()),
    };
    for (const [what, lie] of Object.entries(lies)) {
        let lied = 0;
        wire.change = (path, text) => {
            if (!path.endsWith("batches.push")) return text;
            const answer = JSON.parse(text);
            for (const one of answer.message.results) lie(one);
            lied += 1;
            return JSON.stringify(answer);
        };
        const status = await sync(phone.page);
        assert.ok(lied > 0, what);
        assert.deepEqual([await state(phone.page, uuid), status.safe], ["ready", false], `an answer ${what} is no confirmation`);
        await phone.page.locator('.safety[data-look="risk"]').waitFor();
        assert.equal(await phone.page.getByText("A salvo en el servidor").count(), 0, `nor does the screen call it safe ${what}`);
    }
    wire.change = (path, text) => text;
    const status = await sync(phone.page);
    assert.deepEqual([await state(phone.page, uuid), status.safe], ["sent", true]);
    const [acta] = await onServer(uuid);
    await phone.page.getByText(`El servidor confirmó el acta y cada archivo: ${acta.name}.`).waitFor();
    assert.equal((await onServer(uuid)).length, 1);
}, Post);

phoneTest('"Two identical photos in one acta are two attachments"', async ({ wire, phone }) => {
    await phone.enroll(ROLE);
    await wire.cut();
    const uuid = await write(phone.page, { family: place.family, template });
    const photos = await store(phone.page, async (app, uuid) => (await app.drafts.read(uuid)).media.filter((one) => one.purpose === "photo"), uuid);
    assert.equal(photos.length, 2);
    assert.equal(photos[0].sha256, photos[1].sha256);
    assert.notEqual(photos[0].id, photos[1].id);
    assert.notEqual(photos[0].name, photos[1].name);
    await wire.connect();
    await sync(phone.page);
    const [acta] = await onServer(uuid);
    const files = await find("File", [["attached_to_name", "=", acta.name]], ["file_name", "file_url"]);
    assert.deepEqual(files.map((one) => one.file_name).sort(), photos.map((one) => one.name).sort());
});

phoneTest('"A draft keeps the template version it began with, even when a newer one is published or that one is withdrawn"', async ({ wire, phone }) => {
    const first = await publishTemplate(ADMIN, `version_${place.run}`);
    await phone.enroll(ROLE);
    await phone.installed();
    await phone.open();
    await phone.unlock();
    await wire.cut();
    const uuid = await write(phone.page, { family: place.family, template: first, ready: false });
    const service = "/api/method/social_crm.field_records.services.templates";
    const newer = await api(ADMIN, "POST", `${service}.new_version`, { template: first });
    await api(ADMIN, "POST", `${service}.set_status`, { template: newer, status: "Published" });
    await api(ADMIN, "POST", `${service}.set_status`, { template: first, status: "Withdrawn" });
    await wire.connect();
    await sync(phone.page);
    const offered = await store(phone.page, async (app) => (await app.templates.list()).filter((one) => one.status === "Published").map((one) => one.template));
    assert.deepEqual([offered.includes(newer), offered.includes(first)], [true, false], "a new acta begins with the newer one");
    await wire.cut();
    await phone.crash();
    await phone.switchOn();
    await phone.open();
    await phone.unlock();
    const kept = await store(phone.page, async (app, uuid) => {
        const { body } = await app.drafts.read(uuid);
        return { template: body.template, version: (await app.templates.load(body.template)).version };
    }, uuid);
    assert.deepEqual(kept, { template: first, version: 1 });
    await phone.page.goto(`${wire.address}/campo/actas/${uuid}`);
    await phone.page.getByLabel("PIN").fill(PIN);
    await phone.page.getByRole("button", { name: "Abrir" }).click();
    await phone.page.locator("form.or .question", { hasText: "Objetivo de la visita" }).first().waitFor();
    await phone.page.locator(".top-button").click();
    await wire.connect();
    await change(phone.page, uuid, "Casa");
    await deliver(phone);
    assert.equal(await state(phone.page, uuid), "sent", JSON.stringify(await states(phone.page)));
    const [acta] = await onServer(uuid);
    assert.equal((await read("Acta", acta.name)).template, first);
});

// The page's clock is so many milliseconds ahead of the true one.
const clockAhead = (by) => (context) => context.addInitScript((by) => {
    const True = Date;
    const now = () => True.now() + by;
    globalThis.Date = new Proxy(True, {
        construct: (target, words, kind) => Reflect.construct(target, words.length ? words : [now()], kind),
        apply: () => new True(now()).toString(),
        get: (target, key) => (key === "now" ? now : Reflect.get(target, key)),
    });
}, by);

phoneTest('"Device clocks lie: keep the device\'s time and the server\'s, and order by the server\'s"', async ({ wire, another }) => {
    const AHEAD = 77 * HOUR;
    const BEHIND = -29 * HOUR;
    const fast = await another(clockAhead(AHEAD));
    const slow = await another(clockAhead(BEHIND));
    await fast.enroll(ROLE);
    await slow.enroll(ROLE);
    await wire.cut();
    const uuids = { fast: await write(fast.page, { family: place.family, template }), slow: await write(slow.page, { family: place.family, template }) };
    await wire.connect();
    for (const [phone, skew] of [[fast, AHEAD], [slow, BEHIND]]) {
        const status = await sync(phone.page);
        assert.equal(status.safe, true);
        assert.ok(Math.abs(status.clockSkew - skew) < HOUR / 2, `the phone knows how far its clock is off: ${status.clockSkew}`);
    }
    const rows = await find("Acta", [["client_uuid", "in", Object.values(uuids)]], ["client_uuid", "device_time", "received_at", "creation"], "received_at asc");
    assert.deepEqual(rows.map((one) => one.client_uuid), [uuids.fast, uuids.slow], "in the order in which the server had them");
    const times = rows.map((one) => ({ device: Date.parse(one.device_time), server: Date.parse(one.received_at), creation: Date.parse(one.creation) }));
    assert.ok(times[0].device > times[1].device, "the clocks of the devices say the contrary, and are kept");
    for (const [at, by] of [[0, AHEAD], [1, BEHIND]]) {
        assert.ok(Math.abs(times[at].device - times[at].server - by) < HOUR / 2, JSON.stringify(rows[at]));
        assert.ok(Math.abs(times[at].creation - times[at].server) < 60_000);
    }
    const receipts = await find("Field Submission", [["name", "in", Object.values(uuids)]], ["name", "device_time", "received_at"], "received_at asc");
    assert.deepEqual(receipts.map((one) => one.name), [uuids.fast, uuids.slow]);
    const devices = await find("Field Device", [["device_id", "in", [await store(fast.page, (app) => app.device.id.value), await store(slow.page, (app) => app.device.id.value)]]], ["clock_skew"]);
    assert.deepEqual(devices.map((one) => Math.round(one.clock_skew / 3600)).sort((a, b) => a - b), [-29, 77], "the supervisor sees it");
});

phoneTest('"Two devices changing different fields of one person merge; the same field makes one conflict"', async ({ wire, phone, another }) => {
    const other = await another();
    await phone.enroll(ROLE);
    await other.enroll(ROLE);
    const { person } = await makeFamily(ADMIN, place.community, `Dos ${place.run}`);
    await sync(phone.page);
    await sync(other.page);
    const propose = (one, base, values) => store(one.page, (app, { person, base, values }) => app.records.propose("Beneficiary", person, base, values), { person, base, values });
    const outcome = (one) => store(one.page, (app) => app.outbox.changes.value.map((change) => change.state));
    await wire.cut();
    await propose(phone, { occupation: "" }, { occupation: "Tejedora" });
    await propose(other, { notes: "" }, { notes: "Vive con su hermana" });
    await wire.connect();
    await sync(phone.page);
    await sync(other.page);
    assert.deepEqual([await outcome(phone), await outcome(other)], [["sent"], ["sent"]]);
    const merged = await read("Beneficiary", person);
    assert.deepEqual([merged.occupation, merged.notes], ["Tejedora", "Vive con su hermana"]);

    await wire.cut();
    await propose(phone, { occupation: "Tejedora" }, { occupation: "Comerciante" });
    await propose(other, { occupation: "Tejedora" }, { occupation: "Pastora" });
    await wire.connect();
    await sync(phone.page);
    await sync(other.page);
    await sync(other.page);
    assert.deepEqual([await outcome(phone), await outcome(other)], [["sent", "sent"], ["sent", "conflict"]]);
    const found = await find("Sync Conflict", [["reference_name", "=", person]], ["name"]);
    assert.equal(found.length, 1, "one conflict");
    const { differences } = await read("Sync Conflict", found[0].name);
    assert.deepEqual(differences.map((one) => [one.fieldname, one.base_value, one.server_value, one.device_value]), [["occupation", "Tejedora", "Comerciante", "Pastora"]]);
    assert.equal((await read("Beneficiary", person)).occupation, "Comerciante", "until a person decides");
});

const VERIFY = "/verificar-acta/";
const ALTER = `
import os, sys, frappe
frappe.init(site=os.environ["FRAPPE_SITE"]); frappe.connect()
value = frappe.db.get_value("Acta", sys.argv[1], sys.argv[2])
assert value.count(sys.argv[3]) == 1, value
frappe.db.set_value("Acta", sys.argv[1], sys.argv[2], value.replace(sys.argv[3], sys.argv[4]), update_modified=False)
frappe.db.commit(); frappe.destroy()
`;

phoneTest('"A closed acta is sealed. Change a byte in the database and verification fails": shown on the public page', async ({ wire, phone }) => {
    await phone.enroll(ROLE);
    await wire.cut();
    const uuid = await write(phone.page, { family: place.family, template, text: "Selladoxq", close: true });
    await wire.connect();
    await sync(phone.page);
    const [{ name, status }] = await onServer(uuid);
    assert.equal(status, "Closed", JSON.stringify(await states(phone.page)));
    const { verification_code: code } = await read("Acta", name);
    await phone.context.clearCookies(); // whoever holds the paper
    const page = await phone.openPage();
    const shown = async () => {
        await page.goto(`${url}${VERIFY}${code}`);
        return page.locator(".card").getAttribute("class");
    };
    assert.equal(await shown(), "card valid");
    const alter = (...words) => execFileSync(process.env.SOCIAL_CRM_BENCH_PYTHON, ["-c", ALTER, name, ...words], { cwd: process.env.FRAPPE_TEST_SITES });
    for (const [field, was, becomes] of [["answers", "Selladoxq", "Selladoxr"], ["place", "Casa", "Cama"]]) {
        alter(field, was, becomes);
        assert.equal(await shown(), "card altered", `one byte of ${field}`);
        alter(field, becomes, was);
        assert.equal(await shown(), "card valid");
    }
});

phoneTest('"A reply lost after the commit, followed by an edit on the device, must not lose the edit": one acta, with the edit', async ({ wire, phone }) => {
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

phoneTest('"... must not lose the edit": not when it goes back to what was sent before', async ({ wire, phone }) => {
    await phone.enroll(ROLE);
    await wire.cut();
    const uuid = await write(phone.page, { family: place.family, template });
    for (const text of [null, "Otra casa", "Casa"]) {
        if (text) await change(phone.page, uuid, text);
        await wire.connect();
        await sync(phone.page);
        assert.equal(await state(phone.page, uuid), "sent");
        const [acta] = await onServer(uuid);
        assert.equal((await read("Acta", acta.name)).place, text ?? "Casa");
        await wire.cut();
    }
});
