// An acta written on the screens, as a person does it with one finger and no network.

import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import { PIN, store } from "../browser/field_app.mjs";
import { sign } from "../browser/field_app_screens.mjs";

const question = (page, label) => page.locator("form.or .question", { hasText: label }).first();

/** Writes and closes an acta with three photos; with `dies` the browser is killed after the second one. Returns its UUID. */
export async function writeByHand(day, { familyName, title, photos, text, dies }) {
    let { page } = day.phone;
    await page.getByRole("link", { name: "Familias" }).click();
    await page.getByRole("searchbox").fill(familyName);
    await page.locator(".row-link").first().click();
    await page.locator(".float").click();
    await page.getByRole("button", { name: title }).click();
    await page.locator("form.or .question").first().waitFor();
    const uuid = new URL(page.url()).pathname.split("/").pop();
    await photograph(page, "Foto 1", photos[0]);
    await photograph(page, "Foto 2", photos[1]);
    if (dies) {
        await kept(page, uuid, 2);
        await day.crash();
        page = await backTo(day, uuid);
        for (const label of ["Foto 1", "Foto 2"]) await question(page, label).locator("img").waitFor();
    }
    await photograph(page, "Foto 3", photos[2]);
    await question(page, "Tema").locator("input").fill(text);
    await page.getByRole("button", { name: "Siguiente" }).click();
    await page.locator(".chip").first().click();
    await page.locator("dialog.sheet").getByRole("button", { name: "Firmar" }).click();
    await sign(page);
    await page.getByRole("button", { name: "Siguiente" }).click();
    await page.getByRole("button", { name: "Siguiente" }).click();
    await page.getByText("Todo listo para cerrar").waitFor();
    await page.getByRole("button", { name: "Cerrar y enviar" }).click();
    await page.locator("dialog.ask").getByRole("button", { name: "Cerrar y enviar" }).click();
    await page.getByText("Acta guardada en el teléfono").waitFor();
    return uuid;
}

async function photograph(page, label, { base64 }) {
    const [chooser] = await Promise.all([
        page.waitForEvent("filechooser"),
        question(page, label).getByRole("button", { name: "Elegir foto" }).click(),
    ]);
    await chooser.setFiles({ name: "foto.jpg", mimeType: "image/jpeg", buffer: Buffer.from(base64, "base64") });
    await question(page, label).locator("img").waitFor();
}

// A photo is kept a moment after it is shown.
async function kept(page, uuid, photos) {
    for (let tries = 0; tries < 200; tries += 1) {
        const { body, media } = await store(page, (app, uuid) => app.drafts.read(uuid), uuid);
        if (media.length === photos && media.every((one) => body.instance?.includes(one.name))) return;
        await pause(25);
    }
    throw new Error("the photos are not kept");
}

async function backTo(day, uuid) {
    await day.phone.switchOn();
    await day.phone.context.setOffline(true);
    const { page } = day.phone;
    await page.goto(`${day.post.address}/campo/actas/${uuid}`, { waitUntil: "domcontentloaded" });
    await page.getByLabel("PIN").fill(PIN);
    await page.getByRole("button", { name: "Abrir" }).click();
    await page.locator("form.or .question").first().waitFor();
    assert.ok(page.url().includes(uuid), "the draft is open again");
    return page;
}
