// An acta signed by hand until its PDF, with every kind of question a box of text cannot hold; and two records of one
// person made one and two again.

import assert from "node:assert/strict";

import { act, closeRow, confirm, fill, makePlace, pick, press, save } from "./desk.mjs";
import { api, browserTest, url } from "./lib.mjs";

const ADMIN = "Social CRM Administrator";
const yesterday = new Date(Date.now() - 86_400_000 * 2).toISOString().slice(0, 10);
const create = (doctype, values, role = "System Manager") => api(role, "POST", `/api/resource/${doctype}`, values);
const PIXEL = Buffer.from(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
    "base64"
);

async function makeFamily(community, ...names) {
    const family = (await create("Family", { family_name: "Uriana", community, status: "Active", registered_on: "2020-01-01" })).name;
    const found = [];
    for (const [index, first_name] of names.entries()) {
        const values = { first_name, first_surname: "Uriana", no_document_reason: "Perdido", family, registered_on: "2020-01-01" };
        found.push((await create("Beneficiary", { ...values, kinship: index ? "Child" : "Head" })).name);
    }
    return { family, found };
}

async function makeTemplate(mark) {
    const question = (field_type, field_name, label, more = {}) => ({ field_type, field_name, label, ...more });
    const template = await create(
        "Acta Template",
        {
            title: "Visita completa",
            template_key: `completa_${mark}`,
            version: 1,
            questions: [
                question("select_multiple", "necesidades", "Necesidades", { choice_list: "nec", required: 1 }),
                question("begin_repeat", "animales", "Animales"),
                question("select_one", "especie", "Especie", { choice_list: "esp" }),
                question("integer", "cuantos", "Cuántos"),
                question("end_repeat", "", ""),
                question("image", "foto", "Foto de la vivienda", { required: 1 }),
                question("geopoint", "lugar", "Punto de la vivienda", { required: 1 }),
                question("decimal", "area", "Área en hectáreas"),
            ],
            choices: [
                { list_name: "nec", choice_value: "agua", label: "Agua potable" },
                { list_name: "nec", choice_value: "vias", label: "Vías de acceso" },
                { list_name: "esp", choice_value: "chivo", label: "Chivos" },
            ],
        },
        ADMIN
    );
    await api(ADMIN, "POST", "/api/method/social_crm.field_records.services.templates.set_status", {
        template: template.name,
        status: "Published",
    });
    return template.name;
}

async function sign(page, row) {
    const canvas = row.locator(".frappe-control[data-fieldname=signature] canvas");
    await canvas.scrollIntoViewIfNeeded();
    const box = await canvas.boundingBox();
    await page.mouse.move(box.x + 20, box.y + 40);
    await page.mouse.down();
    for (let step = 1; step < 20; step += 1) {
        await page.mouse.move(box.x + 20 + step * 8, box.y + 40 + 20 * Math.sin(step / 2));
    }
    await page.mouse.up();
    await page.waitForFunction(() => window.cur_frm.doc.participants[0].signature?.startsWith("data:image/png;base64,"));
}

browserTest("the gestor has an acta signed by hand, closes it and prints it, on a phone", { role: "Gestor", phone: true }, async ({ page, open, screenshot, context }) => {
    const { community, mark } = await makePlace(["Gestor"]);
    const { found } = await makeFamily(community, "Rosa");
    const template = await makeTemplate(mark);
    const { name } = await create("Acta", { template, visit_date: yesterday, beneficiary: found[0] }, "Gestor");
    await context.grantPermissions(["geolocation"]);
    await context.setGeolocation({ latitude: 10.96, longitude: -72.79, accuracy: 12 });
    await open(`/app/acta/${name}`);
    await page.locator(".form-tabs a", { hasText: "Respuestas" }).click();
    const form = page.locator(".acta-form");
    await form.getByText("Vías de acceso").click();
    const repeat = form.locator(".frappe-control[data-fieldname=animales]");
    await repeat.locator(".grid-add-row").click();
    // On a phone a new row opens by itself, one field below the other.
    const animal = repeat.locator(".grid-row-open");
    await animal.locator("select[data-fieldname=especie]:visible").selectOption({ label: "Chivos" });
    await animal.locator("input[data-fieldname=cuantos]:visible").fill("7");
    await screenshot("acta-row-phone");
    await closeRow(page, animal);
    await form.getByRole("button", { name: "Tomar la posición actual" }).click();
    await page.waitForFunction(() => /accuracy/.test(window.cur_frm.doc.answers));
    await form.locator(".frappe-control[data-fieldname=foto]").getByRole("button", { name: "Adjuntar" }).click();
    await page.locator(".modal.show input[type=file]").first().setInputFiles({ name: `casa-${mark}.png`, mimeType: "image/png", buffer: PIXEL });
    await page.locator(".modal.show .btn-modal-primary:visible").click();
    await page.waitForFunction(() => /"foto"/.test(window.cur_frm.doc.answers) && !document.querySelector(".modal.show"));
    await page.locator(".form-tabs a", { hasText: "Participantes" }).click();
    const table = page.locator(".frappe-control[data-fieldname=participants]");
    await table.locator(".grid-add-row").click();
    const row = page.locator(".grid-row-open");
    await row.locator("input[data-fieldname=participant_name]").fill("Rosa Uriana");
    await page.keyboard.press("Tab");
    await sign(page, row);
    await screenshot("acta-signed-by-hand");
    await page.keyboard.press("Escape");
    await save(page);
    await act(page, "Cerrar", "Closed");
    const closed = await api("Gestor", "GET", `/api/resource/Acta/${name}`);
    assert.deepEqual(JSON.parse(closed.answers), {
        necesidades: ["vias"],
        animales: [{ especie: "chivo", cuantos: 7 }],
        foto: JSON.parse(closed.answers).foto,
        lugar: { latitude: "10.96", longitude: "-72.79", accuracy: "12" },
    });
    assert.equal(JSON.parse(closed.sealed_files).length, 1);
    await page.locator(".form-tabs a", { hasText: "Respuestas" }).click();
    await form.locator('img[src*="casa-"]').waitFor();
    await form.getByText("Chivos").waitFor();
    await screenshot("acta-closed-with-photo");
    const pdf = await context.request.get(
        `${url}/api/method/frappe.utils.print_format.download_pdf?doctype=Acta&name=${name}&format=Acta de campo`
    );
    assert.equal((await pdf.body()).subarray(0, 5).toString(), "%PDF-");
    assert.ok((await pdf.body()).length > 20_000, "the signature and the photo are in it");
});

