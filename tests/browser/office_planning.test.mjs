// The office plans the field: visits that a rule asks for, the days of a gestor, a calendar, a map, the gestor's phone; and what the week and the
// actas come to.

import assert from "node:assert/strict";

import { confirm, press } from "./desk.mjs";
import { phoneTest } from "./field_app.mjs";
import { api, browserTest, create, day, makeCommunity, makeFamily, people } from "./lib.mjs";

const ADMIN = "System Manager";
const DIRECTOR = "Programme Director";
const GESTOR = "Gestor";
const TEMPLATE = "home_visit-v2";
const DRAWN = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

const mark = () => Math.random().toString(36).slice(2, 8).replace(/\d/g, "x");
const fullName = async (role) => (await api(ADMIN, "GET", `/api/resource/User/${people[role].user}`)).full_name;
const where = (filters) => encodeURIComponent(JSON.stringify(filters));
const plansOf = (community, fields) => api(ADMIN, "GET", `/api/resource/Planned Visit?limit_page_length=0&filters=${where({ community })}&fields=${where(fields)}&order_by=title`);

let made;

// Three houses of a community, each with its place, that a rule wants visited every month.
async function prepare() {
    if (made) return made;
    const key = mark();
    const community = await makeCommunity(ADMIN, `Ruta ${key}`, [GESTOR, DIRECTOR]);
    const families = [];
    for (const [number, name] of ["Apushana", "Bouriyú", "Cotes"].entries()) {
        const { family } = await makeFamily(ADMIN, community, `${name} ${key}`);
        await api(ADMIN, "PUT", `/api/resource/Family/${family}`, { latitude: 11.1 + number / 50, longitude: -72.7 - number / 50 });
        families.push({ family, title: `${name} ${key}` });
    }
    const rule = await create(ADMIN, "Visit Rule", { rule_name: `Cada mes ${key}`, template: TEMPLATE, every_days: 30, valid_from: day(90), community });
    made = { key, community, families, rule: rule.name };
    return made;
}

const rows = (page) => page.locator(".page-container:visible .dt-scrollable .dt-row");
const row = (page, text) => rows(page).filter({ hasText: text }).first();
// What a line of the table shows below these heads; null while it is drawn.
function shownIn([text, heads]) {
    const table = [...document.querySelectorAll(".datatable")].find((one) => one.offsetParent);
    const line = [...(table?.querySelectorAll(".dt-scrollable .dt-row") ?? [])].find((one) => one.innerText.includes(text));
    const titles = [...(table?.querySelectorAll(".dt-header .dt-row-header .dt-cell__content") ?? [])].map((one) => one.innerText.trim());
    const shown = line && [...line.querySelectorAll(".dt-cell__content")].map((one) => one.innerText.trim());
    return shown ? Object.fromEntries(heads.map((head) => [head, shown[titles.indexOf(head)]])) : null;
}

// The platform asks for a report once for each filter of the address, and shows the answer that comes last, whichever it is: a person who
// sees other rows than the filters say presses "refresh".
async function refreshUntil(page, isThere, argument) {
    for (let attempt = 0; attempt < 4; attempt += 1) {
        if (await page.waitForFunction(isThere, argument, { timeout: 12_000 }).catch(() => null)) return;
        await page.evaluate(() => window.frappe.query_report?.refresh());
    }
}

// The figures of a line, as a person sees them; what stands there instead is said.
async function assertShows(page, text, figures, what = text) {
    const asked = [text, Object.keys(figures)];
    await refreshUntil(page, `((asked, wanted) => JSON.stringify((${shownIn})(asked)) === wanted)(...${JSON.stringify([asked, JSON.stringify(figures)])})`);
    assert.deepEqual(await page.evaluate(shownIn, asked), figures, what);
}

