// Microcredits and actas in the Desk, in Spanish: dialogs, schedule, curve, the form drawn from a template.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";

import { fill, pick, select } from "./desk.mjs";
import { api, browserTest, create, day, makeCommunity, makeFamily, people } from "./lib.mjs";
import { plainProduct } from "./loans.mjs";

const ADMIN = "System Manager";
const mark = randomUUID().slice(0, 8);
const workflow = (role, doctype, name, action) =>
    api(role, "POST", "/api/method/frappe.model.workflow.apply_workflow", {
        doc: JSON.stringify({ doctype, name }),
        action,
    });

// A drawn line of one pixel: what the signature field gives.
const DRAWN =
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
let place;
// One community with a person in it, and the staff who work there; made once for all tests of this file.
async function makePlace() {
    const community = await makeCommunity(ADMIN, `Tabaco ${mark}`, ["Credit Officer", "Credit Committee", "Gestor"]);
    const { family, person } = await makeFamily(ADMIN, community, "Uriana");
    return { community, family, person };
}

async function makeApproved() {
    place ??= await makePlace();
    const { name } = await create("Credit Officer", "Microcredit Application", {
        product: await plainProduct(),
        beneficiary: place.person,
        application_date: day(120),
        requested_amount: 3000000,
        requested_periods: 12,
        monthly_rate: 2,
        purpose: "Surtir la tienda",
        credit_officer: people["Credit Officer"].user,
        monthly_income: 1800000,
        monthly_expenses: 1100000,
    });
    for (const action of ["Send to Review", "Send to Committee"]) {
        await workflow("Credit Officer", "Microcredit Application", name, action);
    }
    await api("Credit Committee", "PUT", `/api/resource/Microcredit Application/${name}`, {
        approved_amount: 3000000,
        approved_periods: 12,
        committee_minutes: "Acta 12",
        committee_date: day(110),
    });
    await workflow("Credit Committee", "Microcredit Application", name, "Approve");
    return name;
}

const disburse = (application, disbursed_on) =>
    api("Credit Officer", "POST", "/api/method/social_crm.microcredit.services.disbursement.disburse", {
        application,
        disbursed_on,
    });

browserTest("the officer disburses an approved application", { role: "Credit Officer" }, async ({ page, open, screenshot }) => {
    const application = await makeApproved();
    await open(`/app/microcredit-application/${application}`);
    await page.getByText("404.144").first().waitFor();
    await screenshot("microcredit-application");
    await page.getByRole("button", { name: "Acciones" }).click();
    await page.getByRole("link", { name: "Desembolsar" }).click();
    const dialog = page.locator(".modal-dialog:visible");
    await dialog.getByText("Primer vencimiento").waitFor();
    await screenshot("microcredit-disburse");
    await dialog.getByRole("button", { name: "Desembolsar" }).click();
    await page.waitForURL(/\/microcredit\/MCR-/);
    const [loan] = await api("Credit Officer", "GET", `/api/resource/Microcredit?filters={"application":"${application}"}`);
    assert.ok(page.url().endsWith(loan.name));
});

browserTest("the officer hands over a part, and a newer loan pays off the older one", { role: "Credit Officer" }, async ({ page, open, screenshot }) => {
    const applications = [await makeApproved(), await makeApproved()];
    const loans = [];
    for (const [turn, application] of applications.entries()) {
        await open(`/app/microcredit-application/${application}`);
        await page.getByText("404.144").first().waitFor();
        await page.getByRole("button", { name: "Acciones" }).click();
        await page.getByRole("link", { name: "Desembolsar" }).click();
        const dialog = page.locator(".modal-dialog:visible");
        await dialog.getByText("Primer vencimiento").waitFor();
        // The first due date is the server's.
        await page.waitForFunction(() => window.cur_dialog?.get_value("first_due"));
        await select(page, "channel", "Transferencia bancaria");
        await fill(page, "reference", `TR ${mark} ${turn}`);
        if (turn === 0) await fill(page, "amount", "1000000");
        else await pick(page, "refinances", loans[0].name);
        // The link that was picked is looked up once its field is left.
        await dialog.getByText("Primer vencimiento").click();
        await page.waitForFunction(() => !window.frappe.request.ajax_count);
        await screenshot(`microcredit-disburse-${turn ? "refinancing" : "part"}`);
        await dialog.getByRole("button", { name: "Desembolsar" }).click();
        await page.waitForURL(/\/microcredit\/MCR-/);
        const [{ name }] = await api("Credit Officer", "GET", `/api/resource/Microcredit?filters={"application":"${application}"}`);
        loans.push(await api("Credit Officer", "GET", `/api/resource/Microcredit/${name}`));
    }
    const [part, whole] = loans;
    assert.deepEqual([part.disbursed_amount, part.balance, part.principal], [1000000, 1000000, 3000000]);
    assert.deepEqual([whole.disbursed_amount, whole.refinances], [3000000, part.name]);
    const filters = JSON.stringify({ microcredit: whole.name });
    const fields = JSON.stringify(["channel", "reference", "refinances"]);
    const [money] = await api("Credit Officer", "GET", `/api/resource/Microcredit Disbursement?filters=${filters}&fields=${fields}`);
    assert.deepEqual(money, { channel: "Bank Transfer", reference: `TR ${mark} 1`, refinances: part.name });
    const older = await api("Credit Officer", "GET", `/api/resource/Microcredit/${part.name}`);
    assert.deepEqual([older.status, older.balance], ["Paid", 0]);
});

