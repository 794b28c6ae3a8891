// The rows of an acta in the Desk follow the conditions of their questions, and show what is calculated in them.

import assert from "node:assert/strict";

import { closeRow, save } from "./desk.mjs";
import { api, browserTest, create, day, makeCommunity, makeFamily } from "./lib.mjs";

const ADMIN = "Social CRM Administrator";
const GESTOR = "Gestor";

async function makeActa() {
    const key = `filas_${Math.random().toString(36).slice(2, 8).replace(/\d/g, "x")}`;
    const questions = [
        { field_type: "begin_repeat", field_name: "animales", label: "Animales" },
        { field_type: "text", field_name: "animal", label: "Animal" },
        { field_type: "select_one", field_name: "sano", label: "¿Está sano?", choice_list: "si_no" },
        { field_type: "text", field_name: "mal", label: "¿Qué tiene?", relevant: "${sano} = 'no'" },
        { field_type: "integer", field_name: "crias", label: "Crías" },
        { field_type: "calculate", field_name: "doble", label: "Al doble", calculation: "${crias} * 2" },
        { field_type: "end_repeat" },
    ];
    const choices = [
        { list_name: "si_no", choice_value: "si", label: "Sí" },
        { list_name: "si_no", choice_value: "no", label: "No" },
    ];
    const template = (await create(ADMIN, "Acta Template", { title: `Filas ${key}`, template_key: key, version: 1, questions, choices })).name;
    await api(ADMIN, "POST", "/api/method/social_crm.field_records.services.templates.set_status", { template, status: "Published" });
    const community = await makeCommunity(ADMIN, `Filas ${key}`, [GESTOR]);
    const { family } = await makeFamily(ADMIN, community, "Uriana");
    const animales = [{ animal: "Chivo", sano: "si", crias: 3 }, { animal: "Vaca", sano: "no", mal: "Cojea" }];
    return (await create(GESTOR, "Acta", { template, visit_date: day(1), family, answers: JSON.stringify({ animales }) })).name;
}

for (const phone of [false, true]) {
    browserTest(`the questions of a row follow its own answers ${phone ? "on a phone" : "on a desktop"}`, { role: GESTOR, phone }, async ({ page, open, screenshot }) => {
        const acta = await makeActa();
        await open(`/app/acta/${acta}`);
        await page.locator(".form-tabs a", { hasText: "Respuestas" }).click();
        const grid = page.locator('.acta-form .frappe-control[data-fieldname="animales"]');
        const rowOf = (number) => grid.locator(`.grid-row[data-idx="${number}"]`);
        await rowOf(2).waitFor();
        await page.waitForFunction(() => window.cur_frm.acta_form.group.get_field("animales").grid.grid_rows[0].doc.doble === "6");
        if (!phone) {
            // A healthy animal is not asked what it has; what is calculated stands in the row.
            await rowOf(1).locator('.col[data-fieldname="doble"]').getByText("6").first().waitFor();
            const hidden = (number) => rowOf(number).locator('.col[data-fieldname="mal"] > *').first().evaluate((one) => getComputedStyle(one).visibility);
            assert.deepEqual([await hidden(1), await hidden(2)], ["hidden", "visible"]);
        }
        await screenshot(`acta-rows-${phone ? "phone" : "desktop"}`);
        await (phone ? rowOf(1).locator(".data-row") : rowOf(1).locator(".btn-open-row, .row-index")).first().click();
        const row = grid.locator(".grid-row-open");
        const illness = row.locator('.frappe-control[data-fieldname="mal"]');
        await row.locator('.frappe-control[data-fieldname="animal"] input:visible').waitFor();
        await illness.waitFor({ state: "hidden" });
        await row.locator('.frappe-control[data-fieldname="sano"] select:visible').selectOption("no");
        const answer = illness.locator("input:visible");
        await answer.fill("Tiene fiebre");
        await answer.blur();
        await page.waitForFunction(() => /fiebre/.test(window.cur_frm.doc.answers));
        await closeRow(page, row);
        await save(page);
        const { animales } = JSON.parse((await api(GESTOR, "GET", `/api/resource/Acta/${acta}`)).answers);
        assert.deepEqual(animales.map((one) => [one.animal, one.sano, one.mal ?? null]), [["Chivo", "no", "Tiene fiebre"], ["Vaca", "no", "Cojea"]]);
    });
}

