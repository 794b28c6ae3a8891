// Data of a family, a person and a unit corrected on the phone with the network off; two phones at one family.

import assert from "node:assert/strict";
import { allSafe, assertAccessible, enroll, findFamily, PIN } from "./field_app_screens.mjs";
import { api, browserTest, create, makeCommunity, makeFamily, url } from "./lib.mjs";

const ADMIN = "System Manager";
const GESTOR = "Gestor";
const PLACE = { latitude: 11.3812, longitude: -72.2401, accuracy: 7 };

async function prepare(key) {
    const community = await makeCommunity(ADMIN, `Correcciones ${key}`, [GESTOR]);
    const made = await makeFamily(ADMIN, community, `Pushaina ${key}`);
    return { community, ...made };
}

const familyNow = (name) => api(ADMIN, "GET", `/api/resource/Family/${name}`);
const save = (page) => page.getByRole("button", { name: "Guardar", exact: true }).click();
const openFamilyForm = (page) => page.getByRole("link", { name: "Corregir los datos de la familia" }).first().click();
const badge = (page, text) => page.locator(".correction .badge", { hasText: text });

browserTest("family and person are corrected with the network off; it shows, outlives the app, and arrives", { phone: true }, async ({ page, context, screenshot }) => {
    const key = `c${Date.now().toString(36)}`;
    const { family, person } = await prepare(key);
    await page.setViewportSize({ width: 360, height: 740 });
    await context.grantPermissions(["geolocation"], { origin: url });
    await context.setGeolocation(PLACE);
    await enroll(page, context, GESTOR);
    await allSafe(page);
    await context.setOffline(true);
    await findFamily(page, `Pushaina ${key}`);
    await openFamilyForm(page);
    await page.getByRole("heading", { name: "Corregir la familia" }).waitFor();
    await assertAccessible(page, "the form of a correction");
    await screenshot("field-app-correct-family");
    await page.getByLabel("Familia", { exact: true }).fill("");
    await save(page);
    await page.getByText("Este dato no puede quedar vacío.").waitFor();
    await page.getByLabel("Familia", { exact: true }).fill(`Pushaina Ipuana ${key}`);
    await page.getByText("Urbana", { exact: true }).click();
    await page.getByLabel("Notas").fill("Se pasaron a la casa azul");
    await page.getByRole("button", { name: "Tomar la ubicación" }).click();
    await page.getByText("Precisión: 7 metros").waitFor();
    await save(page);
    await badge(page, "Por enviar").waitFor();
    await page.getByText("Se pasaron a la casa azul").waitFor();
    await page.getByText("1 corrección solo en este teléfono").waitFor();

    await page.getByRole("link", { name: /^Corregir los datos de Rosa/ }).click();
    await page.getByLabel("Ocupación").fill("Artesana");
    await page.getByLabel("Fecha de nacimiento").fill("1980-02-03");
    await save(page);
    await page.getByText("Artesana").waitFor();
    await page.getByText("2 correcciones solo en este teléfono").waitFor();
    await assertAccessible(page, "a family with corrections");
    await screenshot("field-app-family-corrections");

    // What waits is taken up into what is written next: still one correction of the family.
    await openFamilyForm(page);
    assert.equal(await page.getByLabel("Notas").inputValue(), "Se pasaron a la casa azul");
    await page.getByLabel("Notas").fill("Se pasaron a la casa verde");
    await save(page);
    await page.getByText("Se pasaron a la casa verde").waitFor();
    await page.getByText("2 correcciones solo en este teléfono").waitFor();
    // What is begun over what waits is thrown away alone: what waits stays.
    await openFamilyForm(page);
    await page.getByLabel("Notas").fill("Otra cosa");
    await page.getByText("Guardado como borrador").waitFor();
    await page.getByRole("button", { name: "Descartar" }).click();
    await page.locator("dialog.ask").getByRole("button", { name: "Descartar" }).click();
    await badge(page, "Por enviar").first().waitFor();
    await page.getByText("2 correcciones solo en este teléfono").waitFor();

    await page.reload().catch(() => {});
    await context.setOffline(false);
    await page.goto(`${url}/campo/envios`);
    await page.getByLabel("PIN").fill(PIN);
    await page.getByRole("button", { name: "Abrir" }).click();
    await badge(page, "Recibida en el servidor").nth(1).waitFor();
    await allSafe(page);
    await assertAccessible(page, "the outbox with corrections");
    await screenshot("field-app-outbox-corrections");
    const stored = await familyNow(family);
    assert.equal(stored.family_name, `Pushaina Ipuana ${key}`);
    assert.deepEqual([stored.zone, stored.notes], ["Urban", "Se pasaron a la casa verde"]);
    assert.equal(Number(stored.latitude).toFixed(4), "11.3812");
    const her = await api(ADMIN, "GET", `/api/resource/Beneficiary/${person}`);
    assert.deepEqual([her.occupation, her.birth_date], ["Artesana", "1980-02-03"]);
});

