// An acta in the field app, from the family to the server, with the network off while it is written.

import assert from "node:assert/strict";
import { keptOnPhone } from "./field_app.mjs";
import { allSafe, choosePhoto, enroll, PIN, publishTemplate, question, sign, templateTitle, turnedPhoto } from "./field_app_screens.mjs";
import { api, browserTest, makeCommunity, makeFamily, url } from "./lib.mjs";

const ADMIN = "System Manager";
const GESTOR = "Gestor";
const PLACE = { latitude: 11.3812, longitude: -72.2401, accuracy: 6 };

async function prepare(key) {
    const community = await makeCommunity(ADMIN, `Campo ${key}`, [GESTOR]);
    const made = await makeFamily(ADMIN, community, `Epiayú ${key}`);
    const template = await publishTemplate(ADMIN, `campo_${key}`);
    return { community, template, ...made };
}

async function begin(page, key) {
    const familyName = `Epiayú ${key}`;
    await page.getByRole("link", { name: "Familias" }).click();
    await page.getByRole("searchbox").fill(familyName.normalize("NFD").replace(/\p{M}/gu, ""));
    await page.locator(".row-link").first().click();
    await page.locator(".float").click();
    await page.getByRole("button", { name: templateTitle(`campo_${key}`) }).click();
    await page.locator("form.or .question").first().waitFor();
}

browserTest("an acta written with no network is sealed on the server with every file, and nothing twice", { phone: true }, async ({ page, context }) => {
    const key = `a${Date.now().toString(36)}`;
    const { family, template } = await prepare(key);
    await context.grantPermissions(["geolocation", "microphone"], { origin: url });
    await context.setGeolocation(PLACE);
    await enroll(page, context, GESTOR);
    await allSafe(page);
    await context.setOffline(true);

    await begin(page, key);
    await page.getByRole("button", { name: "Tomar la ubicación" }).first().click();
    await page.getByText("± 6 m").first().waitFor();
    await page.evaluate(() => (window.samePage = true));
    await question(page, "Objetivo").locator("input").fill("Seguimiento & <acuerdos>");
    // The key of a phone's keyboard that says "Go" leaves the form where it is.
    await question(page, "Objetivo").locator("input").press("Enter");
    assert.ok(await page.evaluate(() => window.samePage), "Enter in a field loaded the page anew");
    await question(page, "Personas").locator("input").fill("4");
    await page.getByRole("radio", { name: "No", exact: true }).check();
    await question(page, "¿Por qué no?").locator("input").fill("El pozo se secó");
    await question(page, "Nombre").locator("input").fill("Ana");
    await page.locator(".add-repeat-btn").click();
    await page.locator(".or-repeat input[name$='/nombre']").nth(1).fill("Luis");
    await question(page, "Punto").getByRole("button", { name: "Tomar la ubicación" }).click();
    await question(page, "Punto").getByText("11.38120, -72.24010").waitFor();
    await choosePhoto(page, question(page, "Fachada"), await turnedPhoto(page));
    const size = await question(page, "Fachada").locator("img").evaluate(async (image) => (await image.decode(), [image.naturalWidth, image.naturalHeight]));
    assert.deepEqual(size, [800, 1600], "shrunk, and turned as the camera meant it");
    await question(page, "Firma del formulario").getByRole("button", { name: "Firmar" }).click();
    await sign(page);
    await page.getByRole("button", { name: "Siguiente" }).click();

    await page.locator(".chip").first().click();
    await page.locator("dialog.sheet").getByRole("button", { name: "Firmar" }).click();
    await sign(page);
    await page.getByRole("button", { name: "Agregar otra persona" }).click();
    await page.getByLabel("Nombre y apellidos").fill("Delia Uriana");
    await page.locator("dialog.sheet").getByText("No puede firmar", { exact: true }).click();
    await page.getByText("No puede ver", { exact: true }).click();
    await page.getByLabel("Nombre del testigo").fill("Nubia Gómez");
    await page.getByRole("button", { name: "Firma del testigo" }).click();
    await sign(page);
    await page.getByText("Con testigo: Nubia Gómez").waitFor();
    await page.getByRole("button", { name: "Siguiente" }).click();

    await page.getByRole("button", { name: "Agregar compromiso" }).click();
    await page.getByLabel("¿Qué se va a hacer?").fill("Llevar la copia del documento");
    await page.getByRole("button", { name: "En 8 días" }).click();
    await page.getByRole("button", { name: "Guardar", exact: true }).click();
    await page.getByRole("button", { name: "Siguiente" }).click();
    await page.getByText("Todo listo para cerrar").waitFor();
    await page.getByRole("button", { name: "Cerrar y enviar" }).click();
    await page.locator("dialog.ask").getByRole("button", { name: "Cerrar y enviar" }).click();
    await page.getByText("Acta guardada en el teléfono").waitFor();
    await page.getByText("1 acta solo en este teléfono").waitFor();

    await context.setOffline(false);
    await page.getByText("Acta a salvo en el servidor").waitFor({ timeout: 90_000 });
    await allSafe(page);

    const found = await api(ADMIN, "GET", `/api/resource/Acta?filters=${encodeURIComponent(JSON.stringify([["family", "=", family]]))}`);
    assert.equal(found.length, 1, "one acta");
    const acta = await api(ADMIN, "GET", `/api/resource/Acta/${found[0].name}`);
    assert.equal(acta.status, "Closed");
    assert.equal(acta.template, template);
    const answers = JSON.parse(acta.answers);
    assert.equal(answers.objetivo, "Seguimiento & <acuerdos>");
    assert.equal(Number(answers.personas), 4);
    assert.equal(answers.porque, "El pozo se secó");
    assert.deepEqual(answers.asistentes.map((row) => row.nombre), ["Ana", "Luis"]);
    assert.ok(answers.fachada, "the photo");
    assert.ok(answers.dibujo, "the signature in the form");
    assert.equal(Number(acta.latitude).toFixed(4), "11.3812");
    assert.deepEqual(acta.participants.map((one) => one.participant_name).slice(1), ["Delia Uriana"]);
    assert.ok(acta.participants[0].signature, "her signature");
    assert.equal(acta.participants[1].witness_name, "Nubia Gómez");
});

