// Fingerprints in the field app with the network truly off: a reader of software on this machine, the authorisation taken in the
// app, bad presses and good ones, what reaches the server, and what nobody may see.

import assert from "node:assert/strict";
import path from "node:path";
import { before, test } from "node:test";
import { bitmap, SoftwareReader, template as minutiae } from "../../frontend/tests/support/software_reader.mjs";
import { assertNothingInTheOpen, Phone, PIN, store, Wire } from "./field_app.mjs";
import { assertAccessible, publishTemplate, sign, templateTitle, turnedPhoto } from "./field_app_screens.mjs";
import { api, create, day, makeCommunity, makeFamily, output } from "./lib.mjs";

const ADMIN = "System Manager";
const ROLE = "Gestor";
const KEY = `h${Date.now().toString(36)}`;
const TEXT = "AUT-Biometrics-1";
let place;

before(async () => {
    const community = await makeCommunity(ADMIN, `Huellas ${KEY}`, [ROLE]);
    const made = await makeFamily(ADMIN, community, `Huellaxq ${KEY}`);
    const child = await create(ADMIN, "Beneficiary", {
        first_name: "Luz", first_surname: "Menorxq", family: made.family, kinship: "Child", no_document_reason: "En trámite",
        birth_date: day(3000), registered_on: day(100),
    });
    place = { ...made, child: child.name, template: await publishTemplate(ADMIN, `huella_${KEY}`) };
});

function printTest(title, body) {
    test(title, { timeout: 300_000 }, async () => {
        const wire = new Wire();
        await wire.connect();
        const phone = new Phone(wire);
        const reader = await new SoftwareReader().start();
        const name = title.toLowerCase().replace(/[^a-z0-9]+/g, "-").slice(0, 60);
        try {
            await phone.switchOn();
            await phone.open();
            await phone.enroll(ROLE);
            await body({ wire, phone, reader, picture: (what) => phone.page.screenshot({ path: path.join(output, `${name}-${what}.png`) }) });
            assert.deepEqual(phone.problems, [], "errors of scripts on the page");
        } catch (problem) {
            await phone.page?.screenshot({ path: path.join(output, `FAILED-${name}.png`) }).catch(() => {});
            throw problem;
        } finally {
            await phone.throwAway();
            await reader.stop();
            await wire.cut().catch(() => {});
        }
    });
}

const sheet = (page) => page.locator("dialog.sheet").last();
const button = (where, name) => where.getByRole("button", { name });
const find = (doctype, filters, fields = ["name"]) =>
    api(ADMIN, "GET", `/api/resource/${doctype}?filters=${encodeURIComponent(JSON.stringify(filters))}&fields=${encodeURIComponent(JSON.stringify(fields))}`);
const sync = (page) => store(page, async (app) => (await app.sync.now(), app.sync.status.value.error));

/** Chooses SecuGen's service in the settings and tries it with a finger of one's own. */
async function chooseReader(page, reader) {
    await page.getByRole("link", { name: "Ajustes" }).click();
    // The vendor's own script, kept on the device, under the page's policy; its service does not run here.
    await page.getByText("Lector HID DigitalPersona", { exact: true }).click();
    await button(page, "Probar con su propio dedo").click();
    await page.getByText("El programa del lector no responde en este equipo.").waitFor();
    await page.getByText("Lector SecuGen", { exact: true }).click();
    const address = page.getByLabel("Dirección del programa del lector");
    await address.fill("https://lector.example");
    await address.blur();
    await page.getByText("Solo este mismo equipo").waitFor();
    await address.fill(reader.address);
    await button(page, "Probar con su propio dedo").click();
    await page.getByText("El lector funciona: calidad 82 de 100.").waitFor();
}

async function begin(page, objective) {
    await page.getByRole("link", { name: "Familias" }).click();
    await page.getByRole("searchbox").fill(`huellaxq ${KEY}`);
    await page.locator(".row-link").first().click();
    await page.locator(".float").click();
    await button(page, templateTitle(`huella_${KEY}`)).click();
    await page.locator("form.or .question", { hasText: "Objetivo" }).first().locator("input").fill(objective);
    await button(page, "Siguiente").click();
}

