// The clerk's spreadsheet becomes families: upload a messy file, settle a column, decide, load, take the rejects back.

import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { api, browserTest, people } from "./lib.mjs";

const MESSY = [
    "CENSO DE LA VEREDA;;;;;;;",
    ";;;;;;;",
    "N°;Cód. hogar;Parentezco;Nombres y apellidos;Cédula;F. nacimiento;Sexo (M/F);Apodo",
    "1;V-1;Jefe(a) de hogar;ROSA ELENA IBARRA ÑUSTES;1.118.700.101;12 de marzo de 1980;F;La Mona",
    "2;V-1;hijo;Tomás Ibarra Cotes;1118700102;5/6/2014;M;",
    ";;;;;;;",
    "3;V-2;JEFE;Jairo Antonio Daza Weber;1118700103;1975-04-30;M;",
    "4;V-2;Cónyuge;Nubia Lucía Orozco Lubo;1118700104;31/02/1978;F;",
    "5;V-3;jefa;Rosa Elena Ñustes Ibarra;1118700191;12/03/1980;F;",
];
const stamp = Date.now().toString(36);

async function pin_to_own_community() {
    const admin = "Social CRM Administrator";
    const name = `Vereda ${stamp}`;
    const code = String(90_000 + (Date.now() % 10_000));
    await api(admin, "POST", "/api/resource/Territorial Division", { code, division_name: name, level: "Municipality" });
    const place = { community_name: name, kind: "Resettled", municipality: code };
    await api(admin, "POST", "/api/resource/Community", place);
    const user = people.Gestor.user;
    await api(admin, "POST", "/api/resource/Staff Assignment", { user, community: name, from_date: "2020-01-01" });
    return name;
}

async function fill_in(page, open, community, file) {
    await open("/app/census-import/new");
    await page.waitForSelector(".census-steps");
    await page.evaluate((name) => window.cur_frm.set_value("community", name), community);
    await page.evaluate(() => window.cur_frm.set_value("registration_date", "2026-01-15"));
    await page.evaluate(() => document.activeElement.blur()); // closes the list of communities
    await page.click('[data-fieldname="census_file"] .btn-attach');
    await page.setInputFiles(".file-uploader input[type=file] >> nth=0", file);
    await page.click(".modal.show .btn-modal-primary");
    // The Desk saves the form as soon as the file is there.
    await page.waitForSelector(".census-columns");
}

const status = (page) => page.evaluate(() => window.cur_frm.doc.status);
const reached = (page, wanted) =>
    page.waitForFunction((name) => window.cur_frm?.doc.status === name, wanted, { timeout: 90_000 });

/** The Desk reads a form again when the server tells it of a save, at any moment. */
async function read_again(page) {
    const answered = page.waitForResponse((response) => response.url().includes("census.actions.overview"));
    await page.evaluate(() => window.cur_frm.reload_doc());
    await answered;
    await page.waitForFunction(() => !window.frappe.request.ajax_count);
}

browserTest("a Gestor loads a messy census and takes the rejected rows back", { role: "Gestor" }, async ({ page, open, screenshot, downloads }) => {
    const community = await pin_to_own_community();
    const file = path.join(downloads, `censo-${stamp}.csv`);
    fs.writeFileSync(file, Buffer.from(MESSY.join("\r\n"), "latin1"));
    await fill_in(page, open, community, file);

    assert.match(await page.innerText(".census-lead"), /Indique qué contiene cada columna/);
    const chosen = await page.$$eval("[data-column]", (list) => list.map((select) => select.value));
    assert.deepEqual(chosen, [
        "Leave Out",
        "Household Code",
        "Kinship to the Head",
        "Full Name",
        "Document Number",
        "Date of Birth",
        "Sex",
        "",
    ]);
    await page.selectOption('[data-column="7"]', "Notes");
    await read_again(page);
    assert.equal(await page.inputValue('[data-column="7"]'), "Notes", "a choice not sent yet stays");
    await screenshot("census-columns");
    await page.click("[data-census=check]");

    await reached(page, "Ready");
    await page.waitForSelector(".census-tiles");
    assert.match(await page.innerText(".census-lead"), /Todavía no se ha creado nada/);
    await page.click("[data-result=Rejected]");
    await page.waitForSelector(".census-problems");
    assert.match(await page.innerText(".census-problems"), /Celda F8: La fecha «31\/02\/1978» no existe en el calendario/);
    await screenshot("census-check");

    await page.click("[data-result='To Decide']");
    await page.waitForSelector(".census-question");
    assert.match(await page.innerText(".census-question"), /los mismos nombres en otro orden/);
    await screenshot("census-question");
    const answer = await page.$("[data-decision='Same Person']");
    await read_again(page);
    assert.ok(await answer.evaluate((button) => button.isConnected), "the question stays under the hand");
    await page.click("[data-decision='Same Person']");
    await page.waitForFunction(() => !document.querySelector(".census-question"));

    await page.click("[data-census=load]");
    await reached(page, "Finished");
    await page.waitForSelector(".census-done");
    assert.match(await page.innerText(".census-done"), /Personas creadas: 2\. Familias nuevas: 1\./);
    await screenshot("census-result");

    const waiting = page.waitForEvent("download");
    await page.click("[data-census=download]");
    const download = await waiting;
    assert.match(download.suggestedFilename(), /no-cargadas\.xlsx$/);
    const bytes = fs.readFileSync(await download.path());
    assert.equal(bytes.subarray(0, 2).toString(), "PK");

    const filters = encodeURIComponent(JSON.stringify([["community", "=", community]]));
    const found = await api("Gestor", "GET", `/api/resource/Beneficiary?filters=${filters}&limit_page_length=50`);
    assert.equal(found.length, 2);

    const again = path.join(downloads, `censo-otra-vez-${stamp}.csv`);
    fs.writeFileSync(again, Buffer.from(MESSY.join("\n"), "utf-8"));
    await fill_in(page, open, community, again);
    await page.click("[data-census=check]");
    await reached(page, "Ready");
    await page.waitForSelector("[data-result=Skipped]");
    assert.equal(await page.$("[data-census=load]"), null, "nothing is left to load");
    assert.equal(await status(page), "Ready");
});

browserTest("a file that is no census is refused in words, on a phone", { role: "Social CRM Administrator", phone: true }, async ({ page, open, screenshot, downloads }) => {
    const file = path.join(downloads, "censo.xlsx");
    fs.writeFileSync(file, "%PDF-1.7 not a census");
    await open("/app/census-import/new");
    await page.waitForSelector(".census-steps");
    await page.evaluate(() => document.activeElement.blur());
    await page.click('[data-fieldname="census_file"] .btn-attach');
    await page.setInputFiles(".file-uploader input[type=file] >> nth=0", file);
    await page.click(".modal.show .btn-modal-primary");
    await page.waitForSelector(".msgprint");
    assert.match(await page.innerText(".msgprint"), /Esto no es una hoja de cálculo \(PDF\)/);
    assert.equal(await page.evaluate(() => window.cur_frm.is_new()), 1);
    await screenshot("census-refused-phone");
});
