// An acta that was sent: read on the phone with and without a network, its sealed PDF, and the new acta that corrects it.

import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { allSafe, assertAccessible, choosePhoto, enroll, findFamily, publishTemplate, question, sign, templateTitle, turnedPhoto } from "./field_app_screens.mjs";
import { phoneTest, store } from "./field_app.mjs";
import { deliver, find } from "./field_rules.mjs";
import { api, browserTest, create, day, makeCommunity, makeFamily, output, url } from "./lib.mjs";

const ADMIN = "System Manager";
const GESTOR = "Gestor";

async function prepare(key) {
    const community = await makeCommunity(ADMIN, `Papeles ${key}`, [GESTOR]);
    const made = await makeFamily(ADMIN, community, `Jusayú ${key}`);
    await publishTemplate(ADMIN, `papel_${key}`, [
        { field_type: "decimal", field_name: "area", label: "Hectáreas" },
        { field_type: "select_one", field_name: "riego", label: "¿Riega?", choice_list: "yes_no", appearance: "minimal" },
        { field_type: "select_one", field_name: "cerca", label: "¿Cercada?", choice_list: "yes_no", appearance: "autocomplete" },
    ]);
    return { community, ...made };
}

async function write(page, key, { text = "Primera visita", photo = true } = {}) {
    await findFamily(page, `Jusayú ${key}`);
    await page.locator(".float").click();
    await page.getByRole("button", { name: templateTitle(`papel_${key}`) }).click();
    await page.locator("form.or .question").first().waitFor();
    await question(page, "Objetivo").locator("input").fill(text);
    await question(page, "Hectáreas").locator("input").fill("1.375");
    await question(page, "¿Cercada?").locator("input.autocomplete").fill("Sí");
    assert.equal(await question(page, "¿Cercada?").locator("input:visible").count(), 1, "one box to write in");
    if (photo) await choosePhoto(page, question(page, "Fachada"), await turnedPhoto(page));
    await page.getByRole("button", { name: "Siguiente" }).click();
    await page.locator(".chip").first().click();
    await page.locator("dialog.sheet").getByRole("button", { name: "Firmar" }).click();
    await sign(page);
    await page.getByRole("button", { name: "Siguiente" }).click();
    await page.getByRole("button", { name: "Agregar compromiso" }).click();
    await page.getByLabel("¿Qué se va a hacer?").fill("Llevar la copia");
    await page.getByRole("button", { name: "En 8 días" }).click();
    await page.getByRole("button", { name: "Guardar", exact: true }).click();
    await page.getByRole("button", { name: "Siguiente" }).click();
}

async function close(page) {
    await page.getByText("Todo listo para cerrar").waitFor();
    await page.getByRole("button", { name: "Cerrar y enviar" }).click();
    await page.locator("dialog.ask").getByRole("button", { name: "Cerrar y enviar" }).click();
}

const actasOf = (family) =>
    api(ADMIN, "GET", `/api/resource/Acta?filters=${encodeURIComponent(JSON.stringify({ family }))}&fields=["name","status","amends","amendment_reason","pdf_status"]&order_by=creation`);

async function sync(page) {
    await page.getByRole("link", { name: /^Envíos/ }).last().click();
    await page.getByRole("button", { name: "Enviar y recibir ahora" }).click();
    await page.getByRole("button", { name: "Enviar y recibir ahora" }).waitFor();
    await allSafe(page);
}

