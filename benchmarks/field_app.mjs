// The rounds that benchmarks/field_app.py tells of; writes {measure: [seconds of each round]} to SOCIAL_CRM_MEASURED.

import assert from "node:assert/strict";
import fs from "node:fs";
import http from "node:http";
import os from "node:os";
import path from "node:path";
import { test } from "node:test";
import { PIN, Phone, store, Wire } from "../tests/browser/field_app.mjs";
import { chromium, chromiumPath, FLAGS } from "../tests/browser/lib.mjs";

const rounds = Number(process.env.SOCIAL_CRM_ROUNDS);
const sizes = JSON.parse(process.env.SOCIAL_CRM_SIZES);
const measured = {};

function note(name, milliseconds) {
    (measured[name] ??= []).push(milliseconds / 1000);
}

async function emptyPage() {
    const server = http.createServer((_asked, answer) => answer.end("<!doctype html><title>x</title><div id=app></div>"));
    await new Promise((done) => server.listen(0, "127.0.0.1", done));
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "social-crm-empty-"));
    const context = await chromium.launchPersistentContext(folder, { executablePath: chromiumPath(), args: FLAGS, headless: true });
    const page = await context.newPage();
    const began = performance.now();
    await page.goto(`http://127.0.0.1:${server.address().port}/`, { waitUntil: "domcontentloaded" });
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => done(true))));
    note("an empty page", performance.now() - began);
    await context.close();
    server.close();
    fs.rmSync(folder, { recursive: true, force: true });
}

// A number between 1 and the last, another one each time.
const someone = (round, turn, last) => 1 + ((round * 37 + turn * 101) % (last - 1));

const word = (number) => `epiayu${String(number).padStart(5, "0")}`;

async function oneRound(phone, families, round) {
    const name = `${families.toLocaleString("en")} families`;
    await phone.switchOn();
    let began = performance.now();
    await phone.open("/campo/familias");
    await phone.page.locator("input").first().waitFor();
    note(`cold start offline, ${name}`, performance.now() - began);

    began = performance.now();
    await phone.unlock();
    note(`unlock, ${name}`, performance.now() - began);
    // The rest is read while the first screen is looked at already; until then not everybody is found.
    const some = Array.from({ length: 60 }, (_none, turn) => word(1 + ((turn * 7919) % (families - 1))));
    await store(
        phone.page,
        async (app, words) => {
            for (const one of words) while (!app.records.search(one).length) await new Promise((done) => setTimeout(done, 5));
        },
        some,
    );
    note(`unlock until all is found, ${name}`, performance.now() - began);

    // The screen of families anew, from another one, until its first row stands there.
    const go = (to) => phone.page.evaluate(`document.querySelector("#app").__vue_app__.config.globalProperties.$router.push(${JSON.stringify(to)})`);
    await go("/ajustes");
    await phone.page.locator("ul.rows a").first().waitFor({ state: "detached" });
    began = performance.now();
    await go("/familias");
    await phone.page.locator("ul.rows li").first().waitFor();
    note(`list of families, ${name}`, performance.now() - began);

    const words = Array.from({ length: 40 }, (_none, turn) => word(someone(round, turn, families)));
    const took = await store(
        phone.page,
        (app, words) => {
            const began = performance.now();
            const found = words.map((one) => app.records.search(one).length);
            return { each: (performance.now() - began) / words.length, found };
        },
        words,
    );
    assert.ok(took.found.every((count) => count > 0), `not found: ${words[took.found.indexOf(0)]}`);
    note(`search, ${name}`, took.each);
    assert.deepEqual(phone.problems, []);
    await phone.kill();
}

test("the rounds", { timeout: 1_800_000 }, async () => {
    const wire = new Wire();
    await wire.connect();
    const phones = {};
    try {
        for (const [role, [families, actas]] of Object.entries(sizes)) {
            const phone = (phones[role] = new Phone(wire));
            await phone.switchOn();
            await phone.open();
            const began = performance.now();
            await phone.enroll(role);
            const held = await store(phone.page, async (app) => [(await app.records.families()).length, (await app.records.all("acta")).length]);
            assert.deepEqual(held, [families, actas], "what the vault holds");
            console.log(`  ${families} families and ${actas} actas came down in ${((performance.now() - began) / 1000).toFixed(1)} s, PIN ${PIN.length} digits`);
            await phone.installed();
            await phone.kill();
        }
        await wire.cut();
        for (let round = 0; round < rounds; round += 1) {
            await emptyPage();
            for (const [role, [families]] of Object.entries(sizes)) await oneRound(phones[role], families, round);
        }
        fs.writeFileSync(process.env.SOCIAL_CRM_MEASURED, JSON.stringify(measured));
    } finally {
        for (const phone of Object.values(phones)) await phone.throwAway();
    }
});