browserTest("the director merges a duplicate and makes two of them again", { role: "Programme Director" }, async ({ page, open, screenshot }) => {
    const { community } = await makePlace(["Programme Director"]);
    const { found: [, kept] } = await makeFamily(community, "Ana", "María Luisa");
    const { family, found: [, duplicate] } = await makeFamily(community, "Luis", "Maria Luisa");
    await create("Commitment", { subject: "Traer los papeles", due_date: yesterday, responsible_party: "Family", beneficiary: duplicate });
    const of = (person) => api("System Manager", "GET", `/api/resource/Commitment?filters={"beneficiary":"${person}"}`);
    await open(`/app/beneficiary/${duplicate}`);
    await press(page, "Fusionar un duplicado", "Acciones");
    await page.locator(".modal.show").waitFor();
    await pick(page, "target", kept);
    await fill(page, "reason", "La misma persona registrada dos veces");
    await page.locator(".modal.show").getByText("Compromiso").waitFor();
    await screenshot("merge-of-persons");
    await confirm(page);
    await page.waitForURL(new RegExp(kept));
    assert.deepEqual([(await of(kept)).length, (await of(duplicate)).length], [1, 0]);
    const [merge] = await api("System Manager", "GET", `/api/resource/Beneficiary Merge?filters={"duplicate":"${duplicate}"}`);
    await open(`/app/beneficiary-merge/${merge.name}`);
    await press(page, "Deshacer");
    await page.locator(".modal.show .btn-primary:visible").click();
    await page.waitForFunction(() => window.cur_frm.doc.undone_on);
    assert.deepEqual([(await of(kept)).length, (await of(duplicate)).length], [0, 1]);
    const person = await api("System Manager", "GET", `/api/resource/Beneficiary/${duplicate}`);
    assert.deepEqual([person.status, person.family, person.merged_into ?? null], ["Active", family, null]);
});

browserTest("a gestor records a death and takes it back", { role: "Gestor" }, async ({ page, open, screenshot }) => {
    const { community } = await makePlace(["Gestor"]);
    const { family, found: [, person] } = await makeFamily(community, "Ana", "Carmen");
    const stands = async () => {
        const { status, death_date, family: home } = await api("Gestor", "GET", `/api/resource/Beneficiary/${person}`);
        return [status, death_date ?? null, home ?? null];
    };
    await open(`/app/beneficiary/${person}`);
    await press(page, "Registrar un fallecimiento", "Acciones");
    await page.locator(".modal.show").waitFor();
    await fill(page, "reason", "Enfermedad");
    await confirm(page);
    await page.waitForFunction(() => window.cur_frm.doc.death_date);
    const [status, died] = await stands();
    assert.equal(status, "Deceased");
    assert.match(died, /^\d{4}-\d\d-\d\d$/);
    await screenshot("death-recorded");
    await press(page, "Deshacer el fallecimiento", "Acciones");
    await page.locator(".modal.show").getByText("Todo vuelve a quedar como estaba").waitFor();
    await page.locator(".modal.show .btn-primary:visible").click();
    await page.waitForFunction(() => !window.cur_frm.doc.death_date);
    assert.deepEqual(await stands(), ["Active", null, family]);
});
