// What browser tests share: Debian's Chromium, a logged-in page per role, a screenshot of what failed.
//
//   import { browserTest, api, people, url } from "./lib.mjs";
//   browserTest("a Gestor sees the list of families", { role: "Gestor" }, async ({ page, open }) => {
//       await open("/app/family");
//       ...
//   });
//
// Options: role (logged in as that role's test user; without it a guest), phone (390 pixels wide instead of 1280),
// allowErrors (a pattern of messages in the browser's console that are expected).

import assert from "node:assert/strict";
import fs from "node:fs";
import { createRequire } from "node:module";
import os from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";

const modules = process.env.SOCIAL_CRM_BROWSER_MODULES;
if (!modules) throw new Error("Run these tests with ./run test browser");
const { chromium } = createRequire(path.join(modules, "_"))("playwright-core");

export const url = process.env.SOCIAL_CRM_URL;
export const output = process.env.SOCIAL_CRM_OUTPUT;
export const people = JSON.parse(fs.readFileSync(process.env.SOCIAL_CRM_PEOPLE, "utf-8"));

const SCREENS = { desktop: { width: 1280, height: 800 }, phone: { width: 390, height: 844 } };
const FLAGS = [
    "--no-sandbox", // Chromium refuses to start as root with it
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
];
const PATIENCE = 60_000;
// Errors of Frappe's own scripts that no app causes: a number field selects its text a moment after it lost the focus.
const FRAMEWORKS_OWN = /document\.activeElement\.select is not a function/;

function chromiumPath() {
    const names = ["chromium", "chromium-browser", "google-chrome"];
    for (const folder of process.env.PATH.split(path.delimiter)) {
        for (const name of names) {
            const file = path.join(folder, name);
            if (fs.existsSync(file)) return file;
        }
    }
    throw new Error("Chromium was not found.");
}

let browser;
before(async () => {
    browser = await chromium.launch({ executablePath: chromiumPath(), args: FLAGS, headless: true });
});
after(async () => {
    await browser?.close();
});

// A REST call with a role's API key, to make what a screen is to show.
export async function api(role, method, resource, body) {
    const { key, secret } = people[role];
    const answer = await fetch(url + resource, {
        method,
        headers: {
            Authorization: `token ${key}:${secret}`,
            Accept: "application/json",
            "Content-Type": "application/json",
        },
        body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${resource}: ${answer.status} ${text.slice(0, 800)}`);
    const { data, message } = JSON.parse(text);
    return data ?? message;
}

export async function logIn(context, role) {
    const { user, password } = people[role];
    const answer = await context.request.post(`${url}/api/method/login`, { form: { usr: user, pwd: password } });
    assert.equal(answer.status(), 200, `${role} cannot log in: ${(await answer.text()).slice(0, 400)}`);
}

// Opens an address and waits until the Desk has drawn it and asks the server nothing more.
async function openAddress(page, address) {
    await page.goto(url + address, { waitUntil: "domcontentloaded" });
    if (/^\/(app|desk)/.test(address)) {
        await page.waitForFunction(
            () => window.frappe?.container?.page && !document.querySelector(".splash") && !window.frappe?.request?.ajax_count,
        );
    }
    await page.waitForLoadState("networkidle", { timeout: 5_000 }).catch(() => {});
}

export function browserTest(title, options, body) {
    test(title, { timeout: 180_000 }, async () => {
        const context = await browser.newContext({
            viewport: options.phone ? SCREENS.phone : SCREENS.desktop,
            locale: "es-CO",
            timezoneId: "America/Bogota",
            hasTouch: Boolean(options.phone),
            isMobile: Boolean(options.phone),
        });
        context.setDefaultTimeout(PATIENCE);
        const downloads = fs.mkdtempSync(path.join(os.tmpdir(), "social-crm-browser-"));
        const problems = [];
        try {
            if (options.role) await logIn(context, options.role);
            const page = await context.newPage();
            page.on("pageerror", (problem) => problems.push(String(problem.stack || problem)));
            try {
                await body({
                    page,
                    context,
                    downloads,
                    open: (address) => openAddress(page, address),
                    screenshot: (name) => page.screenshot({ path: path.join(output, `${name}.png`), fullPage: true }),
                });
                const unexpected = problems.filter(
                    (text) => !options.allowErrors?.test(text) && !FRAMEWORKS_OWN.test(text),
                );
                assert.deepEqual(unexpected, [], "errors of scripts on the page");
            } catch (problem) {
                const name = title.toLowerCase().replace(/[^a-z0-9]+/g, "-").slice(0, 80);
                await page.screenshot({ path: path.join(output, `FAILED-${name}.png`), fullPage: true }).catch(() => {});
                throw problem;
            }
        } finally {
            await context.close();
            fs.rmSync(downloads, { recursive: true, force: true });
        }
    });
}
