// Actas that are not about the head of a family: of a whole community, with people of several families; of one of a family's
// members. On a phone of 360 px, with the network truly off while they are written.

import assert from "node:assert/strict";
import path from "node:path";
import { phoneTest, sync } from "./field_app.mjs";
import { assertAccessible, findFamily, question, sign } from "./field_app_screens.mjs";
import { api, create, makeCommunity, makeFamily, output } from "./lib.mjs";

const ADMIN = "System Manager";
const GESTOR = "Gestor";
const key = Date.now().toString(36);

const list = (doctype, filters, fields) =>
    api(ADMIN, "GET", `/api/resource/${doctype}?filters=${encodeURIComponent(JSON.stringify(filters))}&fields=${encodeURIComponent(JSON.stringify(fields))}`);

async function look(page, name) {
    await assertAccessible(page, name);
    await page.screenshot({ path: path.join(output, `field-app-${name}.png`), fullPage: true });
}

phoneTest("a training of a community, written with no network: who is on record attended, of whatever family", async ({ phone, wire }) => {
    const community = await makeCommunity(ADMIN, `Ranchería ${key}`, [GESTOR]);
    const elsewhere = await makeCommunity(ADMIN, `Lejana ${key}`, [GESTOR]);
    const here = await makeFamily(ADMIN, community, `Epiayú ${key}`);
    const far = await makeFamily(ADMIN, elsewhere, `Pushaina ${key}`);
    const { page } = phone;
    await phone.enroll(GESTOR);
    await wire.cut();

    await page.getByRole("link", { name: "Familias" }).click();
    await page.getByRole("link", { name: "Acta de una comunidad" }).click();
    await page.locator(".row-link").first().waitFor();
    const search = page.getByLabel("Buscar una comunidad");
    if (await search.count()) await search.fill(`rancheria ${key}`);
    await look(page, "communities");
    await page.getByRole("link", { name: `Ranchería ${key}` }).click();
    await page.getByText("1 familia", { exact: true }).waitFor();
    await look(page, "community");
    await page.locator(".float").click();
    await page.getByRole("heading", { name: "Capacitaciones y reuniones" }).waitFor();
    assert.equal(await page.getByRole("button", { name: /Seguimiento a unidad/ }).count(), 0, "a form about a unit makes no sense here");
    await look(page, "new-of-community");
    await page.getByRole("button", { name: /^Capacitación o reunión/ }).click();

    await page.getByRole("radio", { name: "Capacitación", exact: true }).check();
    await question(page, "Tema").locator("input").fill("Huertas en tiempo seco");
    await question(page, "Hora de inicio").locator("input").fill("08:30");
    await question(page, "Número de asistentes").locator("input").fill("3");
    await question(page, "Punto").locator("input").fill("Riego por goteo");
    await question(page, "Desarrollo").locator("textarea").fill("Se armó un surco entre todos.");
    await question(page, "Conclusiones").locator("textarea").fill("Cada familia arma el suyo.");
    await page.getByRole("button", { name: "Siguiente" }).click();

    // First those of the community; with words, everybody on the phone, without accents.
    for (const [words, person] of [["", `Rosa Epiayú ${key}`], [`pushaina ${key}`, `Rosa Pushaina ${key}`]]) {
        await page.getByRole("button", { name: "Buscar a una persona registrada" }).click();
        await page.locator("dialog.sheet .row-link").first().waitFor();
        if (!words) await look(page, "person-search");
        await page.locator("dialog.sheet").getByRole("searchbox").fill(words);
        await page.locator("dialog.sheet .row-link", { hasText: person }).click();
        await page.locator("dialog.sheet").getByRole("button", { name: "Firmar" }).click();
        await sign(page);
        await page.getByRole("heading", { name: person }).waitFor();
    }
    await page.getByRole("button", { name: "Buscar a una persona registrada" }).click();
    await page.locator("dialog.sheet .row-link", { hasText: "ya está en el acta" }).first().waitFor();
    await page.locator("dialog.sheet .sheet-close").click();
    await page.getByRole("button", { name: "Agregar otra persona" }).click();
    await page.getByLabel("Nombre y apellidos").fill("Visitante sin registro");
    await page.locator("dialog.sheet").getByRole("button", { name: "Firmar" }).click();
    await sign(page);
    await page.getByRole("heading", { name: "Visitante sin registro" }).waitFor();
    await page.getByRole("button", { name: "Siguiente" }).click();
    await page.getByRole("button", { name: "Siguiente" }).click();

    await page.getByText("Todo listo para cerrar").waitFor();
    await page.getByText(`Registra la actividad de Ranchería ${key}.`).waitFor();
    await page.getByText(`Con la asistencia de 2 personas registradas: Rosa Epiayú ${key}, Rosa Pushaina ${key}.`).waitFor();
    await page.getByText("1 presente sin registro queda solo en el acta.").waitFor();
    await look(page, "review-of-community");
    await page.getByRole("button", { name: "Cerrar y enviar" }).click();
    await page.locator("dialog.ask").getByRole("button", { name: "Cerrar y enviar" }).click();
    await page.getByText("Acta guardada en el teléfono").waitFor();

    await wire.connect();
    await sync(page);
    await page.getByText("Acta a salvo en el servidor").waitFor();
    const actas = await list("Acta", { community }, ["name", "status", "family", "title"]);
    assert.equal(actas.length, 1);
    assert.equal(actas[0].status, "Closed");
    assert.equal(actas[0].family, null);
    const attended = await list("Activity Attendance", [["beneficiary", "in", [here.person, far.person]]], ["beneficiary", "activity", "attended"]);
    assert.deepEqual(attended.map((row) => row.beneficiary).sort(), [here.person, far.person].sort(), "one row each");
    assert.deepEqual(attended.map((row) => row.attended), ["Present", "Present"]);
    assert.equal(attended[0].activity, attended[1].activity);
    const activity = await api(ADMIN, "GET", `/api/resource/Community Activity/${attended[0].activity}`);
    assert.deepEqual([activity.community, activity.subject, activity.activity_kind], [community, "Huertas en tiempo seco", "Training"]);

    // And it is seen on the phone afterwards, where it belongs.
    await page.getByRole("link", { name: "Volver a la comunidad" }).click();
    await page.locator(".row-link", { hasText: actas[0].name }).waitFor();
});