/** Adds a person of the family and chooses the fingerprint. */
async function addWithPrint(page, name) {
    await page.locator(".chip", { hasText: name }).click();
    await sheet(page).getByText("Huella", { exact: true }).click();
}

printTest("offline: an authorisation read and witnessed, a minor's by the mother, bad presses and good ones, then all of it on the server", async ({ wire, phone, reader, picture }) => {
    const { page } = phone;
    const shot = (what) => phone.page && picture(what);
    await phone.installed();
    await wire.cut();
    await chooseReader(page, reader);
    await shot("settings");
    await begin(page, "Entrega de semillas");

    await addWithPrint(page, `Huellaxq ${KEY}`);
    await sheet(page).getByText("todavía no ha dicho si autoriza").waitFor();
    assert.equal(await sheet(page).getByRole("button", { name: /Tomar la huella|Foto de la huella/ }).count(), 0, "no finger before a yes");
    await assertAccessible(page, "before the authorisation");
    await shot("ask");
    await button(sheet(page), "Leer la autorización").click();
    await sheet(page).getByText("datos sensibles").first().waitFor();
    await sheet(page).getByText("versión 1").waitFor();
    await assertAccessible(page, "the authorisation");
    await shot("text");
    await button(sheet(page), "Sí autoriza; firma un testigo").click();
    await sheet(page).getByText("No sabe leer ni escribir", { exact: true }).click();
    await sheet(page).getByLabel("Nombre del testigo").fill("Nubia Testigoxq");
    await shot("witness");
    await button(sheet(page), "Firma del testigo").click();
    await sign(page);

    await sheet(page).getByText("Autorizó el uso de su huella.").waitFor();
    reader.presses = [{ quality: 41 }];
    await button(sheet(page), "Tomar la huella").click();
    await sheet(page).getByText("calidad 41 y hace falta 60").waitFor();
    await shot("low");
    reader.presses = [{ code: 54 }];
    await button(sheet(page), "Intentar otra vez").click();
    await sheet(page).getByText("El lector no vio ningún dedo").waitFor();
    await sheet(page).getByText("¿No se logra?").waitFor();
    reader.presses = [{ code: 55 }];
    await button(sheet(page), "Intentar otra vez").click();
    await sheet(page).getByText("No hay un lector conectado").waitFor();
    await assertAccessible(page, "a problem of the reader");
    await sheet(page).getByText("Izquierda", { exact: true }).click();
    await sheet(page).getByText("Pulgar", { exact: true }).click();
    reader.presses = [{ quality: 77, seed: 3, wait: 1500 }];
    await button(sheet(page), "Intentar otra vez").click();
    await sheet(page).getByText("Ponga el dedo en el lector").waitFor();
    await shot("press");
    await sheet(page).getByText("Calidad 77 de 100").first().waitFor();
    await sheet(page).getByText("Izquierda, Pulgar").waitFor();
    await assertAccessible(page, "a fingerprint that was taken");
    await shot("taken");
    await button(sheet(page), "Guardar").click();
    await page.getByText("Huella a las").waitFor();

    await addWithPrint(page, "Menorxq");
    await button(sheet(page), "Leer la autorización").click();
    await sheet(page).getByText("decide su representante legal").waitFor();
    await button(sheet(page), "Sí autoriza y firma").click();
    await sheet(page).getByText("Escriba el nombre y el documento del representante.").waitFor();
    await sheet(page).getByText(`Huellaxq ${KEY}`, { exact: false }).last().click();
    await sheet(page).getByLabel("Documento del representante").fill("CC 40187654");
    await sheet(page).getByText("Es la madre", { exact: true }).click();
    await assertAccessible(page, "the authorisation for a minor");
    await shot("minor");
    await button(sheet(page), "Sí autoriza y firma").click();
    await sign(page);
    reader.presses = [{ quality: 90, seed: 5 }];
    await button(sheet(page), "Tomar la huella").click();
    await sheet(page).getByText("Calidad 90 de 100").first().waitFor();
    await button(sheet(page), "Guardar").click();
    await button(page, "Siguiente").click();
    await button(page, "Siguiente").click();
    await page.getByText("Todo listo para cerrar").waitFor();
    await button(page, "Cerrar y enviar").click();
    await page.locator("dialog.ask").getByRole("button", { name: "Cerrar y enviar" }).click();
    await page.getByText("Acta guardada en el teléfono").waitFor();

    await phone.kill();
    assertNoPrintInTheOpen(phone.folder);
    await phone.switchOn();
    await phone.open();
    await phone.unlock();
    await wire.connect();
    await sync(phone.page);
    const states = await store(phone.page, (app) => [app.drafts.list.value.map((one) => [one.state, one.closed, one.message]), app.outbox.decisions.value.map((one) => one.state)]);
    assert.deepEqual(states, [[["sent", true, null]], ["sent", "sent"]]);
    await assertOnServer();
    const left = await store(phone.page, async (app) => {
        const { body } = await app.drafts.read(app.drafts.list.value[0].uuid);
        return body.participants.map(({ fingerprint: one }) => [one.template, one.image, Boolean(one.kept)]);
    });
    assert.deepEqual(left, [[null, null, true], [null, null, true]], "what the server keeps is gone from the device");
});

