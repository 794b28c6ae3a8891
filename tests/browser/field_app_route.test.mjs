// The route of the field app: what was not visited stays in sight, an acta that is begun from a planned visit makes it done. And what somebody
// may not do, or no longer has, is not on their phone.

import assert from "node:assert/strict";
import path from "node:path";
import { before } from "node:test";
import { keptOnPhone, phoneTest, PIN, store, sync, write } from "./field_app.mjs";
import { allSafe, assertAccessible, templateTitle } from "./field_app_screens.mjs";
import { ADMIN, find, NAME, prepareRules, read, ROLE } from "./field_rules.mjs";
import { api, create, day, makeCommunity, makeFamily, output, people } from "./lib.mjs";

let place;
let unit;

before(async () => {
    place = await prepareRules("ruta");
    const programme = await create(ADMIN, "Social Programme", { programme_name: `Programa ${place.run}`, start_date: "2020-01-01", status: "Running" });
    unit = (await create(ADMIN, "Productive Unit", { unit_name: `Tienda ${place.run}`, beneficiary: place.person, programme: programme.name, kind: "New", activity_sector: "Commerce", started_on: "2021-02-03" })).name;
});

const plan = (values) => create(ADMIN, "Planned Visit", { gestor: people[ROLE].user, status: "Planned", ...values });
const openToday = async (phone) => {
    await phone.page.goto(`${phone.wire.address}/campo`);
    await phone.page.getByLabel("PIN").fill(PIN);
    await phone.page.getByRole("button", { name: "Abrir" }).click();
    await phone.page.getByRole("heading", { name: "Ruta de hoy" }).waitFor();
};

phoneTest("a visit that was missed comes first, and the acta that is begun from it without a network makes it done", async ({ wire, phone }) => {
    const late = await plan({ productive_unit: unit, template: place.template, visit_date: day(12), reason: "Ver la tienda" });
    const next = await plan({ family: place.family, visit_date: day(-4) });
    await phone.enroll(ROLE);
    await phone.kill();
    await wire.cut();
    await phone.switchOn();
    await openToday(phone);
    const { page } = phone;
    const missed = page.getByRole("region", { name: "Visitas atrasadas" }).locator(".route-stop", { hasText: `Tienda ${place.run}` });
    await missed.getByText(/Atrasada 1[234] días: era para el/).waitFor();
    await page.getByRole("region", { name: "Próximos días" }).getByText(NAME).first().waitFor();
    await assertAccessible(page, "a missed visit and the next days");
    await page.screenshot({ path: path.join(output, "field-app-route.png"), fullPage: true });
    await missed.getByRole("link", { name: "Nueva acta" }).click();
    // The template of the plan is the first that is offered.
    await page.getByRole("region", { name: "La visita planeada" }).getByRole("button", { name: templateTitle(`reglas_${place.run}`) }).click();
    await page.waitForURL(/\/actas\/[0-9a-f-]{36}$/);
    const uuid = page.url().split("/").at(-1);
    await page.locator("form.or").waitFor();
    const { body } = await store(page, async (app, uuid) => ({ body: (await app.drafts.read(uuid)).body }), uuid);
    assert.deepEqual([body.family, body.beneficiary, body.productive_unit, body.template], [place.family, place.person, unit, place.template]);

    // On the way back the visit says that its acta is written already: nobody writes a second one.
    await page.locator("form.or input[name$='/objetivo'], form.or textarea[name$='/objetivo']").first().fill("Ver la tienda");
    await keptOnPhone(page, uuid, "Ver la tienda");
    await openToday(phone);
    await missed.getByText("Ya tiene acta en este teléfono: Borrador").waitFor();
    await store(page, (app, uuid) => app.drafts.ready(uuid, false), uuid);

    await wire.connect();
    await phone.logInAgain(ROLE);
    await sync(page);
    await allSafe(page);
    const stored = await read("Planned Visit", late.name);
    const [acta] = await find("Acta", { client_uuid: uuid }, ["name", "productive_unit"]);
    assert.deepEqual([stored.status, stored.acta, acta.productive_unit], ["Done", acta.name, unit]);
    await missed.waitFor({ state: "detached" });
    assert.equal((await read("Planned Visit", next.name)).status, "Planned");
    await api(ADMIN, "DELETE", `/api/resource/Planned Visit/${next.name}`);
});

phoneTest("what was sent about a family that is somebody else's now leaves the phone with the family", async ({ wire, phone }) => {
    const community = await makeCommunity(ADMIN, `Campo que cambia ${place.run}`, []);
    const gone = await makeFamily(ADMIN, community, `Pushainaxq ${place.run}`);
    const assignment = await create(ADMIN, "Staff Assignment", { user: people[ROLE].user, community, from_date: "2020-01-01" });
    await phone.enroll(ROLE);
    const sent = await write(phone.page, { family: gone.family, template: place.template });
    await sync(phone.page);
    await wire.cut();
    const kept = await write(phone.page, { family: place.family, template: place.template });
    assert.deepEqual(await store(phone.page, async (app) => (await app.device.storage()).files), 6);
    await api(ADMIN, "PUT", `/api/resource/Staff Assignment/${assignment.name}`, { to_date: day(1) });
    await wire.connect();
    await sync(phone.page);
    await allSafe(phone.page);
    const left = await store(phone.page, async (app) => ({
        actas: app.drafts.list.value.map((one) => one.uuid),
        files: (await app.device.storage()).files,
        found: app.records.search("pushainaxq").length,
    }));
    assert.deepEqual(left, { actas: [kept], files: 3, found: 0 });
    assert.equal((await find("Acta", { client_uuid: sent }, ["name"])).length, 1, "the server has it");
});

phoneTest("who may not write actas is offered none and told why", async ({ phone }) => {
    await create(ADMIN, "Staff Assignment", { user: people["Credit Officer"].user, community: place.community, from_date: "2020-01-01" });
    await phone.enroll("Credit Officer");
    const { page } = phone;
    await openToday(phone);
    await page.getByText("Su usuario no escribe actas").first().waitFor();
    await assertAccessible(page, "a user who writes no actas");
    await page.screenshot({ path: path.join(output, "field-app-no-actas.png"), fullPage: true });
    await phone.open(`/campo/nueva/${place.family}`);
    await phone.unlock();
    await page.locator(".empty-title", { hasText: "Su usuario no escribe actas" }).waitFor();
    assert.equal(await page.locator("button.template").count(), 0);
    await assert.rejects(write(page, { family: place.family, template: place.template }), (problem) => problem.code === "forbidden");
});