browserTest("a sent acta is read on the phone with the network off, and corrected with a new one that says why", { phone: true }, async ({ page, context, screenshot }) => {
    const key = `p${Date.now().toString(36)}`;
    const { family } = await prepare(key);
    await page.setViewportSize({ width: 360, height: 740 });
    await enroll(page, context, GESTOR);
    await allSafe(page);
    await write(page, key);
    await close(page);
    await page.getByText("Acta a salvo en el servidor").waitFor({ timeout: 90_000 });
    await allSafe(page);
    const [first] = await actasOf(family);
    assert.equal(first.status, "Closed");

    await context.setOffline(true);
    await page.getByRole("link", { name: "Ver el acta" }).click();
    await page.getByText("Cerrada y a salvo en el servidor").waitFor();
    await page.locator("form.or .question").first().waitFor();
    assert.equal(await question(page, "Objetivo").locator("input").inputValue(), "Primera visita");
    assert.equal(await question(page, "Objetivo").locator("input").getAttribute("readonly"), "readonly");
    // Like a paper: what was answered as text, and nothing of what was not chosen.
    await question(page, "Objetivo").getByText("Primera visita").waitFor();
    for (const none of ["¿Tiene agua?", "¿Riega?"]) await question(page, none).getByText("Sin respuesta").waitFor();
    await question(page, "Hectáreas").getByText("1,375", { exact: true }).waitFor();
    await question(page, "¿Cercada?").locator(".answer", { hasText: /^Sí$/ }).waitFor();
    assert.equal(await page.locator("form.or input:visible, form.or textarea:visible, form.or .option-wrapper:visible").count(), 0);
    const width = await question(page, "Fachada").locator("img").evaluate(async (image) => (await image.decode(), image.naturalWidth));
    assert.equal(width, 800, "the photo is on the phone");
    await page.getByRole("img", { name: /^Firma de Rosa/ }).waitFor();
    await page.getByText("Llevar la copia").waitFor();
    assert.equal(await page.locator(".paper-form .field-actions").count(), 0, "nothing to press in what is only read");
    await assertAccessible(page, "a sent acta");
    await screenshot("field-app-paper");

    // The new acta: same answers, photo and people, no signature; the reason is asked for and can be mended.
    await page.getByRole("button", { name: "Corregir con un acta nueva" }).click();
    await page.locator("dialog.sheet").getByRole("button", { name: "Continuar" }).click();
    await page.locator("dialog.sheet").getByText("Escriba la razón de la corrección.").waitFor();
    await assertAccessible(page, "the reason of a correction");
    await page.getByLabel("Razón de la corrección").fill("El objetivo estaba mal escrito");
    await screenshot("field-app-amend-reason");
    await page.locator("dialog.sheet").getByRole("button", { name: "Continuar" }).click();
    await page.getByText(`Corrige el acta ${first.name}`).waitFor();
    await page.locator("form.or .question").first().waitFor();
    assert.equal(await question(page, "Objetivo").locator("input").inputValue(), "Primera visita");
    await question(page, "Fachada").locator("img").waitFor();
    // It is about whom the other is about.
    assert.equal(await page.locator("select.subject").isDisabled(), true);
    await assertAccessible(page, "a new acta that corrects another");
    await screenshot("field-app-amendment");
    await question(page, "Objetivo").locator("input").fill("Segunda redacción");
    await page.getByLabel("Razón de la corrección").fill("");
    await page.locator(".steps button").nth(3).click();
    await page.locator(".gap", { hasText: "Escriba la razón de la corrección." }).click();
    await page.getByLabel("Razón de la corrección").fill("El objetivo estaba mal");
    await page.locator(".steps button").nth(1).click();
    await page.getByText("Falta la firma", { exact: true }).waitFor();
    await page.getByRole("button", { name: /^Firmar/ }).click();
    await page.locator("dialog.sheet").getByRole("button", { name: "Firmar" }).click();
    await sign(page);
    await page.locator(".steps button").nth(3).click();
    await page.getByText(`${first.name}: El objetivo estaba mal`).waitFor();
    await close(page);
    await page.getByText("Acta guardada en el teléfono").waitFor();
    await context.setOffline(false);
    await page.getByText("Acta a salvo en el servidor").waitFor({ timeout: 90_000 });
    await allSafe(page);
    const [old, fresh, ...more] = await actasOf(family);
    assert.equal(more.length, 0);
    assert.deepEqual([fresh.status, fresh.amends, fresh.amendment_reason], ["Closed", old.name, "El objetivo estaba mal"]);
    const answers = JSON.parse((await api(ADMIN, "GET", `/api/resource/Acta/${fresh.name}`)).answers);
    assert.equal(answers.objetivo, "Segunda redacción");
    assert.ok(answers.fachada, "the photo went along");
    await findFamily(page, `Jusayú ${key}`);
    await page.locator(`a[href$="/actas/${old.name}/ver"]`).click();
    await page.getByText(`La corrige el acta ${fresh.name}`).waitFor();
});

browserTest("an acta of another phone is fetched with a network; its photos when one asks; its PDF opens", { phone: true }, async ({ page, context, screenshot }) => {
    const key = `q${Date.now().toString(36)}`;
    const { family } = await prepare(key);
    await enroll(page, context, GESTOR);
    await allSafe(page);
    await write(page, key, { text: "Desde el otro teléfono" });
    await close(page);
    await page.getByText("Acta a salvo en el servidor").waitFor({ timeout: 90_000 });
    const [acta] = await actasOf(family);

    const other = await context.browser().newContext({ viewport: { width: 360, height: 740 }, locale: "es-CO", timezoneId: "America/Bogota", isMobile: true, hasTouch: true });
    other.setDefaultTimeout(60_000);
    try {
        const second = await other.newPage();
        await enroll(second, other, GESTOR);
        await findFamily(second, `Jusayú ${key}`);
        await second.getByRole("link", { name: new RegExp(`${acta.name}$`) }).click();
        await second.getByText("Cerrada y a salvo en el servidor").waitFor();
        await second.locator("form.or .question").first().waitFor();
        assert.equal(await question(second, "Objetivo").locator("input").inputValue(), "Desde el otro teléfono");
        await second.getByRole("img", { name: /^Firma de Rosa/ }).waitFor();
        await question(second, "Fachada").getByText("El archivo está en el servidor.").waitFor();
        await assertAccessible(second, "an acta of the server");
        await second.getByRole("button", { name: "Traerlos para verlos" }).click();
        await question(second, "Fachada").locator("img").waitFor();
        await second.screenshot({ path: `${process.env.SOCIAL_CRM_OUTPUT}/field-app-paper-of-server.png`, fullPage: true });
        // Opened once, it opens again without a network, with the photo that was fetched.
        await other.setOffline(true);
        await second.getByRole("button", { name: "Volver" }).click();
        await second.getByText("Se abre sin señal").waitFor();
        await second.screenshot({ path: `${process.env.SOCIAL_CRM_OUTPUT}/field-app-family-kept-acta.png`, fullPage: true });
        await second.getByRole("link", { name: new RegExp(acta.name) }).click();
        await question(second, "Fachada").locator("img").waitFor();
        await second.getByRole("img", { name: /^Firma de Rosa/ }).waitFor();
        await other.setOffline(false);
    } finally {
        await other.close();
    }

    // The server makes the PDF after the closing; the next sync tells the phone.
    for (let tries = 0; tries < 60 && (await actasOf(family))[0].pdf_status !== "Ready"; tries += 1) await page.waitForTimeout(1000);
    assert.equal((await actasOf(family))[0].pdf_status, "Ready");
    await sync(page);
    await findFamily(page, `Jusayú ${key}`);
    await page.getByRole("link", { name: new RegExp(`${acta.name}$`) }).click();
    await page.getByText("El PDF sellado está listo").waitFor();
    const address = await page.getByRole("link", { name: /^Abrir el PDF/ }).getAttribute("href");
    const pdf = await context.request.get(url + address);
    assert.equal(pdf.status(), 200);
    assert.equal((await pdf.body()).subarray(0, 5).toString(), "%PDF-");
    await screenshot("field-app-paper-with-pdf");
});

