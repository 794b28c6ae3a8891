// What the tests of the field app share: a phone that is logged in and unlocked, a signature, a look with axe.

import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { PIN } from "./field_app.mjs";
import { api, logIn, people, url } from "./lib.mjs";

export { PIN };
const axe = fs.readFileSync(path.join(process.env.SOCIAL_CRM_BROWSER_MODULES, "axe-core", "axe.min.js"), "utf-8");

// Opens /campo as somebody who is logged in at the server, chooses a PIN and waits until all came down.
export async function enroll(page, context, role, language = "es") {
    await logIn(context, role);
    await page.addInitScript((chosen) => localStorage.setItem("campo-language", chosen), language);
    await page.goto(`${url}/campo`);
    await page.locator(".access-card .button-main").click(); // already logged in: go on
    const fields = page.locator(".access-card input");
    await fields.nth(0).fill(PIN);
    await fields.nth(1).fill(PIN);
    await fields.nth(2).fill("Celular de prueba");
    await page.locator(".access-card .button-main").click();
    await page.locator(".nav").waitFor();
    await page.locator(".first-fetch").waitFor({ state: "detached" });
}

// Waits until the indicator says that the server has everything.
export async function allSafe(page) {
    await page.locator('.safety[data-look="safe"]').waitFor();
}

// Opens the page of a family, found by its name as one types it on a phone.
export async function findFamily(page, familyName) {
    await page.locator(".nav-item").nth(1).click();
    await page.getByRole("searchbox").fill(familyName.normalize("NFD").replace(/\p{M}/gu, ""));
    await page.locator(".row-link").first().click();
    await page.locator(".float").waitFor();
}

// Draws a signature on the pad that is open and confirms it.
export async function sign(page) {
    const box = await page.locator("dialog.signing canvas").boundingBox();
    const at = (x, y) => [box.x + box.width * x, box.y + box.height * y];
    for (const [from, to] of [
        [at(0.2, 0.6), at(0.45, 0.35)],
        [at(0.45, 0.35), at(0.8, 0.55)],
    ]) {
        await page.mouse.move(...from);
        await page.mouse.down();
        await page.mouse.move(...to, { steps: 8 });
        await page.mouse.up();
    }
    await page.locator("dialog.signing .button-main").click();
    await page.locator("dialog.signing").waitFor({ state: "detached" });
}

// A photo larger than the limit, that the camera says is to be turned: EXIF orientation 6 in a JPEG of 2400 by 1200.
export async function turnedPhoto(page) {
    const bytes = await page.evaluate(async () => {
        const canvas = new OffscreenCanvas(2400, 1200);
        const context = canvas.getContext("2d");
        context.fillStyle = "#d33";
        context.fillRect(0, 0, 1200, 1200);
        context.fillStyle = "#33d";
        context.fillRect(1200, 0, 1200, 1200);
        const jpeg = new Uint8Array(await (await canvas.convertToBlob({ type: "image/jpeg", quality: 0.8 })).arrayBuffer());
        const tiff = [0x4d, 0x4d, 0, 42, 0, 0, 0, 8, 0, 1, 1, 18, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0, 0, 0, 0, 0];
        const segment = [0xff, 0xe1, 0, 8 + tiff.length, 69, 120, 105, 102, 0, 0, ...tiff];
        return [0xff, 0xd8, ...segment, ...jpeg.slice(2)];
    });
    return Buffer.from(bytes);
}

export async function choosePhoto(page, question, buffer, name = "foto.jpg") {
    const [chooser] = await Promise.all([
        page.waitForEvent("filechooser"),
        question.getByRole("button", { name: "Elegir foto" }).click(),
    ]);
    await chooser.setFiles({ name, mimeType: "image/jpeg", buffer });
    await question.locator("img").waitFor();
}

export const question = (page, label) => page.locator("form.or .question", { hasText: label }).first();

// No violation of axe's rules, nothing wider than the screen, nothing to press that is smaller than a thumb.
export async function assertAccessible(page, what) {
    await page.evaluate(axe);
    const found = await page.evaluate(async () => {
        const { violations } = await globalThis.axe.run(document, { resultTypes: ["violations"] });
        const small = [...document.querySelectorAll("button, a, select, summary, input:not([type=hidden])")].filter((one) => {
            const { width, height } = one.getBoundingClientRect();
            const inLabel = one.matches("input") && one.closest("label");
            return width && !inLabel && !one.closest(".for-ears, .skip") && !one.matches(".skip") && (height < 44 || width < 40);
        });
        const cut = [...document.querySelectorAll(".nav-text, .step-text, .button, .badge, h1, h2, h3, legend, label")].filter(
            (one) => one.clientWidth > 1 && !one.closest(".for-ears") && !one.matches(".for-ears") && one.scrollWidth > one.clientWidth + 1,
        );
        const { width: screen } = document.documentElement.getBoundingClientRect();
        const outside = [...document.querySelectorAll(".nav-text, .step-text")].filter((one) => {
            if (one.clientWidth === 1) return false; // for the ears alone
            const { left, right } = one.getBoundingClientRect();
            const cell = one.parentElement.getBoundingClientRect();
            return right > Math.min(screen, cell.right) + 1 || left < Math.max(0, cell.left) - 1;
        });
        return {
            cut: [...cut, ...outside].map((one) => one.outerHTML.slice(0, 120)),
            violations: violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.html.slice(0, 120)).join(" | ")}`),
            small: small.map((one) => one.outerHTML.slice(0, 120)),
            wide: document.documentElement.scrollWidth > document.documentElement.clientWidth,
        };
    });
    assert.deepEqual(found, { cut: [], violations: [], small: [], wide: false }, what);
}

// What the app calls that template.
export const templateTitle = (template_key) => `Visita de prueba ${template_key}`;

/** Publishes a template of its own: every kind of field that the app draws, and those that are given. */
export async function publishTemplate(role, template_key, more = []) {
    const { name } = await api(role, "POST", "/api/resource/Acta Template", {
        template_key,
        title: templateTitle(template_key),
        version: 1,
        component: "General",
        questions: [...QUESTIONS, ...more],
        choices: [
            { list_name: "yes_no", choice_value: "si", label: "Sí" },
            { list_name: "yes_no", choice_value: "no", label: "No" },
        ],
    });
    await api(role, "PUT", `/api/resource/Acta Template/${name}`, { status: "Published" });
    return name;
}

const QUESTIONS = [
    { field_type: "text", field_name: "objetivo", label: "Objetivo de la visita", required: 1 },
    { field_type: "integer", field_name: "personas", label: "Personas", constraint_rule: ". > 0 and . < 30", constraint_message: "Entre 1 y 29" },
    { field_type: "select_one", field_name: "agua", label: "¿Tiene agua?", choice_list: "yes_no" },
    { field_type: "text", field_name: "porque", label: "¿Por qué no?", relevant: "${agua} = 'no'" },
    { field_type: "begin_repeat", field_name: "asistentes", label: "Asistente" },
    { field_type: "text", field_name: "nombre", label: "Nombre" },
    { field_type: "end_repeat" },
    { field_type: "geopoint", field_name: "punto", label: "Punto" },
    { field_type: "image", field_name: "fachada", label: "Fachada" },
    { field_type: "audio", field_name: "nota", label: "Nota de voz" },
    { field_type: "image", field_name: "dibujo", label: "Firma del formulario", appearance: "signature" },
];

export { people };