browserTest("two phones with no network: other fields merge, the same field makes one conflict, in words on both", { phone: true }, async ({ page, context, screenshot }) => {
    const key = `d${Date.now().toString(36)}`;
    const { family } = await prepare(key);
    const other = await context.browser().newContext({ viewport: { width: 360, height: 740 }, locale: "es-CO", timezoneId: "America/Bogota", isMobile: true, hasTouch: true });
    other.setDefaultTimeout(60_000);
    try {
        const second = await other.newPage();
        const phones = [
            { page, context },
            { page: second, context: other },
        ];
        for (const phone of phones) {
            await enroll(phone.page, phone.context, GESTOR);
            await allSafe(phone.page);
            await phone.context.setOffline(true);
            await findFamily(phone.page, `Pushaina ${key}`);
            await openFamilyForm(phone.page);
        }
        await page.getByLabel("Lugar actual").fill("Manzana 1");
        await page.getByLabel("Notas").fill("De la primera");
        await second.getByLabel("Lugar actual").fill("Manzana 2");
        await second.getByLabel("Código en el censo").fill("C-77");
        for (const phone of phones) {
            await save(phone.page);
            await badge(phone.page, "Por enviar").waitFor();
        }
        await context.setOffline(false);
        await badge(page, "Por enviar").waitFor({ state: "detached" });
        await allSafe(page);
        await other.setOffline(false);
        await badge(second, "Hay dos versiones").waitFor();
        await second.getByText("Otra persona cambió el mismo dato.").waitFor();
        await allSafe(second);
        await screenshot("field-app-corrections-first-phone");
        await second.screenshot({ path: `${process.env.SOCIAL_CRM_OUTPUT}/field-app-corrections-conflict.png`, fullPage: true });
        const stored = await familyNow(family);
        assert.deepEqual([stored.present_detail, stored.notes, stored.census_code], ["Manzana 1", "De la primera", "C-77"]);
        const filters = encodeURIComponent(JSON.stringify({ reference_name: family }));
        const conflicts = await api(ADMIN, "GET", `/api/resource/Sync Conflict?filters=${filters}`);
        assert.equal(conflicts.length, 1, "one conflict");
        // The first phone learns of it at its next sync, without having written the other value.
        const sync = async (on) => {
            await on.getByRole("link", { name: /^Envíos/ }).last().click();
            await on.getByRole("button", { name: "Enviar y recibir ahora" }).click();
        };
        await sync(page);
        await findFamily(page, `Pushaina ${key}`);
        await page.getByText("Hay dos versiones de: Lugar actual.").waitFor();
        await api(ADMIN, "POST", "/api/method/social_crm.field_records.services.sync.conflicts.resolve_fields", {
            conflict: conflicts[0].name, choices: { present_detail: { choice: "Device" } },
        });
        await sync(second);
        await badge(second, "Recibida en el servidor").waitFor();
        assert.equal((await familyNow(family)).present_detail, "Manzana 2");
    } finally {
        await other.close();
    }
});

browserTest("a correction that the server refuses says why and is undone; a unit is corrected too", { phone: true }, async ({ page, context, screenshot }) => {
    const key = `e${Date.now().toString(36)}`;
    const { community, person, family } = await prepare(key);
    const programme = await create(ADMIN, "Social Programme", { programme_name: `Ingresos ${key}`, status: "Running", start_date: "2020-01-01" });
    const unit = await create(ADMIN, "Productive Unit", { unit_name: `Tienda ${key}`, beneficiary: person, programme: programme.name, kind: "New", activity_sector: "Commerce", started_on: "2021-02-03" });
    await enroll(page, context, GESTOR);
    await allSafe(page);
    await findFamily(page, `Pushaina ${key}`);
    await context.setOffline(true);
    await page.getByRole("link", { name: `Corregir los datos de Tienda ${key}` }).click();
    await page.getByLabel("Sector").selectOption({ label: "Alimentos" });
    await page.getByLabel("Empleos al inicio").fill("dos");
    await save(page);
    await page.getByText("Escriba un número").waitFor();
    await page.getByLabel("Empleos al inicio").fill("2");
    await save(page);
    await badge(page, "Por enviar").waitFor();
    await context.setOffline(false);
    await badge(page, "Por enviar").waitFor({ state: "detached" });
    await allSafe(page);
    assert.deepEqual(await api(ADMIN, "GET", `/api/resource/Productive Unit/${unit.name}`).then((one) => [one.activity_sector, one.jobs]), ["Food", 2]);

    // While the phone has no signal the family passes to somebody else.
    await context.setOffline(true);
    await openFamilyForm(page);
    await page.getByLabel("Notas").fill("Ya no es mía");
    await save(page);
    await badge(page, "Por enviar").waitFor();
    const filters = encodeURIComponent(JSON.stringify({ community }));
    const [assignment] = await api(ADMIN, "GET", `/api/resource/Staff Assignment?filters=${filters}`);
    await api(ADMIN, "PUT", `/api/resource/Staff Assignment/${assignment.name}`, { to_date: "2020-02-01" });
    await context.setOffline(false);
    await page.getByText("1 corrección solo en este teléfono").waitFor();
    await page.getByRole("link", { name: /^Envíos/ }).last().click();
    await badge(page, "El servidor no la aceptó").waitFor();
    await page.locator(".correction .notice").getByText(/no existe o ya no/).waitFor();
    await screenshot("field-app-correction-refused");
    assert.ok(!(await familyNow(family)).notes);
    await page.getByRole("button", { name: /^Deshacer/ }).click();
    await page.locator("dialog.ask .button-danger").click();
    await allSafe(page);
});