phoneTest("whom an acta is about is chosen, and closing changes that person and nobody else", async ({ phone, wire }) => {
    const community = await makeCommunity(ADMIN, `Sobre quién ${key}`, [GESTOR]);
    const { family, person: head } = await makeFamily(ADMIN, community, `Jusayú ${key}`);
    const daughter = (
        await create(ADMIN, "Beneficiary", {
            first_name: "Ana", first_surname: `Jusayú ${key}`, no_document_reason: "Perdido", kinship: "Child", status: "Active", registered_on: "2020-01-01", family,
        })
    ).name;
    const { name } = await create(ADMIN, "Acta Template", {
        template_key: `oficio_${key}`,
        title: `Oficio ${key}`,
        version: 1,
        component: "General",
        questions: [{ field_type: "text", field_name: "oficio", label: "Oficio", required: 1 }],
        writes: [{ question: "oficio", target: "Beneficiary", target_field: "occupation" }],
    });
    await api(ADMIN, "PUT", `/api/resource/Acta Template/${name}`, { status: "Published" });
    const { page } = phone;
    await page.evaluate(() => localStorage.setItem("campo-language", "en"));
    await phone.open();
    await phone.enroll(GESTOR);
    await wire.cut();

    await findFamily(page, `Jusayú ${key}`);
    await page.locator(".float").click();
    const template = page.getByRole("button", { name: new RegExp(`^Oficio ${key}`) });
    const about = page.getByLabel("Whom is the acta about?");
    await template.click();
    await page.locator(".error-text", { hasText: "The person is missing: this form changes their data" }).waitFor();
    assert.equal(await about.evaluate((one) => one === document.activeElement), true, "the question has the focus");
    await look(page, "new-without-person");
    await about.selectOption({ label: `Rosa Jusayú ${key}` });
    await template.click();
    await question(page, "Oficio").locator("input").fill("Tejedora");
    await page.getByRole("heading", { level: 1, name: `Rosa Jusayú ${key}` }).waitFor();
    // It was about her daughter: changed while it is a draft, and the title says so.
    await about.selectOption({ label: `Ana Jusayú ${key}` });
    await page.getByRole("heading", { level: 1, name: `Ana Jusayú ${key}` }).waitFor();
    await look(page, "acta-about-a-member");
    await page.getByRole("button", { name: "Next" }).click();
    await page.locator(".chip", { hasText: `Ana Jusayú ${key}` }).click();
    assert.equal(await page.locator("dialog.sheet input[type=radio]").first().isChecked(), true, "she takes part as the beneficiary");
    await page.locator("dialog.sheet").getByRole("button", { name: "Sign", exact: true }).click();
    await sign(page);
    await page.getByRole("heading", { name: `Ana Jusayú ${key}`, level: 3 }).waitFor();
    await page.locator(".steps button").nth(3).click();
    await page.getByText(`Changes the data of Ana Jusayú ${key}: occupation.`).waitFor();
    await look(page, "review-says-what-closing-writes");
    await page.getByRole("button", { name: "Close and send" }).click();
    await page.locator("dialog.ask .button-main").click();
    await page.getByText("Acta saved on the phone").waitFor();

    await wire.connect();
    await sync(page);
    await page.getByText("Acta safe on the server").waitFor();
    const [acta] = await list("Acta", { family }, ["status", "beneficiary"]);
    assert.deepEqual(acta, { status: "Closed", beneficiary: daughter });
    const occupation = async (one) => (await api(ADMIN, "GET", `/api/resource/Beneficiary/${one}`)).occupation || "";
    assert.deepEqual([await occupation(daughter), await occupation(head)], ["Tejedora", ""]);
});
