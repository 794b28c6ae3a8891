// Choices of an acta in the Desk that go with the answers before them, several at once included, in the rows of a repeat too.

import assert from "node:assert/strict";

import { makeCascade } from "./cascade.mjs";
import { closeRow, save } from "./desk.mjs";
import { api, browserTest, create, day, makeCommunity, makeFamily } from "./lib.mjs";

const ADMIN = "Social CRM Administrator";
const GESTOR = "Gestor";

// As a phone sends it.
const SENT = {
    departamento: "guajira",
    municipio: "riohacha",
    vereda: "camarones",
    rurales: ["riohacha", "dibulla"],
    predios: [
        { predio: "La Esperanza", otro: "dibulla", sitio: "palomino", pasos: ["camarones", "mingueo"], llegada: "mingueo" },
        { predio: "El Jagüey", otro: "maicao", sitio: "carraipia", pasos: ["tomarrazon", "carraipia"] },
    ],
    cuantos: "2",
};

async function makeActa(answers) {
    const template = await makeCascade("Cascada en el escritorio", false);
    const community = await makeCommunity(ADMIN, `Cascada ${template}`, [GESTOR]);
    const { family } = await makeFamily(ADMIN, community, "Uriana");
    // With its hours, as a phone sends them: the Desk of Frappe 16 writes the present one into boxes for a time that are empty.
    return (await create(GESTOR, "Acta", { template, visit_date: day(1), start_time: "08:00:00", end_time: "09:00:00", family, answers: JSON.stringify(answers) })).name;
}

const kept = async (acta) => JSON.parse((await api(GESTOR, "GET", `/api/resource/Acta/${acta}`)).answers);
const field = (page, name) => page.locator(`.acta-form .frappe-control[data-fieldname="${name}"]`);
const box = (place, label) => place.locator(".checkbox").filter({ hasText: label }).getByRole("checkbox");
const dirty = (page) => page.evaluate(() => Boolean(window.cur_frm.is_dirty()));

async function openAnswers(page, open, acta) {
    await open(`/app/acta/${acta}`);
    await page.locator(".form-tabs a", { hasText: "Respuestas" }).click();
    await field(page, "predios").locator('.grid-row[data-idx="1"]').waitFor();
    // The server has said which choices there are, in the rows too.
    await page.waitForFunction(() => "predios[0].pasos" in (window.cur_frm.acta_form?.choices.offered || {}));
}

async function openRow(page, number, phone) {
    const row = field(page, "predios").locator(`.grid-row[data-idx="${number}"]`);
    await row.locator(phone ? ".data-row" : ".btn-open-row, .row-index").first().click();
    const form = field(page, "predios").locator(".grid-row-open");
    await form.locator('.frappe-control[data-fieldname="predio"] input:visible').waitFor();
    return form;
}

for (const phone of [false, true]) {
    const where = phone ? "a phone" : "a desktop";

    browserTest(`choices in the Desk: a draft that a phone sent loses none of them, on ${where}`, { role: GESTOR, phone }, async ({ page, open, screenshot }) => {
        const acta = await makeActa(SENT);
        assert.deepEqual(await kept(acta), SENT);
        await openAnswers(page, open, acta);
        assert.equal(await dirty(page), false);
        const row = await openRow(page, 1, phone);
        const steps = row.locator('.frappe-control[data-fieldname="pasos"]');
        await box(steps, "Mingueo").waitFor();
        assert.deepEqual(await steps.locator(".checkbox:visible").allInnerTexts().then((all) => all.map((one) => one.trim())), ["Camarones", "Tomarrazón", "Palomino", "Mingueo"]);
        assert.deepEqual([await box(steps, "Camarones").isChecked(), await box(steps, "Tomarrazón").isChecked(), await box(steps, "Mingueo").isChecked()], [true, false, true]);
        assert.equal(await dirty(page), false);
        await screenshot(`acta-choices-${phone ? "phone" : "desktop"}`);
        // To tick is to answer: the form knows it, and keeps it.
        await box(steps, "Tomarrazón").check();
        await page.waitForFunction(() => window.cur_frm.is_dirty());
        await closeRow(page, row);
        await save(page);
        const changed = structuredClone(SENT);
        changed.predios[0].pasos = ["camarones", "tomarrazon", "mingueo"];
        assert.deepEqual(await kept(acta), changed);
    });
}

browserTest("choices in the Desk: ticking alone is an answer, and asks for what depends on it", { role: GESTOR }, async ({ page, open }) => {
    const acta = await makeActa({ ...SENT, rurales: ["riohacha"], predios: SENT.predios.slice(1), cuantos: "1" });
    await openAnswers(page, open, acta);
    assert.equal(await dirty(page), false);
    await box(field(page, "rurales"), "Dibulla").check();
    await page.waitForFunction(() => window.cur_frm.is_dirty());
    // The rows may choose among the villages of that town too.
    await page.waitForFunction(() => window.cur_frm.acta_form.choices.offered["predios[0].pasos"].includes("palomino"));
    await save(page);
    const { rurales, cuantos, predios } = await kept(acta);
    assert.deepEqual([rurales, cuantos, predios], [["riohacha", "dibulla"], "2", SENT.predios.slice(1)]);
});

browserTest("choices in the Desk: another answer takes along only those that do not go with it", { role: GESTOR }, async ({ page, open }) => {
    const acta = await makeActa(SENT);
    await openAnswers(page, open, acta);
    // Without Riohacha its villages go from the rows; what else was chosen there stays.
    await box(field(page, "rurales"), "Riohacha").uncheck();
    await page.waitForFunction(() => {
        const [first, second] = JSON.parse(window.cur_frm.doc.answers).predios;
        return `${first.pasos}` === "mingueo" && `${second.pasos}` === "carraipia";
    });
    await field(page, "departamento").locator("select:visible").selectOption({ label: "Cesar" });
    await page.waitForFunction(() => {
        const { departamento, municipio, vereda, rurales } = JSON.parse(window.cur_frm.doc.answers);
        return departamento === "cesar" && !municipio && !vereda && !rurales;
    });
    const towns = field(page, "municipio").locator("select:visible");
    assert.deepEqual(await towns.locator("option").allInnerTexts().then((all) => all.filter(Boolean)), ["Valledupar", "Aguachica"]);
    await towns.selectOption({ label: "Aguachica" });
    await page.waitForFunction(() => JSON.parse(window.cur_frm.doc.answers).municipio === "aguachica");
    await save(page);
    const { departamento, municipio, vereda, rurales } = await kept(acta);
    assert.deepEqual([departamento, municipio, vereda, rurales], ["cesar", "aguachica", undefined, undefined]);
});
