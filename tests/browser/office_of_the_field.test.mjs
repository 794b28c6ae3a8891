// The office's side of the field app: what two people wrote is decided, a device is revoked, a history names its acta.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";

import { bitmap, template as minutiae } from "../../frontend/tests/support/software_reader.mjs";
import { confirm, fill, press } from "./desk.mjs";
import { api, browserTest, create, day, makeCommunity, makeFamily, people, url } from "./lib.mjs";

const ADMIN = "System Manager";
const AUDITOR = "Auditor";
const GESTOR = "Gestor";
const OFFICE = "Social CRM Administrator";
const SUPERVISOR = "Programme Director";
const DRAWN = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
const SYNC = "/api/method/social_crm.field_records.services.sync.";

const read = (doctype, name) => api(ADMIN, "GET", `/api/resource/${doctype}/${encodeURIComponent(name)}`);
const fullName = async (role) => (await read("User", people[role].user)).full_name;
const mark = () => Math.random().toString(36).slice(2, 8).replace(/\d/g, "x");
// The device's clock, two hours ago: when the one in the field wrote.
const earlier = () => new Date(Date.now() - 7_200_000).toISOString();

const greet = (device, values = {}) =>
    api(GESTOR, "POST", `${SYNC}handshake.greet`, { device, label: "Tableta de Oreganal", app_version: "0.1.0", protocol: 1, unsent: 0, device_time: new Date().toISOString(), ...values });

// One record of a device, as docs/sync.md says, over REST.
async function push(device, record) {
    const form = new FormData();
    form.append("batch", new Blob([JSON.stringify({ device, protocol: 1, records: [record] })], { type: "application/json" }), "batch.json");
    const { key, secret } = people[GESTOR];
    const answer = await fetch(`${url}${SYNC}batches.push`, { method: "POST", headers: { Authorization: `token ${key}:${secret}`, Accept: "application/json" }, body: form });
    const text = await answer.text();
    assert.ok(answer.ok, `${answer.status} ${text.slice(0, 800)}`);
    return JSON.parse(text).message.results[0];
}

async function publish(template_key, writes = []) {
    const questions = [
        { field_type: "text", field_name: "tema", label: "Tema de la visita", required: 1 },
        { field_type: "select_one", field_name: "agua", label: "¿Tiene agua?", choice_list: "si_no" },
    ];
    const choices = [
        { list_name: "si_no", choice_value: "si", label: "Sí, del acueducto" },
        { list_name: "si_no", choice_value: "no", label: "No tiene" },
    ];
    const { name } = await create(ADMIN, "Acta Template", { template_key, title: `Visita ${template_key}`, version: 1, component: "General", questions, choices, writes });
    await api(ADMIN, "PUT", `/api/resource/Acta Template/${name}`, { status: "Published" });
    return name;
}

async function prepare() {
    const key = mark();
    const community = await makeCommunity(ADMIN, `Oficina ${key}`, [GESTOR]);
    return { key, community, device: randomUUID(), ...(await makeFamily(ADMIN, community, `Pushaina ${key}`)) };
}

// A family's zone and notes, changed in the office and, without having seen that, on the device.
async function conflictOfFields() {
    const place = await prepare();
    await greet(place.device);
    await api(ADMIN, "PUT", `/api/resource/Family/${place.family}`, { zone: "Rural", notes: "Vive en la casa verde" });
    const body = { doctype: "Family", name: place.family, base: { zone: "", notes: "" }, values: { zone: "Urban", notes: "Vive en la casa azul" } };
    const answer = await push(place.device, { kind: "change", uuid: randomUUID(), device_time: earlier(), body });
    assert.equal(answer.state, "conflict");
    return { ...place, conflict: answer.conflict };
}

