// What becomes of a loan after its money is out, and of one that the borrower does not take; and what the director sees of it.

import assert from "node:assert/strict";

import { fill, press } from "./desk.mjs";
import { api, browserTest, day } from "./lib.mjs";
import { disburse, loanPlace, makeApproved, workflow } from "./loans.mjs";

const SERVICES = "social_crm.microcredit.services";

browserTest("a loan in arrears is restructured: asked for, and approved by another", { role: "Credit Officer" }, async ({ page, open, screenshot }) => {
    const loan = await disburse(await makeApproved(1.9), day(75));
    await open(`/app/microcredit/${loan}`);
    await press(page, "Reestructurar", "Otras operaciones");
    await fill(page, "periods", 18);
    await fill(page, "reason", "Se dañó la cosecha");
    const dialog = page.locator(".modal.show");
    await dialog.getByText("Tasa verdadera").first().waitFor();
    // The rate that stood there, in the field into which the Tab key leads from the number of instalments.
    await dialog.getByText("25,34 %").first().waitFor();
    await screenshot("loan-restructure");
    await dialog.getByRole("button", { name: "Crear solicitud" }).click();
    await page.waitForURL(/microcredit-restructuring\/MRS-|microcredit-restructuring\/[A-Z]+-/);
    const [{ name }] = await api("Credit Officer", "GET", `/api/resource/Microcredit Restructuring?filters={"microcredit":"${loan}"}`);
    await workflow("Credit Officer", "Microcredit Restructuring", name, "Request");
    await workflow("Programme Director", "Microcredit Restructuring", name, "Approve");
    await open(`/app/microcredit/${loan}`);
    await page.getByText("Condiciones y plan de pagos").click();
    await page.getByText("Versiones del plan de pagos").click();
    await page.getByText("Versión 2").first().waitFor();
    await screenshot("loan-restructured");
    const after = await api("Credit Officer", "GET", `/api/resource/Microcredit/${loan}`);
    assert.deepEqual([after.is_restructured, after.days_late, after.schedule.length], [1, 0, 18]);
});

browserTest("a borrower declines what was approved, on a phone", { role: "Credit Officer", phone: true }, async ({ page, open, screenshot }) => {
    const application = await makeApproved();
    await open(`/app/microcredit-application/${application}`);
    await page.locator(".page-container:visible .actions-btn-group:visible > button").click();
    await page.locator(".actions-btn-group .dropdown-item:visible").filter({ hasText: "Registrar desistimiento" }).click();
    await fill(page, "reason", "Consiguió otro crédito");
    await screenshot("application-declined-why");
    await page.locator(".modal.show .btn-primary:visible").last().click();
    await page.waitForFunction(() => window.cur_frm.doc.status === "Declined by Borrower");
    await page.getByText("Desistida").first().waitFor();
    await screenshot("application-declined");
    const after = await api("Credit Officer", "GET", `/api/resource/Microcredit Application/${application}`);
    assert.deepEqual([after.workflow_state, after.decline_reason], ["Declined by Borrower", "Consiguió otro crédito"]);
});

browserTest("a loan whose money came back is annulled", { role: "Credit Officer" }, async ({ page, open, screenshot }) => {
    const loan = await disburse(await makeApproved(), day(5));
    const [money] = await api("Credit Officer", "GET", `/api/resource/Microcredit Disbursement?filters={"microcredit":"${loan}"}`);
    await api("Credit Officer", "POST", `/api/method/${SERVICES}.vouchers.reverse`, {
        doctype: "Microcredit Disbursement",
        name: money.name,
        reason: "No vino por el dinero",
    });
    await open(`/app/microcredit/${loan}`);
    await press(page, "La persona no lo toma", "Otras operaciones");
    await fill(page, "reason", "Ya no lo necesita");
    await page.locator(".modal.show .btn-primary:visible").last().click();
    await page.waitForFunction(() => window.cur_frm.doc.status === "Annulled");
    await page.getByText("Anulado").first().waitFor();
    await screenshot("loan-annulled");
});

for (const phone of [false, true]) {
    const where = phone ? "on a phone" : "on a desktop";
    browserTest(`the director reads the reports of the portfolio ${where}`, { role: "Programme Director", phone }, async ({ page, open, screenshot }) => {
        if (!phone) await disburse(await makeApproved(), day(75));
        const only = `community=${encodeURIComponent((await loanPlace()).community)}`;
        for (const [report, title, figure] of [
            ["Microcredit Portfolio at Risk", "Cartera en riesgo por grupo", /En riesgo > 30 d/],
            ["Microcredit Collections Due", "Recaudo de la semana", /567\.358/],
            ["Microcredit Expected Cash Flow", "Flujo esperado de recaudo", /Acumulado/],
            ["Microcredit Cohorts", "Cosechas de microcrédito", /Valor desembolsado/],
            ["Microcredit Roll Rates", "Rodamiento de la cartera", /El \d\d-\d\d-\d\d\d\d/],
        ]) {
            await open(`/app/query-report/${report}?${only}`);
            await page.locator(".page-title").getByText(title).first().waitFor();
            await page.locator(".report-wrapper .dt-scrollable, .report-wrapper .datatable").first().waitFor();
            await page.locator(".report-wrapper, .report-summary").getByText(figure).first().waitFor();
            await page.locator(".chart-wrapper svg.frappe-chart").first().waitFor();
            await page.waitForTimeout(1500); // the chart grows into its place
            await screenshot(`${report.toLowerCase().replaceAll(" ", "-")}${phone ? "-phone" : ""}`);
        }
    });
}
