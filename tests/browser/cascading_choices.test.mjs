// Choices that depend on earlier answers, three levels deep and in a repeat: on a phone with the network off, and in the Desk.

import assert from "node:assert/strict";
import path from "node:path";
import { isDeepStrictEqual } from "node:util";

import { makeCascade } from "./cascade.mjs";
import { save } from "./desk.mjs";
import { allSafe, enroll, findFamily, question, sign } from "./field_app_screens.mjs";
import { api, browserTest, create, day, makeCommunity, makeFamily, output } from "./lib.mjs";

const ADMIN = "System Manager";
const GESTOR = "Gestor";

// What a person sees in the end: asked again until it is so, and told apart from what is there when it never becomes so.
async function sees(page, read, wanted, what) {
    for (let tries = 0; tries < 400; tries += 1) {
        if (isDeepStrictEqual(await read(), wanted)) return;
        await page.evaluate(() => new Promise((done) => setTimeout(done, 50)));
    }
    assert.deepEqual(await read(), wanted, what);
}

const radios = (box) => () => box.locator(".option-wrapper > label:not(.itemset-template)").allInnerTexts().then((all) => all.map((one) => one.trim()));
const options = (box) => () => box.locator("select option:not(.itemset-template)").evaluateAll((all) => all.map((one) => one.textContent.trim()).filter(Boolean));
const pick = (box, name) => box.getByRole("radio", { name, exact: true }).check();
const choose = (box, label) => box.locator("select").selectOption({ label });

async function actaOf(family) {
    const found = await api(ADMIN, "GET", `/api/resource/Acta?filters=${encodeURIComponent(JSON.stringify([["family", "=", family]]))}`);
    assert.equal(found.length, 1, "one acta");
    return api(ADMIN, "GET", `/api/resource/Acta/${found[0].name}`);
}

browserTest("department, town and village are chosen one after the other with no network, in rows too, and a changed mind takes along what no longer fits", { phone: true }, async ({ page, context }) => {
    const key = Date.now().toString(36);
    const community = await makeCommunity(ADMIN, `Cascada ${key}`, [GESTOR]);
    const { family } = await makeFamily(ADMIN, community, `Epieyú ${key}`);
    const title = `Predios ${key}`;
    await makeCascade(title);
    await enroll(page, context, GESTOR);
    await allSafe(page);
    await context.setOffline(true);

    await findFamily(page, `Epieyú ${key}`);
    await page.locator(".float").click();
    await page.getByRole("button", { name: title }).click();
    await page.locator("form.or .question").first().waitFor();
    const [department, town, village, rural] = ["Departamento", "Municipio", "Vereda", "Municipios rurales"].map((label) => question(page, label));
    await sees(page, radios(department), ["La Guajira", "Cesar"], "departments");
    await sees(page, options(town), [], "no town before there is a department");
    await pick(department, "Cesar");
    await sees(page, options(town), ["Valledupar", "Aguachica"], "towns of Cesar");
    await choose(town, "Valledupar");
    await sees(page, radios(village), ["Azúcar Buena"], "villages of Valledupar");
    await pick(village, "Azúcar Buena");

    // Another department: the town and the village of the first one are gone, and nothing is left to choose before the town.
    await pick(department, "La Guajira");
    await sees(page, options(town), ["Riohacha", "Maicao", "Dibulla"], "towns of La Guajira");
    assert.equal(await town.locator("select").inputValue(), "");
    await sees(page, radios(village), [], "no village before there is a town");
    await choose(town, "Riohacha");
    await sees(page, radios(village), ["Camarones", "Tomarrazón"], "villages of Riohacha");
    await pick(village, "Tomarrazón");
    await sees(page, radios(rural), ["Riohacha", "Dibulla"], "rural towns");
    await rural.getByRole("checkbox", { name: "Dibulla" }).check();

    const row = (number) => page.locator("section.or-repeat").nth(number);
    const asked = (number, label) => row(number).locator(".question", { hasText: label }).first();
    await sees(page, radios(asked(0, "Otro municipio")), ["Maicao", "Dibulla"], "not the town that was chosen");
    await pick(asked(0, "Otro municipio"), "Dibulla");
    await sees(page, options(asked(0, "Vereda del predio")), ["Palomino", "Mingueo"], "villages in the first row");
    await choose(asked(0, "Vereda del predio"), "Mingueo");
    await page.locator(".add-repeat-btn").click();
    await pick(asked(1, "Otro municipio"), "Maicao");
    await sees(page, options(asked(1, "Vereda del predio")), ["Carraipía"], "villages in the second row");
    await choose(asked(1, "Vereda del predio"), "Carraipía");
    await asked(1, "Veredas de paso").getByRole("checkbox", { name: "Mingueo" }).check();
    assert.deepEqual(await options(asked(0, "Vereda del predio"))(), ["Palomino", "Mingueo"], "the first row keeps its own");
    await page.screenshot({ path: path.join(output, "field-app-cascade.png"), fullPage: true });

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
    await context.setOffline(false);
    await page.getByText("Acta a salvo en el servidor").waitFor({ timeout: 90_000 });

    const acta = await actaOf(family);
    assert.equal(acta.status, "Closed");
    assert.deepEqual(JSON.parse(acta.answers), {
        departamento: "guajira",
        municipio: "riohacha",
        vereda: "tomarrazon",
        rurales: ["dibulla"],
        predios: [
            { otro: "dibulla", sitio: "mingueo" },
            { otro: "maicao", sitio: "carraipia", pasos: ["mingueo"] },
        ],
        cuantos: "1",
    });
});

