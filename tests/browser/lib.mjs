// What browser tests share: Debian's Chromium, a logged-in page per role, a screenshot of what failed.
//
//   import { browserTest, api, people, url } from "./lib.mjs";
//   browserTest("a Gestor sees the list of families", { role: "Gestor" }, async ({ page, open }) => {
//       await open("/app/family");
//       ...
//   });
//
// Options: role (logged in as that role's test user; without it a guest), phone (390 pixels wide instead of 1280),
// allowErrors (a pattern of messages in the browser's console that are expected), flags (more of Chromium's switches, in a
// browser of its own).

import assert from "node:assert/strict";
import fs from "node:fs";
import { createRequire } from "node:module";
import os from "node:os";
import path from "node:path";
import { after, test } from "node:test";

const modules = process.env.SOCIAL_CRM_BROWSER_MODULES;
if (!modules) throw new Error("Run these tests with ./run test browser");
export const { chromium } = createRequire(path.join(modules, "_"))("playwright-core");

export const url = process.env.SOCIAL_CRM_URL;
export const output = process.env.SOCIAL_CRM_OUTPUT;
export const people = JSON.parse(fs.readFileSync(process.env.SOCIAL_CRM_PEOPLE, "utf-8"));

const SCREENS = { desktop: { width: 1280, height: 800 }, phone: { width: 390, height: 844 } };
export const FLAGS = [
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

export function chromiumPath() {
    const names = ["chromium", "chromium-browser", "google-chrome"];
    for (const folder of process.env.PATH.split(path.delimiter)) {
        for (const name of names) {
            const file = path.join(folder, name);
            if (fs.existsSync(file)) return file;
        }
    }
    throw new Error("Chromium was not found.");
}

let launched; // with the first test that needs it: the field app's phones are browsers of their own
const launch = () => (launched ??= chromium.launch({ executablePath: chromiumPath(), args: FLAGS, headless: true }));
after(async () => {
    await (await launched)?.close();
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

export const create = (role, doctype, values) => api(role, "POST", `/api/resource/${doctype}`, values);

// The day so many days ago, a day behind the server's at most whatever the zones.
export function day(daysAgo) {
    return new Date(Date.now() - (daysAgo + 1) * 86_400_000).toISOString().slice(0, 10);
}

// A community of Barrancas, its division included, to which a person of each role is assigned.
export async function makeCommunity(admin, community_name, roles) {
    for (const [code, division_name, level, parent_division] of [
        ["44", "La Guajira", "Department", null],
        ["44078", "Barrancas", "Municipality", "44"],
    ]) {
        const found = await api(admin, "GET", `/api/resource/Territorial Division?filters={"code":"${code}"}`);
        if (!found.length) await create(admin, "Territorial Division", { code, division_name, level, parent_division });
    }
    const { name } = await create(admin, "Community", { community_name, kind: "Resettled", municipality: "44078" });
    for (const role of roles) {
        await create(admin, "Staff Assignment", { user: people[role].user, community: name, from_date: "2020-01-01" });
    }
    return name;
}

// A family of one, and its head.
export async function makeFamily(admin, community, family_name) {
    const registered = { status: "Active", registered_on: "2020-01-01" };
    const family = (await create(admin, "Family", { family_name, community, ...registered })).name;
    const head = { first_name: "Rosa", first_surname: family_name, no_document_reason: "Perdido", kinship: "Head" };
    const person = (await create(admin, "Beneficiary", { ...head, ...registered, family })).name;
    return { family, person };
}

export async function logIn(context, role) {
    const { user, password } = people[role];
    // A server may close a kept connection at the very moment it is used again; to log in twice is to log in once.
    const asked = { form: { usr: user, pwd: password }, maxRetries: 2 };
    const answer = await context.request.post(`${url}/api/method/login`, asked);
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

// For whoever reads a failure in a log, without the picture of the page.
async function state(page) {
    const seen = () => {
        const texts = (selector) => [...document.querySelectorAll(selector)].map((one) => one.innerText?.trim()).filter(Boolean);
        const { cur_frm: form, frappe } = window;
        return {
            address: location.href,
            messages: texts(".modal.show, #alert-container .desk-alert, .form-message, .freeze-message-container").map((text) => text.slice(0, 400)),
            form: form?.doc && {
                name: form.doc.name, modified: form.doc.modified, unsaved: form.doc.__unsaved, stale: form.doc.__needs_refresh, perm: form.perm?.[0]?.write,
                mandatory: texts(".has-error .control-label"), actions: texts(".page-container .page-actions .btn-primary"),
            },
            saving: frappe?.ui?.form?.is_saving, requests: frappe?.request?.ajax_count, shade: Boolean(document.querySelector("#freeze")),
        };
    };
    return JSON.stringify(await page.evaluate(seen).catch((problem) => String(problem)), null, 1);
}

export function browserTest(title, options, body) {
    test(title, { timeout: 180_000 }, async () => {
        const args = [...FLAGS, ...(options.flags ?? [])];
        const own = options.flags && (await chromium.launch({ executablePath: chromiumPath(), args, headless: true }));
        const context = await (own || (await launch())).newContext({
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
                if (problems.length) console.error("Errors of scripts on the page:", problems);
                console.error("What the page said:", await state(page));
                const name = title.toLowerCase().replace(/[^a-z0-9]+/g, "-").slice(0, 80);
                await page.screenshot({ path: path.join(output, `FAILED-${name}.png`), fullPage: true }).catch(() => {});
                throw problem;
            }
        } finally {
            await context.close();
            await own?.close();
            fs.rmSync(downloads, { recursive: true, force: true });
        }
    });
}
