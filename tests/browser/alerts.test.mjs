// An alert from its rule to the officer's list, and the early warning of a visit on the loan that the business is to pay.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";

import { fill, save, select } from "./desk.mjs";
import { api, browserTest, create, day, logIn, people } from "./lib.mjs";
import { disburse, loanPlace, makeApproved } from "./loans.mjs";

const ADMIN = "System Manager";
const OFFICER = "Credit Officer";
const NIGHT = "social_crm.microcredit.services.alerts.sending.nightly";
const mark = randomUUID().slice(0, 6);

// The scheduler's own job, put into its queue by hand: a worker runs it as it does every night.
async function runTheNight() {
    const [job] = await api(ADMIN, "GET", `/api/resource/Scheduled Job Type?filters=${JSON.stringify({ method: NIGHT })}`);
    await api(ADMIN, "POST", "/api/method/frappe.core.doctype.scheduled_job_type.scheduled_job_type.execute_event", {
        doc: JSON.stringify({ name: job.name }),
    });
}

const alertsOf = (loan) =>
    api(OFFICER, "GET", `/api/resource/Microcredit Alert?filters=${JSON.stringify({ microcredit: loan, recipient: OFFICER })}&fields=["name","status","rule"]`);

async function until(what, seconds = 60) {
    for (let turn = 0; turn < seconds * 2; turn += 1) {
        const found = await what();
        if (found.length) return found;
        await new Promise((done) => setTimeout(done, 500));
    }
    throw new Error("The night brought nothing.");
}

browserTest("a rule is written, the night finds what falls due, and the officer sees the alert", { role: "Social CRM Administrator" }, async ({ page, context, open, screenshot }) => {
    const loan = await disburse(await makeApproved(), day(40), day(-3));
    const rule = `Aviso al oficial ${mark}`;
    await open("/app/microcredit-alert-rule/new");
    await fill(page, "rule_name", rule);
    await select(page, "recipient", "Oficial de crédito");
    await select(page, "channel", "Correo electrónico");
    await select(page, "moment", "Antes del vencimiento");
    await fill(page, "days", 5);
    await fill(page, "late_by", 10);
    await fill(page, "subject", "Vence {credito}");
    await fill(page, "message", "{deudor} debe {valor} el {fecha}.");
    await save(page);
    await screenshot("alert-rule");

    assert.deepEqual(await alertsOf(loan), []);
    await runTheNight();
    const mine = () => alertsOf(loan).then((rows) => rows.filter((row) => row.rule === rule));
    assert.equal((await until(mine)).length, 1);
    await runTheNight();

    await context.clearCookies();
    await logIn(context, OFFICER);
    await open(`/app/microcredit-alert/view/list?microcredit=${loan}&rule=${encodeURIComponent(rule)}`);
    const row = page.locator(".list-row-container:visible .list-row");
    await row.first().waitFor();
    // Frappe may draw the list before it has taken the filters from the address: whoever looks presses "Reload".
    await page.waitForFunction(() => window.cur_list?.filter_area.get().length === 2);
    await page.evaluate(() => window.cur_list.refresh());
    await page.waitForFunction(() => window.cur_list?.data.length === 1 && document.querySelectorAll(".list-row-container .list-row").length === 1);
    assert.equal((await mine()).length, 1, "two nights make one alert");
    assert.match(await row.innerText(), /En espera/);
    await screenshot("alerts-of-a-loan");
    await row.locator(".list-subject a").first().click();
    await page.waitForFunction((wanted) => window.cur_frm?.doc.microcredit === wanted, loan);
    const text = await page.locator(".page-container:visible .form-page").innerText();
    assert.match(text, /Correo electrónico/);
    assert.match(text, /Oficial de crédito/);
    await screenshot("alert");
    await api("Social CRM Administrator", "PUT", `/api/resource/Microcredit Alert Rule/${rule}`, { enabled: 0 });
});

for (const phone of [false, true]) {
    const where = phone ? "phone" : "desktop";
    browserTest(`a visit with falling income warns on the loan (${where})`, { role: "Gestor", phone }, async ({ page, context, open, screenshot }) => {
        const { person } = await loanPlace();
        const programme = `Ingresos ${mark} ${where}`;
        await create(ADMIN, "Social Programme", { programme_name: programme, status: "Running", start_date: "2020-01-01" });
        const unit = await create(ADMIN, "Productive Unit", {
            unit_name: `Tienda ${mark} ${where}`,
            beneficiary: person,
            programme,
            kind: "New",
            activity_sector: "Commerce",
            started_on: "2024-01-01",
        });
        const loan = await disburse(await makeApproved(2, { productive_unit: unit.name }), day(40));
        await create("Gestor", "Productive Unit Follow-up", {
            productive_unit: unit.name,
            visit_date: day(20),
            operating: "Yes",
            sales: 900000,
            costs: 100000,
        });
        await open(`/app/productive-unit-follow-up/new?productive_unit=${unit.name}`);
        await select(page, "operating", "Sí");
        await fill(page, "sales", "150000");
        await fill(page, "costs", "90000");
        await save(page);

        await context.clearCookies();
        await logIn(context, OFFICER);
        await open(`/app/microcredit/${loan}`);
        await page.locator(".page-container:visible").getByText("Alerta temprana: caída de ingresos").first().waitFor();
        await screenshot(`early-warning-${where}`);
        const [todo] = await api(
            OFFICER,
            "GET",
            `/api/resource/Commitment?filters=${JSON.stringify({ reference_name: loan })}&fields=["name","status","responsible","subject"]`,
        );
        assert.equal(todo.status, "Open");
        assert.equal(todo.responsible, people[OFFICER].user);
        await open(`/app/commitment/${todo.name}`);
        await page.waitForFunction((name) => window.cur_frm?.doc.name === name, todo.name);
        await page.locator(".page-container:visible").getByText(new RegExp(`Tienda ${mark} ${where}`)).first().waitFor();
        await screenshot(`early-warning-commitment-${where}`);
    });
}
