// The first thing anyone sees: the login page, and the Desk after it.

import assert from "node:assert/strict";
import { api, browserTest, people } from "./lib.mjs";

browserTest("the login page is in Spanish and lets a Gestor in", {}, async ({ page, open }) => {
    await open("/login");
    const { user, password } = people.Gestor;
    await page.fill("#login_email", user);
    await page.fill("#login_password", password);
    // Newer versions of Frappe leave some words of this page in English, but not this one.
    const words = await page.evaluate(
        () => document.body.innerText + [...document.querySelectorAll("input")].map((input) => input.placeholder),
    );
    assert.match(words, /contraseña/i);
    await page.locator(".form-login .btn-login").click();
    await page.waitForURL(/\/(app|desk)/);
    await page.waitForFunction(() => window.frappe?.boot?.user);
    assert.equal(await page.evaluate(() => window.frappe.session.user), user);
    assert.equal(await page.evaluate(() => window.frappe.boot.lang), "es");
});

browserTest("the workflow builder is drawn with its own styles", { role: "System Manager" }, async ({ page, open }) => {
    const [workflow] = await api("System Manager", "GET", "/api/resource/Workflow?limit_page_length=1");
    await open(`/app/workflow-builder/${encodeURIComponent(workflow.name)}`);
    const node = page.locator(".vue-flow__node").first();
    await node.waitFor();
    // Without the library's own style sheet every node lies in the page's flow, one below the other.
    assert.equal(await node.evaluate((element) => getComputedStyle(element).position), "absolute");
});