browserTest("the director plans three visits that a rule asks for and sees them in calendar and map", { role: DIRECTOR }, async ({ page, open, screenshot }) => {
    const { community, families, rule } = await prepare();
    const [gestor, director] = [await fullName(GESTOR), await fullName(DIRECTOR)];
    await open(`/app/query-report/Visits Due?community=${encodeURIComponent(community)}&rule=${encodeURIComponent(rule)}`);
    const isWhole = (count) => window.frappe.query_report?.data?.length === count && !window.frappe.request.ajax_count;
    await refreshUntil(page, isWhole, families.length);
    for (const { title } of families) {
        await row(page, title).waitFor();
        await row(page, title).locator(".dt-cell--col-0 input[type=checkbox]").check();
    }
    await screenshot("visits-due-chosen");
    await press(page, "Planear visitas");
    const dialog = page.locator(".modal.show");
    await dialog.getByText("Planear 3 visitas").first().waitFor();
    const who = dialog.locator('.frappe-control[data-fieldname="gestor"]');
    // A list of links is made of other elements in Frappe 16.
    const offered = who.locator(".awesomplete").locator("li:visible, div[role=option]:visible");
    // Only who writes actas and works there.
    await who.locator("input").fill(people[GESTOR].user.split("@")[0]);
    await offered.filter({ hasText: gestor }).first().waitFor();
    assert.equal(await offered.filter({ hasText: director }).count(), 0);
    await screenshot("visits-due-plan");
    await offered.filter({ hasText: gestor }).first().click();
    await page.waitForFunction((user) => window.cur_dialog?.get_value("gestor") === user, people[GESTOR].user);
    const date = await page.evaluate(() => window.cur_dialog.get_value("visit_date"));
    await confirm(page);
    await page.getByText("3 visitas planeadas").first().waitFor();
    await page.waitForFunction(
        ([wanted, count]) => !window.frappe.request.ajax_count && window.frappe.query_report.data?.filter((one) => one.planned === wanted).length === count,
        [date, families.length],
    );
    await assertShows(page, families[0].title, { "Planeada para": date.split("-").reverse().join("-") });
    const plans = await plansOf(community, ["title", "gestor", "visit_date", "position", "status", "template"]);
    assert.deepEqual(plans.map((one) => [one.title, one.gestor, one.visit_date, one.status, one.template]), families.map(({ title }) => [title, people[GESTOR].user, date, "Planned", TEMPLATE]));
    // Each has its place in the day, which others may have planned visits into too.
    assert.equal(new Set(plans.map((one) => one.position).filter(Boolean)).size, families.length);

    await open(`/app/planned-visit/view/calendar/default?community=${encodeURIComponent(community)}`);
    const events = page.locator(".page-container:visible .fc-event, .page-container:visible .fc-daygrid-event");
    for (const { title } of families) await events.filter({ hasText: title }).first().waitFor();
    assert.equal(await events.count(), families.length, "those of the community alone");
    await screenshot("visits-calendar");

    await open(`/app/planned-visit/view/map?community=${encodeURIComponent(community)}`);
    const places = page.locator(".page-container:visible .leaflet-marker-icon");
    await places.nth(families.length - 1).waitFor();
    assert.equal(await places.count(), families.length);
    await screenshot("visits-map");
});

phoneTest("the visits that the office planned are on the gestor's phone", async ({ phone }) => {
    const { community, families } = await prepare();
    const planned = await plansOf(community, ["name"]);
    if (!planned.length) {
        const visits = families.map(({ family }) => ({ doctype: "Family", subject: family }));
        await api(DIRECTOR, "POST", "/api/method/social_crm.field_records.services.visits.plan_visits", { visits, gestor: people[GESTOR].user, visit_date: day(-2) });
    }
    // And one to the community itself: a meeting, in no family's house.
    await create(DIRECTOR, "Planned Visit", { community, gestor: people[GESTOR].user, visit_date: day(-2), template: "meeting-v1" });
    await phone.enroll(GESTOR);
    const { page } = phone;
    const next = page.getByRole("region", { name: "Próximos días" });
    for (const { title } of families) await next.getByText(title).first().waitFor();
    const stop = next.locator(".route-stop").filter({ has: page.getByRole("heading", { name: community, exact: true }) });
    await stop.getByRole("link", { name: "Nueva acta" }).click();
    const start = page.getByRole("region", { name: "La visita planeada" }).getByRole("button").first();
    await start.click();
    await page.waitForURL(/\/actas\/[0-9a-f-]{36}$/);
    await page.locator("form.or").waitFor();
});