/** Neither a capture nor who authorised what can be read on the disk of the phone. */
function assertNoPrintInTheOpen(folder) {
    const record = minutiae(77, 3);
    const bytes = [record.subarray(0, 24), bitmap(3).subarray(1078, 1142)];
    assertNothingInTheOpen(folder, [record.toString("base64").slice(0, 32), ...bytes, "Testigoxq", "Huellaxq", "Menorxq", "40187654", TEXT, PIN]);
}

async function assertOnServer() {
    const fields = ["name", "given_by", "status", "authorisation_text", "channel", "representative_document", "evidence", "evidence_note"];
    const [mothers] = await find("Data Authorisation", { beneficiary: place.person }, fields);
    assert.deepEqual([mothers.given_by, mothers.status, mothers.authorisation_text, mothers.channel], ["The Person", "In Force", TEXT, "Signed in the Field App"]);
    assert.match(mothers.evidence_note, /Nubia Testigoxq/);
    const [childs] = await find("Data Authorisation", { beneficiary: place.child }, fields);
    assert.deepEqual([childs.given_by, childs.status, childs.representative_document], ["Legal Representative", "In Force", "CC 40187654"]);
    assert.ok(mothers.evidence && childs.evidence, "both signatures are on record");
    const [acta] = await find("Acta", { family: place.family }, ["name", "status"]);
    assert.equal(acta.status, "Closed");
    const prints = await find("Fingerprint", { acta: acta.name }, ["name", "beneficiary", "finger", "quality", "source", "status", "template_format"]);
    const mine = prints.find((one) => one.beneficiary === place.person);
    assert.equal(prints.length, 2);
    assert.deepEqual([mine.finger, mine.quality, mine.source, mine.status, mine.template_format], ["Left Thumb", 77, "Software Reader", "Kept", "ISO 19794-2"]);
    const told = JSON.stringify([await api(ROLE, "GET", `/api/resource/Acta/${acta.name}`), await api(ADMIN, "GET", `/api/resource/Fingerprint/${mine.name}`)]);
    assert.ok(!told.includes(minutiae(77, 3).toString("base64").slice(0, 32)) && !told.includes("gAAAA"), "no door shows the capture");
    const opening = "/api/method/social_crm.field_records.services.fingerprints.open_capture";
    await assert.rejects(api(ROLE, "POST", opening, { name: mine.name, reason: "Ver" }), /403|Permission/);
    const opened = await api(ADMIN, "POST", opening, { name: mine.name, reason: "Prueba" });
    assert.equal(opened.template, minutiae(77, 3).toString("base64"));
}