// An acta that the office changed after the device had sent it, and the device's next version of it.
async function conflictOfActa() {
    const place = await prepare();
    const template_key = `oficina_${place.key}`;
    const template = await publish(template_key);
    const instance = (tema, agua) => `<${template_key} id="${template_key}" version="1"><tema>${tema}</tema><agua>${agua}</agua></${template_key}>`;
    const body = { template, instance: instance("Primera visita", "si"), visit_date: day(1), family: place.family, participants: [], commitments: [] };
    const record = { kind: "acta", uuid: randomUUID(), revision: 1, base: null, device_time: earlier(), close: false, body, files: [] };
    const stored = await push(place.device, record);
    assert.equal(stored.state, "stored", stored.message);
    await api(GESTOR, "PUT", `/api/resource/Acta/${stored.name}`, { place: "Escrito en la oficina" });
    const answer = await push(place.device, { ...record, revision: 2, base: stored.version, body: { ...body, instance: instance("Segunda visita", "no") } });
    assert.equal(answer.state, "conflict");
    return { ...place, acta: stored.name, conflict: answer.conflict };
}

const row = (page, label) => page.locator(".conflict-comparison .conflict-row").filter({ has: page.locator(".conflict-field", { hasText: label }) });
const side = (page, label, which) => row(page, label).locator(`[data-side="${which}"]`);

const decide = (page, label) => page.locator(".conflict-decision").getByRole("button", { name: label }).click();

// Nothing of the comparison may lie beyond the screen's edge: it is read without pushing it aside.
const fits = (page) => page.evaluate(() => [...document.querySelectorAll(".conflict-comparison, .conflict-comparison *")].filter((one) => one.getBoundingClientRect().right > window.innerWidth + 1).length);

async function assertBothVersions(page, conflict) {
    const shown = await api(OFFICE, "GET", `${SYNC}conflicts.comparison_of?conflict=${conflict}`);
    const comparison = page.locator(".conflict-comparison");
    for (const [version, author] of [[shown.server, await fullName(shown.kind === "Acta" ? GESTOR : ADMIN)], [shown.device, await fullName(GESTOR)]]) {
        assert.equal(version.who, author);
        assert.ok(version.when, "the time of a version");
        await comparison.getByText(author).first().waitFor();
        await comparison.getByText(version.when).first().waitFor();
    }
    assert.equal(await fits(page), 0, "the comparison fits the screen");
}

for (const phone of [false, true]) {
    const where = phone ? "a phone" : "a desktop";

    browserTest(`two versions of a family's fields are compared and decided on ${where}`, { role: OFFICE, phone }, async ({ page, open, screenshot }) => {
        const { conflict, family } = await conflictOfFields();
        await open(`/app/sync-conflict/${conflict}`);
        await side(page, "Zona", "Server").getByText("Rural", { exact: true }).waitFor();
        await side(page, "Zona", "Device").getByText("Urbana", { exact: true }).waitFor();
        await side(page, "Notas", "Server").getByText("Vive en la casa verde").waitFor();
        await side(page, "Notas", "Device").getByText("Vive en la casa azul").waitFor();
        await assertBothVersions(page, conflict);
        await screenshot(`conflict-of-fields-${phone ? "phone" : "desktop"}`);
        await side(page, "Zona", "Device").locator("input[type=radio]").check();
        // Half a decision is none.
        await decide(page, "Guardar la decisión");
        const message = page.locator(".msgprint-dialog.show, .modal.show").last();
        await message.getByText(/Notas/).waitFor();
        await message.locator(".btn-modal-close:visible").click();
        await message.waitFor({ state: "hidden" });
        assert.equal((await read("Family", family)).zone, "Rural");
        await row(page, "Notas").locator("input[value=Other]").check();
        await row(page, "Notas").locator("[data-other]").fill("Vive en la casa azul, antes verde");
        await decide(page, "Guardar la decisión");
        await page.waitForFunction(() => window.cur_frm?.doc.status === "Resolved" && !window.frappe.request.ajax_count);
        await row(page, "Notas").getByText("Vive en la casa azul, antes verde").waitFor();
        await screenshot(`conflict-of-fields-decided-${phone ? "phone" : "desktop"}`);
        const stored = await read("Family", family);
        assert.deepEqual([stored.zone, stored.notes], ["Urban", "Vive en la casa azul, antes verde"]);
        const { resolution, resolved_by, resolved_on } = await read("Sync Conflict", conflict);
        assert.deepEqual([resolution, resolved_by, Boolean(resolved_on)], ["By Field", people[OFFICE].user, true]);
    });

    browserTest(`two versions of an acta are compared and one is taken on ${where}`, { role: GESTOR, phone }, async ({ page, open, screenshot }) => {
        const { conflict, acta } = await conflictOfActa();
        await open(`/app/sync-conflict/${conflict}`);
        await side(page, "Tema de la visita", "Server").getByText("Primera visita").waitFor();
        await side(page, "Tema de la visita", "Device").getByText("Segunda visita").waitFor();
        await side(page, "¿Tiene agua?", "Server").getByText("Sí, del acueducto").waitFor();
        await side(page, "¿Tiene agua?", "Device").getByText("No tiene").waitFor();
        await side(page, "Lugar", "Server").getByText("Escrito en la oficina").waitFor();
        await assertBothVersions(page, conflict);
        // A draft is changed by the gestores, and its conflicts are decided by who oversees them too; whoever may not is told who may.
        for (const [role, may] of [[GESTOR, true], [OFFICE, true], [AUDITOR, false]]) {
            const shown = await api(role, "GET", `${SYNC}conflicts.comparison_of?conflict=${conflict}`);
            assert.deepEqual([shown.may_take, Boolean(shown.who)], [may, !may], role);
        }
        await screenshot(`conflict-of-acta-${phone ? "phone" : "desktop"}`);
        await decide(page, phone ? "Conservar la versión del servidor" : "Tomar la versión del dispositivo");
        await fill(page, "note", "Lo dijo la familia");
        await confirm(page);
        await page.waitForFunction(() => window.cur_frm?.doc.status === "Resolved" && !window.frappe.request.ajax_count);
        const stored = await read("Acta", acta);
        const answers = JSON.parse(stored.answers);
        assert.deepEqual([answers.tema, answers.agua], phone ? ["Primera visita", "si"] : ["Segunda visita", "no"]);
        const decided = await read("Sync Conflict", conflict);
        assert.deepEqual([decided.resolution, decided.resolved_by, decided.resolution_note], [phone ? "Keep the Server's" : "Take the Device's", people[GESTOR].user, "Lo dijo la familia"]);
    });
}