browserTest("a draft comes back whole after the browser was ended: text, rows, choice, photo, place and signature", { phone: true }, async ({ page, context }) => {
    const key = `b${Date.now().toString(36)}`;
    await prepare(key);
    await context.grantPermissions(["geolocation"], { origin: url });
    await context.setGeolocation(PLACE);
    await enroll(page, context, GESTOR);
    await allSafe(page);
    await context.setOffline(true);
    await begin(page, key);
    await question(page, "Nombre").locator("input").fill("Ana");
    await page.locator(".add-repeat-btn").click();
    await page.locator(".or-repeat input[name$='/nombre']").nth(1).fill("Luis");
    await page.getByRole("radio", { name: "Sí", exact: true }).check();
    await choosePhoto(page, question(page, "Fachada"), await turnedPhoto(page));
    await question(page, "Punto").getByRole("button", { name: "Tomar la ubicación" }).click();
    await question(page, "Punto").getByText("11.38120, -72.24010").waitFor();
    await question(page, "Firma del formulario").getByRole("button", { name: "Firmar" }).click();
    await sign(page);
    // The last words were never "left": the field still has the cursor when the page goes.
    await question(page, "Objetivo").locator("input").pressSequentially("A medio escr");
    const address = page.url();
    await keptOnPhone(page, address.match(/[0-9a-f-]{36}/)[0], "A medio escr");
    await page.close();

    const again = await context.newPage();
    await again.goto(address);
    await again.getByLabel("PIN").fill(PIN);
    await again.getByRole("button", { name: "Abrir" }).click();
    await again.locator("form.or .question").first().waitFor();
    assert.equal(await question(again, "Objetivo").locator("input").inputValue(), "A medio escr");
    assert.deepEqual(await again.locator(".or-repeat input[name$='/nombre']").evaluateAll((all) => all.map((one) => one.value)), ["Ana", "Luis"]);
    assert.equal(await again.getByRole("radio", { name: "Sí", exact: true }).isChecked(), true);
    await question(again, "Punto").getByText("11.38120, -72.24010").waitFor();
    for (const label of ["Fachada", "Firma del formulario"]) {
        const width = await question(again, label).locator("img").evaluate(async (image) => (await image.decode(), image.naturalWidth));
        assert.ok(width > 10, `${label} came back`);
    }
    await again.getByText("1 acta solo en este teléfono").waitFor();
});

browserTest("an acta with something missing is not closed, and each gap leads to its place", { phone: true }, async ({ page, context }) => {
    const key = `c${Date.now().toString(36)}`;
    await prepare(key);
    await enroll(page, context, GESTOR);
    await allSafe(page);
    await begin(page, key);
    await question(page, "Personas").locator("input").fill("55");
    await page.locator(".steps button").nth(3).click();
    await page.locator(".gap", { hasText: "2 respuestas por completar" }).waitFor();
    await page.getByText("Nadie ha firmado todavía").waitFor();
    assert.equal(await page.getByRole("button", { name: "Cerrar y enviar" }).isDisabled(), true);
    await page.locator(".gap").first().click();
    for (const place of ["form.or", ".problems"]) await page.locator(place).getByText("Entre 1 y 29").waitFor();
    await page.getByText("Falta esta respuesta").first().waitFor();
    const focused = await page.evaluate(() => document.activeElement?.getAttribute("name") ?? "");
    assert.match(focused, /objetivo$/, "the first question with a gap has the focus");

    // What is answered leaves the list, what is not stays.
    const list = page.locator(".problems");
    await list.getByRole("button", { name: "Objetivo" }).waitFor();
    await question(page, "Objetivo").locator("input").fill("Hablar del agua");
    await question(page, "Objetivo").locator("input").blur();
    await list.getByRole("button", { name: "Objetivo" }).waitFor({ state: "detached" });
    await list.getByText("1 respuesta por completar").waitFor();
});