browserTest("a blank row tells of no gap; rows that are counted do, and begin with what their questions begin with", { role: GESTOR }, async ({ page, open }) => {
    const key = `blancas_${Math.random().toString(36).slice(2, 8).replace(/\d/g, "x")}`;
    const questions = [
        { field_type: "integer", field_name: "ninos", label: "Niños" },
        { field_type: "begin_repeat", field_name: "nino", label: "Niño", repeat_count: "${ninos}" },
        { field_type: "text", field_name: "nombre", label: "Nombre del niño", required: 1 },
        { field_type: "text", field_name: "lengua", label: "Lengua", default_value: "Wayuunaiki" },
        { field_type: "end_repeat" },
        { field_type: "begin_repeat", field_name: "animales", label: "Animales" },
        { field_type: "text", field_name: "animal", label: "Clase de animal", required: 1 },
        { field_type: "calculate", field_name: "patas", label: "Patas", calculation: "2 + 2" },
        { field_type: "end_repeat" },
    ];
    const template = (await create(ADMIN, "Acta Template", { title: `Filas ${key}`, template_key: key, version: 1, questions })).name;
    await api(ADMIN, "POST", "/api/method/social_crm.field_records.services.templates.set_status", { template, status: "Published" });
    const community = await makeCommunity(ADMIN, `Filas ${key}`, [GESTOR]);
    const { family } = await makeFamily(ADMIN, community, "Uriana");
    const acta = (await create(GESTOR, "Acta", { template, visit_date: day(1), family })).name;
    await open(`/app/acta/${acta}`);
    await page.locator(".form-tabs a", { hasText: "Respuestas" }).click();
    const control = (field) => page.locator(`.acta-form .frappe-control[data-fieldname="${field}"]`).first();
    await control("ninos").locator("input").fill("2");
    await control("ninos").locator("input").press("Tab");
    await control("nino").locator('.grid-row[data-idx="2"]').getByText("Wayuunaiki").first().waitFor();
    const told = page.locator(".acta-findings");
    await told.getByText("Nombre del niño").nth(1).waitFor();
    await control("animales").locator(".grid-add-row").click();
    await control("animales").locator('.grid-row[data-idx="1"]').waitFor();
    // Fewer: a row that holds only what it began with goes by itself.
    await control("ninos").locator("input").fill("1");
    await control("ninos").locator("input").press("Tab");
    await control("nino").locator('.grid-row[data-idx="2"]').waitFor({ state: "detached" });
    // The calculation of the row has come, so has the list that came with it.
    await page.waitForFunction(() => window.cur_frm.acta_form.group.get_field("animales").grid.grid_rows[0]?.doc.patas === "4");
    await told.getByText("Nombre del niño").first().waitFor();
    assert.equal(await told.getByText("Clase de animal").count(), 0, await told.innerText());
    await save(page);
    const answers = JSON.parse((await api(GESTOR, "GET", `/api/resource/Acta/${acta}`)).answers);
    assert.deepEqual(answers, { ninos: 1, nino: [{ lengua: "Wayuunaiki" }] });
});

browserTest("times that a phone sent stand in the boxes of the Desk, and stay when something else is changed", { role: GESTOR }, async ({ page, open }) => {
    const key = `horas_${Math.random().toString(36).slice(2, 8).replace(/\d/g, "x")}`;
    const questions = [
        { field_type: "text", field_name: "tema", label: "Tema" },
        { field_type: "time", field_name: "inicio", label: "Hora de inicio", required: 1 },
        { field_type: "begin_repeat", field_name: "sesiones", label: "Sesiones" },
        { field_type: "text", field_name: "nombre", label: "Nombre" },
        { field_type: "time", field_name: "hora", label: "Hora" },
        { field_type: "datetime", field_name: "cuando", label: "Cuándo" },
        { field_type: "end_repeat" },
    ];
    const template = (await create(ADMIN, "Acta Template", { title: `Horas ${key}`, template_key: key, version: 1, questions, choices: [] })).name;
    await api(ADMIN, "POST", "/api/method/social_crm.field_records.services.templates.set_status", { template, status: "Published" });
    const community = await makeCommunity(ADMIN, `Horas ${key}`, [GESTOR]);
    const { family } = await makeFamily(ADMIN, community, "Uriana");
    const sent = { tema: "Ahorro", inicio: "08:30", sesiones: [{ nombre: "Primera", hora: "09:15", cuando: "2026-01-15T10:00:00" }] };
    const hours = { start_time: "08:00:00", end_time: "09:00:00" };
    const acta = (await create(GESTOR, "Acta", { template, visit_date: day(1), ...hours, family, answers: JSON.stringify(sent) })).name;
    const kept = async () => JSON.parse((await api(GESTOR, "GET", `/api/resource/Acta/${acta}`)).answers);
    assert.deepEqual(await kept(), sent);

    await open(`/app/acta/${acta}`);
    await page.locator(".form-tabs a", { hasText: "Respuestas" }).click();
    const field = (name) => page.locator(`.acta-form .frappe-control[data-fieldname="${name}"]`);
    await field("sesiones").locator('.grid-row[data-idx="1"]').getByText("09:15").first().waitFor();
    await page.waitForFunction(() => window.cur_frm.acta_form.filling === false);
    assert.match(await field("inicio").locator("input").inputValue(), /^08:30/);
    assert.equal(await page.locator(".modal.show").count(), 0, "nothing is wrong with a time");
    assert.equal(await page.evaluate(() => Boolean(window.cur_frm.is_dirty())), false);
    await field("tema").locator("input").fill("Ahorro y crédito");
    await field("tema").locator("input").blur();
    await page.waitForFunction(() => /crédito/.test(window.cur_frm.doc.answers));
    await save(page);
    assert.deepEqual(await kept(), { ...sent, tema: "Ahorro y crédito" });
});