browserTest("a supervisor sees what a device said last, and revokes it with a reason that the device reads", { role: SUPERVISOR }, async ({ page, open, screenshot }) => {
    const { device, community, key } = await prepare();
    await create(ADMIN, "Staff Assignment", { user: people[SUPERVISOR].user, community, from_date: "2020-01-01" });
    const label = `Tableta ${key}`;
    assert.equal((await greet(device, { label, unsent: 3, app_version: "0.1.7" })).device.status, "Active");
    const filters = encodeURIComponent(JSON.stringify([["device_id", "=", device]]));
    const [{ name }] = await api(ADMIN, "GET", `/api/resource/Field Device?filters=${filters}`);
    await open(`/app/field-device?device_id=${device}`);
    const listed = page.locator(".page-container:visible .list-row").filter({ hasText: label });
    // At a glance on a laptop: state, last sync, what was not sent, version.
    for (const text of ["Pendiente", /^(justo ahora|hace )/i, "3", "0.1.7"]) await listed.getByText(text, { exact: true }).first().waitFor();
    await screenshot("field-device-list");
    await open(`/app/field-device/${name}`);
    const shown = (field) => page.locator(`.page-container:visible .form-page .frappe-control[data-fieldname="${field}"]`);
    await shown("unsent").getByText("3", { exact: true }).waitFor();
    await shown("app_version").getByText("0.1.7").waitFor();
    assert.match(await shown("last_sync").innerText(), /\d{2}[-/]\d{2}[-/]\d{4} \d{2}:\d{2}|\d{4}-\d{2}-\d{2} \d{2}:\d{2}/);
    await screenshot("field-device");
    await press(page, "Revocar");
    // What is lost with it is said before, and it is not done without a reason.
    await page.locator(".modal.show").getByText(/3 registros/).waitFor();
    await fill(page, "reason", "Se perdió en el bus a Fonseca");
    await screenshot("field-device-revoke");
    await confirm(page);
    await page.waitForFunction(() => window.cur_frm?.doc.status === "Revoked" && !window.frappe.request.ajax_count);
    await shown("status").getByText("Revocado", { exact: true }).waitFor();
    await shown("revocation_reason").getByText("Se perdió en el bus a Fonseca").waitFor();
    await screenshot("field-device-revoked");
    assert.deepEqual((await greet(device)).device, { status: "Revoked", reason: "Se perdió en el bus a Fonseca" });
    const kept = await read("Field Device", name);
    assert.equal(kept.revoked_by, people[SUPERVISOR].user);
});

