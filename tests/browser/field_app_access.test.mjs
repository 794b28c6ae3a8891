// The field app for everybody: axe's rules, a thumb's size and no sideways scrolling on every screen, in both languages, also
// with very large text; the PIN, and logging out that is refused while work is unsent.

import assert from "node:assert/strict";
import { allSafe, assertAccessible, enroll, PIN, publishTemplate, templateTitle } from "./field_app_screens.mjs";
import { browserTest, makeCommunity, makeFamily, url } from "./lib.mjs";

const ADMIN = "System Manager";
const GESTOR = "Gestor";

async function prepare(key) {
    const community = await makeCommunity(ADMIN, `Acceso ${key}`, [GESTOR]);
    await makeFamily(ADMIN, community, `Uriana ${key}`);
    await publishTemplate(ADMIN, `acceso_${key}`);
}

for (const [language, width, size] of [
    ["es", 360, "normal"],
    ["en", 360, "normal"],
    ["en", 768, "normal"],
    ["es", 360, "larger"],
    ["es", 360, "double"],
]) {
    browserTest(`every screen can be used by everybody: ${language}, ${width} wide, ${size} text`, { phone: true }, async ({ page, context, screenshot }) => {
        const key = `${language}${size[0]}${Date.now().toString(36)}`;
        await prepare(key);
        await page.setViewportSize({ width, height: 740 });
        await page.addInitScript((chosen) => localStorage.setItem("campo-text", chosen), size);
        const look = async (name) => {
            // Twice the letters that the phone itself asks for.
            if (size === "double") await page.evaluate(() => (document.documentElement.style.fontSize = "212%"));
            await assertAccessible(page, name);
            await screenshot(`field-app-${language}-${width}-${size}-${name}`);
        };
        await enroll(page, context, GESTOR, language);
        await allSafe(page);
        await look("today");
        await page.locator(".nav-item").nth(1).click();
        await page.locator("#family-search").fill(key);
        await page.locator(".row-link").first().waitFor();
        await look("families");
        await page.locator(".row-link").first().click();
        await page.locator(".float").waitFor();
        await look("family");
        await page.locator(".content .button-quiet").first().click();
        await page.locator("#correct-form").waitFor();
        await look("correct");
        await page.locator(".actions-bar .button-quiet").click();
        await page.locator(".float").click();
        await page.locator(".template").first().waitFor();
        await look("new-acta");
        await page.getByRole("button", { name: templateTitle(`acceso_${key}`) }).click();
        await page.locator("form.or .question").first().waitFor();
        await look("form");
        for (const [place, name] of [[1, "people"], [2, "commitments"], [3, "review"]]) {
            await page.locator(".steps button").nth(place).click();
            await page.locator(".steps [aria-current=step]").nth(0).waitFor();
            await look(name);
        }
        await page.locator(".steps button").nth(1).click();
        await page.locator(".chip").first().click();
        await page.locator("dialog.sheet").waitFor();
        await look("person");
        await page.locator("dialog.sheet .sheet-body .button-main").click();
        await page.locator("dialog.signing").waitFor();
        await look("signing");
        await page.locator("dialog.signing .button-quiet").first().click();
        await page.locator("dialog.sheet .sheet-close").click();
        await page.locator(".top-button").click();
        for (const [place, name] of [[2, "drafts"], [3, "outbox"], [4, "settings"]]) {
            await page.locator(".nav-item").nth(place).click();
            await page.locator(".nav-here").waitFor();
            await look(name);
        }
        await page.locator(".nav-item").nth(3).click();
        await page.locator(".sync .link").click();
        await page.locator(".top-button").waitFor();
        await look("changes");
        await page.goto(`${url}/campo/cambios`);
        await page.locator(".access-card input").waitFor();
        await look("unlock");
    });
}

browserTest("a wrong PIN opens nothing and says how many tries are left; the right one opens", { phone: true }, async ({ page, context }) => {
    await enroll(page, context, GESTOR);
    await allSafe(page);
    await page.reload();
    await page.getByLabel("PIN").fill("111112");
    await page.getByRole("button", { name: "Abrir" }).click();
    await page.getByText(/El PIN no es correcto/).waitFor();
    assert.equal(await page.locator(".nav").count(), 0);
    await page.getByLabel("PIN").fill(PIN);
    await page.getByRole("button", { name: "Abrir" }).click();
    await page.locator(".nav").waitFor();
});

browserTest("logging out is refused with the count while a draft is on the phone alone", { phone: true }, async ({ page, context }) => {
    const key = `x${Date.now().toString(36)}`;
    await prepare(key);
    await enroll(page, context, GESTOR);
    await allSafe(page);
    await page.locator(".nav-item").nth(1).click();
    await page.locator("#family-search").fill(key);
    await page.locator(".row-link").first().click();
    await page.locator(".float").click();
    await page.getByRole("button", { name: templateTitle(`acceso_${key}`) }).click();
    await page.locator("form.or .question").first().waitFor();
    await page.locator(".top-button").click();
    await page.locator(".nav-item").nth(4).click();
    await page.getByRole("button", { name: "Cerrar la sesión" }).click();
    await page.getByText("No se puede cerrar la sesión: 1 acta solo en este teléfono.").waitFor();
    await page.locator(".nav-item").nth(2).click();
    await page.getByRole("button", { name: /^Borrar el borrador/ }).click();
    await page.locator("dialog.ask .button-danger").click();
    await allSafe(page);
    await page.locator(".nav-item").nth(4).click();
    await page.getByRole("button", { name: "Cerrar la sesión" }).click();
    await page.locator("dialog.ask .button-danger").click();
    await page.locator(".access-card").waitFor();
    const names = await page.evaluate(async () => (await indexedDB.databases()).map((one) => one.name));
    assert.ok(!JSON.stringify(names).includes("Uriana"));
});