browserTest("in the Desk each list offers what goes with the answers before it, in rows too", { role: GESTOR }, async ({ page, open, screenshot }) => {
    const key = Date.now().toString(36);
    const community = await makeCommunity(ADMIN, `Cascada de oficina ${key}`, [GESTOR]);
    const { family } = await makeFamily(ADMIN, community, "Epieyú");
    const template = await makeCascade(`Predios de oficina ${key}`, true, false);
    const { name } = await create(GESTOR, "Acta", { template, visit_date: day(1), family });
    const bad = { departamento: "cesar", municipio: "riohacha" };
    const refused = await api(GESTOR, "PUT", `/api/resource/Acta/${name}`, { answers: JSON.stringify(bad) }).catch(String);
    assert.match(String(refused), /417|Riohacha/, "what does not go together is refused");

    await open(`/app/acta/${name}`);
    await page.locator(".form-tabs a", { hasText: "Respuestas" }).click();
    const form = page.locator(".acta-form");
    const control = (field) => form.locator(`.frappe-control[data-fieldname=${field}]`).first();
    const offered = (box) => () => box.locator("select option").evaluateAll((all) => all.map((one) => one.textContent).filter(Boolean));
    await sees(page, offered(control("municipio")), [], "no town before there is a department");
    await choose(control("departamento"), "Cesar");
    await sees(page, offered(control("municipio")), ["Valledupar", "Aguachica"], "towns of Cesar");
    await choose(control("municipio"), "Aguachica");
    await sees(page, offered(control("vereda")), ["Noreán"], "villages of Aguachica");
    await choose(control("vereda"), "Noreán");
    await choose(control("departamento"), "La Guajira");
    await sees(page, offered(control("municipio")), ["Riohacha", "Maicao", "Dibulla"], "towns of La Guajira");
    await sees(page, offered(control("vereda")), [], "the village went with its town");
    assert.equal(await control("municipio").locator("select").inputValue(), "");
    await choose(control("municipio"), "Riohacha");
    await sees(page, offered(control("vereda")), ["Camarones", "Tomarrazón"], "villages of Riohacha");
    await choose(control("vereda"), "Camarones");
    const ticks = () => control("rurales").locator(".checkbox:visible").allInnerTexts().then((all) => all.map((one) => one.trim()));
    await sees(page, ticks, ["Riohacha", "Dibulla"], "rural towns");
    await control("rurales").getByText("Dibulla").click();

    const grid = control("predios");
    await grid.locator(".grid-add-row").click();
    const cell = (field) => grid.locator(`.grid-row[data-idx="1"] .col[data-fieldname="${field}"]`);
    await cell("otro").click();
    await sees(page, offered(cell("otro")), ["Maicao", "Dibulla"], "towns in the row");
    await choose(cell("otro"), "Maicao");
    await cell("sitio").click();
    await sees(page, offered(cell("sitio")), ["Carraipía"], "villages in the row");
    await choose(cell("sitio"), "Carraipía");
    await screenshot("acta-cascade");
    await save(page);
    const answers = JSON.parse((await api(ADMIN, "GET", `/api/resource/Acta/${name}`)).answers);
    assert.deepEqual(answers, {
        departamento: "guajira",
        municipio: "riohacha",
        vereda: "camarones",
        rurales: ["dibulla"],
        predios: [{ otro: "maicao", sitio: "carraipia" }],
        cuantos: "1",
    });
});