browserTest("the officer records a repayment of a loan in arrears", { role: "Credit Officer" }, async ({ page, open, screenshot }) => {
    const loan = await disburse(await makeApproved(), day(75));
    await open(`/app/microcredit/${loan}`);
    await page.getByText(/días de mora/).first().waitFor();
    await screenshot("microcredit");
    await page.getByText("Condiciones y plan de pagos").click();
    await page.locator("[data-fieldname=chart_html] svg.balance-curve").waitFor();
    await page.getByText("283.675").first().waitFor();
    await screenshot("microcredit-schedule");
    await page.getByRole("button", { name: "Registrar pago" }).click();
    const dialog = page.locator(".modal-dialog:visible");
    await dialog.getByText("Medio de pago").waitFor();
    await screenshot("microcredit-repayment");
    await dialog.getByRole("button", { name: "Registrar pago" }).click();
    await page.getByText(/Pago .*registrado/).first().waitFor();
    const after = await api("Credit Officer", "GET", `/api/resource/Microcredit/${loan}`);
    assert.equal(after.overdue_amount, 0);
    await open("/app/query-report/Portfolio");
    await page.getByText("Cartera en riesgo a 30 días").waitFor();
    await page.waitForTimeout(1500); // the chart grows into its place
    await screenshot("portfolio");
});

for (const phone of [false, true]) {
    const where = phone ? "on a phone" : "on a desktop";
    browserTest(`the gestor fills an acta drawn from its template ${where}`, { role: "Gestor", phone }, async ({ page, open, screenshot }) => {
        place ??= await makePlace();
        const { name } = await create("Gestor", "Acta", {
            template: "home_visit-v2",
            visit_date: day(1),
            beneficiary: place.person,
            participants: [
                {
                    participant_name: "Rosa Uriana",
                    participant_role: "Beneficiary",
                    cannot_sign: 1,
                    cannot_sign_reason: "No ve",
                    witness_name: "Luis",
                    witness_signature: DRAWN,
                },
            ],
        });
        await open(`/app/acta/${name}`);
        await page.getByRole("tab", { name: "Respuestas" }).or(page.locator(".form-tabs a", { hasText: "Respuestas" })).first().click();
        const form = page.locator(".acta-form");
        await form.getByText("Objetivo de la visita").waitFor();
        // What does not apply yet is not asked.
        await form.locator(".frappe-control[data-fieldname=otro_motivo]").waitFor({ state: "hidden" });
        await form.locator("select[data-fieldname=motivo]").selectOption("otro");
        await form.locator(".frappe-control[data-fieldname=otro_motivo]").waitFor();
        await form.locator(".frappe-control[data-fieldname=otro_motivo] input").fill("Duelo en la familia");
        await form.locator(".frappe-control[data-fieldname=objetivo] textarea").fill("Acompañar a la familia");
        await form.locator("input[data-fieldname=personas_presentes]").fill("4");
        await form.locator("select[data-fieldname=novedades]").selectOption("no");
        await form.locator(".frappe-control[data-fieldname=desarrollo] textarea").fill("Se conversó con la familia.");
        await form.locator(".frappe-control[data-fieldname=desarrollo] textarea").blur();
        await page.waitForFunction(() => !document.querySelector(".acta-findings"));
        await screenshot(`acta-form-${phone ? "phone" : "desktop"}`);
        await page.evaluate(() => window.cur_frm.save());
        const saved = await api("Gestor", "GET", `/api/resource/Acta/${name}`);
        const answers = JSON.parse(saved.answers);
        assert.equal(answers.otro_motivo, "Duelo en la familia");
        assert.equal(answers.personas_presentes, 4);
        assert.equal(answers.desarrollo, "Se conversó con la familia.");
        await workflow("Gestor", "Acta", name, "Close");
        await open(`/app/acta/${name}`);
        await page.locator(".form-tabs a", { hasText: "Sello y enmiendas" }).click();
        await page.getByText("El contenido es el que se selló.").waitFor();
        await screenshot(`acta-closed-${phone ? "phone" : "desktop"}`);
    });
}