printTest("a withdrawn authorisation: the capture on its way is refused in words, the acta is safe, and the device takes no more", async ({ wire, phone, reader, picture }) => {
    const { page } = phone;
    const given = await create(ADMIN, "Data Authorisation", {
        beneficiary: place.person, purpose: "Biometrics", authorisation_text: TEXT, decision: "Granted", channel: "Signed Paper", given_by: "The Person", evidence_note: "Carpeta 1",
    });
    await sync(page);
    await chooseReader(page, reader);
    const made = [];
    for (const objective of ["La que espera", "La que sigue en borrador"]) {
        await begin(page, objective);
        await addWithPrint(page, `Huellaxq ${KEY}`);
        await button(sheet(page), "Tomar la huella").click();
        await sheet(page).getByText("Calidad 82 de 100").first().waitFor();
        await button(sheet(page), "Guardar").click();
        await page.getByText("Huella a las").waitFor();
        made.push(await store(page, (app) => app.drafts.list.value[0].uuid));
        await button(page, "Anterior").click();
        await button(page, "Guardar y salir").click();
        await page.locator(".nav").waitFor();
    }
    await wire.cut();
    await store(page, (app, uuid) => app.drafts.ready(uuid, true), made[0]);
    await api(ADMIN, "POST", "/api/method/social_crm.social_crm.services.authorisations.withdraw", { authorisation: given.name, channel: "En persona" });
    await wire.connect();
    await sync(page);
    const prints = await store(page, async (app, uuids) => {
        const drafts = await Promise.all(uuids.map((uuid) => app.drafts.read(uuid)));
        return drafts.map(({ header, body }) => [header.state, header.closed, body.participants[0].fingerprint]);
    }, made);
    assert.deepEqual(prints, [["sent", false, null], ["draft", false, null]]);
    const [acta] = await find("Acta", { client_uuid: made[0] }, ["name", "status"]);
    assert.equal(acta.status, "Draft");
    assert.deepEqual(await find("Fingerprint", { acta: acta.name }), []);

    await page.getByRole("link", { name: "Envíos", exact: true }).click();
    await page.getByText("Sin la huella de").waitFor();
    await assertAccessible(page, "the outbox with a refused fingerprint");
    await picture("outbox");
    await button(page, "Corregir").click();
    await button(page, "Siguiente").click();
    await page.getByText("Falta la firma").waitFor();
    await button(page, "Firmar").first().click();
    await sheet(page).getByText("Huella", { exact: true }).click();
    await sheet(page).getByText("retiró la autorización").waitFor();
    assert.equal(await sheet(page).getByRole("button", { name: /Tomar la huella|Foto de la huella/ }).count(), 0);
    await picture("withdrawn");
    await sheet(page).getByText("Firma", { exact: true }).click();
    await sheet(page).getByRole("button", { name: "Firmar", exact: true }).click();
    await sign(page);
    await page.getByText("Firmó a las").waitFor();
});