browserTest("the history of a family and of a person names the acta that changed them", { role: OFFICE }, async ({ page, open, screenshot }) => {
    const { key, family, person } = await prepare();
    const template = await publish(`cambios_${key}`, [
        { question: "tema", target: "Family", target_field: "notes" },
        { question: "tema", target: "Beneficiary", target_field: "occupation" },
    ]);
    const participants = [{ participant_name: "Rosa Pushaina", participant_role: "Beneficiary", document_number: "1", signature: DRAWN }];
    const acta = (await create(GESTOR, "Acta", { template, visit_date: day(1), family, beneficiary: person, answers: JSON.stringify({ tema: "Artesana", agua: "si" }), participants })).name;
    await api(GESTOR, "POST", "/api/method/frappe.model.workflow.apply_workflow", { doc: JSON.stringify({ doctype: "Acta", name: acta }), action: "Close" });
    for (const [doctype, name, field] of [["Family", family, "notes"], ["Beneficiary", person, "occupation"]]) {
        assert.equal((await read(doctype, name))[field], "Artesana");
        await open(`/app/${doctype.toLowerCase()}/${name}`);
        const entry = page.locator(".page-container:visible .timeline-item").filter({ has: page.locator(`a[href*="${acta}"]`) }).first();
        await entry.scrollIntoViewIfNeeded();
        await entry.getByText(/Artesana/).first().waitFor();
        await screenshot(`history-of-${doctype.toLowerCase()}`);
        await entry.locator(`a[href*="${acta}"]`).first().click();
        await page.waitForFunction((wanted) => window.cur_frm?.doc.name === wanted, acta);
    }
});

browserTest("an administrator opens a fingerprint for a reason, which stays written; nobody else has the button", { role: OFFICE }, async ({ page, open, screenshot }) => {
    const { key, device, family, person } = await prepare();
    const template_key = `huella_${key}`;
    const template = await publish(template_key);
    await create(ADMIN, "Data Authorisation", {
        beneficiary: person, purpose: "Biometrics", authorisation_text: "AUT-Biometrics-1", decision: "Granted", channel: "Signed Paper", given_by: "The Person", evidence_note: "Carpeta 1",
    });
    await greet(device);
    const fingerprint = {
        source: "SecuGen", finger: "Right Thumb", quality: 80, template: minutiae(80, 1).toString("base64"), image: bitmap(1).toString("base64"), reader_serial: "S-1", captured_at: earlier(),
    };
    const participants = [{ uuid: randomUUID(), participant_name: "Rosa Pushaina", participant_role: "Beneficiary", beneficiary: person, fingerprint }];
    const instance = `<${template_key} id="${template_key}" version="1"><tema>Primera visita</tema></${template_key}>`;
    const body = { template, instance, visit_date: day(1), family, participants, commitments: [] };
    const answer = await push(device, { kind: "acta", uuid: randomUUID(), revision: 1, base: null, device_time: earlier(), close: false, body, files: [] });
    const [kept] = answer.fingerprints;
    assert.ok(kept, answer.message);

    await open(`/app/fingerprint/${kept.name}`);
    await press(page, "Abrir la huella");
    const reason = "La familia niega haber estado presente";
    await fill(page, "reason", reason);
    await screenshot("fingerprint-reason");
    await confirm(page);
    const picture = page.locator(".modal.show img:visible");
    await picture.waitFor();
    assert.ok(await picture.evaluate((image) => image.complete && image.naturalWidth > 0), "the image of the finger is drawn");
    await screenshot("fingerprint-opened");
    await page.locator(".modal.show .btn-modal-close:visible").click();
    await page.locator(".page-container:visible .timeline-item", { hasText: reason }).first().waitFor();
    assert.equal(await page.locator('img[src^="data:image"]').count(), 0, "the picture left the page with its window");
    await assert.rejects(api(SUPERVISOR, "GET", `/api/resource/Fingerprint/${kept.name}`).then((doc) => api(SUPERVISOR, "POST", "/api/method/social_crm.field_records.services.fingerprints.open_capture", { name: doc.name, reason })), /40\d|Permission/);
});