browserTest("the acta of a planned visit is begun with the newest published version of its template", { role: GESTOR }, async ({ page, open }) => {
    const key = mark();
    const community = await makeCommunity(ADMIN, `Versiones ${key}`, [GESTOR, DIRECTOR]);
    const { family } = await makeFamily(ADMIN, community, `Ipuana ${key}`);
    const service = "/api/method/social_crm.field_records.services.templates";
    const questions = [{ field_type: "text", field_name: "tema", label: "Tema" }];
    const first = (await create(ADMIN, "Acta Template", { title: `Con versiones ${key}`, template_key: `versiones_${key}`, version: 1, questions })).name;
    await api(ADMIN, "POST", `${service}.set_status`, { template: first, status: "Published" });
    const plan = (await create(ADMIN, "Planned Visit", { family, gestor: people[GESTOR].user, visit_date: day(0), template: first })).name;
    const newer = await api(ADMIN, "POST", `${service}.new_version`, { template: first });
    await api(ADMIN, "POST", `${service}.set_status`, { template: newer, status: "Published" });
    await api(ADMIN, "POST", `${service}.set_status`, { template: first, status: "Withdrawn" });

    await open(`/app/planned-visit/${plan}`);
    await press(page, "Escribir el acta");
    await page.waitForFunction((wanted) => window.cur_frm?.doctype === "Acta" && window.cur_frm.doc.family === wanted && window.cur_frm.doc.template, family);
    assert.equal(await page.evaluate(() => window.cur_frm.doc.template), newer);
});

browserTest("the weekly report and the overview of actas count what was done", { role: DIRECTOR }, async ({ page, open, screenshot }) => {
    const key = mark();
    const community = await makeCommunity(ADMIN, `Semana ${key}`, [GESTOR, DIRECTOR]);
    const [one, other] = [await makeFamily(ADMIN, community, `Epieyú ${key}`), await makeFamily(ADMIN, community, `Pushaina ${key}`)];
    const [gestor, user] = [await fullName(GESTOR), people[GESTOR].user];
    const visit_date = day(0);
    for (const { family } of [one, other]) await create(ADMIN, "Planned Visit", { family, gestor: user, visit_date });
    await create(ADMIN, "Planned Visit", { family: other.family, gestor: user, visit_date, status: "Cancelled", reason: "Llovió" });
    const answers = JSON.stringify({ motivo: "seguimiento", objetivo: "Conocer", personas_presentes: 2, novedades: "no", necesidades: ["ninguna"], desarrollo: "Bien." });
    const participants = [{ participant_name: "Rosa Epieyú", participant_role: "Beneficiary", signature: DRAWN }];
    const acta = (await create(GESTOR, "Acta", { template: TEMPLATE, visit_date, family: one.family, answers, participants })).name;
    await api(GESTOR, "POST", "/api/method/social_crm.field_records.services.actions.add_commitment", { acta, subject: "Llevar a la niña al control", due_date: day(-9) });
    await api(GESTOR, "POST", "/api/method/frappe.model.workflow.apply_workflow", { doc: JSON.stringify({ doctype: "Acta", name: acta }), action: "Close" });
    await create(GESTOR, "Acta", { template: "meeting-v1", visit_date, community });

    await open(`/app/query-report/Weekly Work of Gestores?week=${visit_date}&community=${encodeURIComponent(community)}`);
    await assertShows(page, gestor, { "Visitas planeadas": "2", "Visitas hechas": "1", "Actas de campo": "2", Cerradas: "1", Borradores: "1", "Familias visitadas": "1", Compromisos: "1" });
    assert.equal(await rows(page).count(), 1, "the work in this community alone");
    await screenshot("weekly-work");

    await open(`/app/query-report/Actas Overview?group_by=Community&community=${encodeURIComponent(community)}`);
    const counts = (text, [all, Cerradas, Borradores], what) => assertShows(page, text, { "Actas de campo": all, Cerradas, Borradores }, what);
    await counts(community, ["2", "1", "1"]);
    await screenshot("actas-overview");
    const group = page.locator('.page-container:visible .frappe-control[data-fieldname="group_by"] select');
    for (const [label, lines] of [
        ["Familia", [[`Epieyú ${key}`, ["1", "1", "0"]], ["Sin indicar", ["1", "0", "1"]]]],
        ["Gestor", [[gestor, ["2", "1", "1"]]]],
        ["Plantilla de acta", [["Visita domiciliaria", ["1", "1", "0"]], ["Reunión", ["1", "0", "1"]]]],
    ]) {
        await group.selectOption({ label });
        for (const [text, wanted] of lines) await counts(text, wanted, `${label}: ${text}`);
        await page.locator(".chart-wrapper:visible .social-crm-bars").first().waitFor();
    }
});