browserTest("an acta sent without closing goes on from where it is read", { phone: true }, async ({ page, context }) => {
    const key = `r${Date.now().toString(36)}`;
    const { family } = await prepare(key);
    await enroll(page, context, GESTOR);
    await allSafe(page);
    await write(page, key, { photo: false });
    await page.getByRole("button", { name: "Enviar sin cerrar" }).click();
    await page.getByText("Acta a salvo en el servidor").waitFor({ timeout: 90_000 });
    await page.getByRole("link", { name: "Ver el acta" }).click();
    await page.getByText("Borrador en el servidor").waitFor();
    await page.getByRole("button", { name: "Seguir escribiendo" }).click();
    await question(page, "Objetivo").locator("input").fill("Con más palabras");
    await page.locator(".steps button").nth(3).click();
    await close(page);
    await page.getByText("Acta a salvo en el servidor").waitFor({ timeout: 90_000 });
    const found = await actasOf(family);
    assert.deepEqual(found.map((one) => one.status), ["Closed"]);
    assert.equal(JSON.parse((await api(ADMIN, "GET", `/api/resource/Acta/${found[0].name}`)).answers).objetivo, "Con más palabras");
});

phoneTest("an acta of the server that was opened opens after the battery died, with the network off; when it is no longer theirs it is wiped", async ({ wire, phone }) => {
    const key = `k${Date.now().toString(36)}`;
    const { community, family } = await prepare(key);
    const written = async (objetivo) => (await create(ADMIN, "Acta", { template: `papel_${key}-v1`, family, visit_date: day(3), answers: JSON.stringify({ objetivo }) })).name;
    const [read, unread] = [await written("Leidaxq antes de salir"), await written("Nunca abierta")];
    const line = (name) => phone.page.getByRole("link", { name: new RegExp(name) });
    const objective = () => question(phone.page, "Objetivo").locator(".answer", { hasText: "Leidaxq antes de salir" });
    await phone.enroll(GESTOR);
    await findFamily(phone.page, `Jusayú ${key}`);
    await line(read).click();
    await objective().waitFor();
    await wire.cut();
    await phone.crash();
    for (const entry of fs.readdirSync(phone.folder, { recursive: true, withFileTypes: true })) {
        const file = path.join(entry.parentPath ?? entry.path, entry.name);
        if (!entry.isFile() || !/IndexedDB|blob_storage|File System/.test(file)) continue;
        for (const encoding of ["utf8", "utf16le"]) assert.ok(!fs.readFileSync(file).includes(Buffer.from("Leidaxq", encoding)), path.basename(file));
    }

    await phone.switchOn();
    await phone.open();
    await phone.unlock();
    await findFamily(phone.page, `Jusayú ${key}`);
    await line(read).click();
    await objective().waitFor();
    await phone.page.getByText("Copia guardada en este teléfono").waitFor();
    await assertAccessible(phone.page, "a kept acta of the server");
    await phone.page.screenshot({ path: path.join(output, "field-app-paper-kept.png"), fullPage: true });
    await phone.page.locator(".top-button").click();
    await line(unread).click();
    await phone.page.getByText("Esta acta está en el servidor. Para verla se necesita conexión.").waitFor();

    for (const { name } of await find("Staff Assignment", { community }, ["name"])) await api(ADMIN, "PUT", `/api/resource/Staff Assignment/${name}`, { to_date: "2020-02-01" });
    await wire.connect();
    await deliver(phone);
    await wire.cut();
    await phone.open(`/campo/actas/${read}/ver`);
    await phone.unlock();
    await phone.page.getByText("Esta acta está en el servidor. Para verla se necesita conexión.").waitFor();
    assert.equal(await store(phone.page, (app) => app.records.keptActas.value.size), 0);
});
