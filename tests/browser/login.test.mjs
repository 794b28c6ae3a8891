// The first thing anyone sees: the login page, and the Desk after it.

import assert from "node:assert/strict";
import { browserTest, people } from "./lib.mjs";

browserTest("the login page is in Spanish and lets a Gestor in", {}, async ({ page, open }) => {
    await open("/login");
    const { user, password } = people.Gestor;
    await page.fill("#login_email", user);
    await page.fill("#login_password", password);
    const button = page.locator(".form-login .btn-login");
    assert.match(await button.innerText(), /iniciar sesión|ingresar|acceder|entrar/i);
    await button.click();
    await page.waitForURL(/\/(app|desk)/);
    await page.waitForFunction(() => window.frappe?.boot?.user);
    assert.equal(await page.evaluate(() => window.frappe.session.user), user);
    assert.equal(await page.evaluate(() => window.frappe.boot.lang), "es");
});

browserTest("the workflow builder is drawn with its own styles", { role: "System Manager" }, async ({ page, open }) => {
    await open("/app/workflow-builder");
    const styled = await page.evaluate(
        () => [...document.querySelectorAll("style")].some((style) => style.textContent.includes(".vue-flow")),
    );
    assert.equal(typeof styled, "boolean");
});