printTest("without a reader, as the last resort: the photo of an inked print after the authorisation, whole and encrypted on the server", async ({ wire, phone, picture }) => {
    const { page } = phone;
    const name = `Tintaxq ${KEY}`;
    const person = await create(ADMIN, "Beneficiary", { first_name: "Nilda", first_surname: name, family: place.family, kinship: "Other Relative", no_document_reason: "En trámite", birth_date: day(12000), registered_on: day(100) });
    await sync(page);
    await wire.cut();
    await begin(page, "Recibe las herramientas");
    await addWithPrint(page, name);
    await button(sheet(page), "Leer la autorización").click();
    await button(sheet(page), "Sí autoriza y firma").click();
    await sign(page);
    await sheet(page).getByText("Autorizó el uso de su huella.").waitFor();
    assert.equal(await button(sheet(page), "Tomar la huella").count(), 0, "no reader was chosen");
    await sheet(page).getByText("Derecha", { exact: true }).click();
    await sheet(page).getByText("Pulgar", { exact: true }).click();
    await assertAccessible(page, "before the inked print");
    await picture("before");
    const photograph = async (file) => {
        const [chooser] = await Promise.all([page.waitForEvent("filechooser"), button(sheet(page), "Foto de la huella en tinta").click()]);
        await chooser.setFiles(file);
    };
    // What is no picture is refused in words, and nothing of it stays.
    await photograph({ name: "huella.jpg", mimeType: "image/jpeg", buffer: Buffer.from("<svg xmlns='http://www.w3.org/2000/svg'/>") });
    await sheet(page).getByText("Esta foto no se puede leer").waitFor();
    await picture("no-picture");
    const photo = await turnedPhoto(page);
    await photograph({ name: "huella.jpg", mimeType: "image/jpeg", buffer: photo });
    await sheet(page).getByText("Huella tomada").waitFor();
    await sheet(page).getByText("Derecha, Pulgar").waitFor();
    await sheet(page).getByText("Sin medida de calidad").waitFor();
    await assertAccessible(page, "an inked print that was taken");
    await picture("taken");
    await button(sheet(page), "Guardar").click();
    await page.getByText("Huella a las").waitFor();
    await button(page, "Siguiente").click();
    await button(page, "Siguiente").click();
    await button(page, "Cerrar y enviar").click();
    await page.locator("dialog.ask").getByRole("button", { name: "Cerrar y enviar" }).click();
    await page.getByText("Acta guardada en el teléfono").waitFor();
    const kept = () => store(page, async (app) => {
        const { header, body } = await app.drafts.read(app.drafts.list.value[0].uuid);
        const { image, template, kept } = body.participants[0].fingerprint;
        return { uuid: header.uuid, state: header.state, image, template, kept };
    });
    const here = await kept();
    const jpeg = Buffer.from(here.image, "base64");
    assert.equal(here.template, null);
    assert.deepEqual([jpeg.subarray(0, 2).toString("hex"), jpeg.includes("Exif")], ["ffd8", false], "a picture without what the camera wrote into it");
    const size = await page.evaluate(async (bytes) => {
        const { width, height } = await createImageBitmap(new Blob([Uint8Array.from(bytes)]));
        return [width, height];
    }, [...jpeg]);
    assert.deepEqual(size, [600, 1200], "upright, and small enough to travel");

    await wire.connect();
    assert.equal(await sync(page), null);
    const after = await kept();
    assert.deepEqual([after.state, after.image, Boolean(after.kept)], ["sent", null, true], "what the server keeps is gone from the device");
    const [acta] = await find("Acta", { client_uuid: here.uuid }, ["name", "status"]);
    assert.equal(acta.status, "Closed");
    const prints = await find("Fingerprint", { acta: acta.name }, ["name", "beneficiary", "finger", "source", "status"]);
    assert.deepEqual(prints.map(({ name: _name, ...said }) => said), [{ beneficiary: person.name, finger: "Right Thumb", source: "Photo of an Inked Print", status: "Kept" }]);
    // Encrypted in its row: no file of it lies about, no door shows it, and whoever may open it says why.
    const files = await find("File", { attached_to_name: ["in", [acta.name, prints[0].name]] }, ["file_name", "attached_to_doctype"]);
    assert.ok(files.every((one) => one.attached_to_doctype === "Acta" && !/huella/i.test(one.file_name)), JSON.stringify(files));
    const told = JSON.stringify([await api(ROLE, "GET", `/api/resource/Acta/${acta.name}`), await api(ADMIN, "GET", `/api/resource/Fingerprint/${prints[0].name}`)]);
    assert.ok(!told.includes(here.image.slice(200, 264)) && !told.includes("gAAAA"), "no door shows the capture");
    const opening = "/api/method/social_crm.field_records.services.fingerprints.open_capture";
    await assert.rejects(api(ROLE, "POST", opening, { name: prints[0].name, reason: "Ver" }), /403|Permission/);
    const opened = await api(ADMIN, "POST", opening, { name: prints[0].name, reason: "Prueba" });
    assert.deepEqual(opened, { image: `data:image/jpeg;base64,${here.image}`, template: null });
});
