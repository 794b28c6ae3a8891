// What the officer and the director do with a running loan and around it: prepayments and the closing certificate, a reversal, a
// write-off and its recovery, the money of a fund, a group that asks together, and the journal for the accountant.

import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";

import { act, confirm, fill, pick, press, select } from "./desk.mjs";
import { api, browserTest, create, day, makeFamily, people } from "./lib.mjs";
import { disburse, loanPlace, makeApproved } from "./loans.mjs";

const ADMIN = "System Manager";
const officer = (method, resource, body) => api("Credit Officer", method, resource, body);
const loanOf = (name) => officer("GET", `/api/resource/Microcredit/${name}`);

// Sends the open dialog and waits until the form shows what came of it.
async function send(page, holds) {
    await page.locator(".modal.show .btn-modal-primary:visible").click();
    await page.waitForFunction(holds);
    await page.locator(".modal.show").waitFor({ state: "hidden" });
}

browserTest("two prepayments, one of each kind, and what is left is paid off", { role: "Credit Officer" }, async ({ page, context, open, screenshot }) => {
    const loan = await disburse(await makeApproved(), day(20));
    await open(`/app/microcredit/${loan}`);
    await press(page, "Pago anticipado", "Otras operaciones");
    await fill(page, "amount", "1.000.000");
    const dialog = page.locator(".modal.show");
    await dialog.getByText("Cuotas que siguen").waitFor();
    await screenshot("loan-prepayment");
    await send(page, () => window.cur_frm.doc.schedule_version === 2);
    const shorter = await loanOf(loan);
    const to_come = (found) => found.schedule.filter((row) => row.unpaid > 0);
    // The same instalment as before, for fewer months; the first one with the interest of the days that are left of its period.
    assert.ok(to_come(shorter).length < 12, `${to_come(shorter).length} rows are left`);
    assert.equal(to_come(shorter)[1].total, 283679);

    await press(page, "Pago anticipado", "Otras operaciones");
    await fill(page, "amount", "500.000");
    await select(page, "prepayment_mode", "Bajar la cuota");
    await dialog.getByText("Cuotas que siguen").waitFor();
    await send(page, () => window.cur_frm.doc.schedule_version === 3);
    const lower = await loanOf(loan);
    assert.equal(to_come(lower).length, to_come(shorter).length);
    assert.ok(to_come(lower)[1].total < 283679);

    await press(page, "Cancelar el crédito", "Otras operaciones");
    await dialog.getByText("Saldo de capital después del pago").waitFor();
    await send(page, () => window.cur_frm.doc.status === "Paid");
    await screenshot("loan-paid-off");
    const done = await loanOf(loan);
    assert.deepEqual([done.status, done.balance, done.unpaid_amount], ["Paid", 0, 0]);
    const [answer] = await Promise.all([
        context.waitForEvent("response", (response) => response.url().includes("download_pdf")),
        press(page, "Paz y salvo", "Documentos"),
    ]);
    assert.deepEqual([answer.status(), answer.headers()["content-type"]], [200, "application/pdf"]);
});

browserTest("a repayment that was another person's is reversed by its button", { role: "Credit Officer" }, async ({ page, open, screenshot }) => {
    const loan = await disburse(await makeApproved(), day(75));
    const before = await loanOf(loan);
    const receipt = await officer("POST", "/api/method/social_crm.microcredit.services.repayments.record_repayment", {
        microcredit: loan,
        amount: 283679,
    });
    await open(`/app/microcredit-repayment/${receipt}`);
    await press(page, "Reversar");
    await fill(page, "reason", "Era de la vecina");
    await confirm(page);
    await page.waitForFunction(() => window.cur_frm.doc.docstatus === 2);
    await open(`/app/microcredit/${loan}`);
    await page.locator(".form-tabs .nav-link:visible").filter({ hasText: "Libro" }).click();
    await page.locator(".loan-ledger").getByText("Era de la vecina").waitFor();
    await page.locator(".loan-ledger").getByText(/Reversado por/).waitFor();
    await screenshot("loan-ledger-reversed");
    const after = await loanOf(loan);
    assert.deepEqual([after.balance, after.overdue_amount, after.days_late], [before.balance, before.overdue_amount, before.days_late]);
});

let writtenOff;
browserTest("the officer asks for a write-off", { role: "Credit Officer" }, async ({ page, open, screenshot }) => {
    const loan = await disburse(await makeApproved(), day(110));
    await open(`/app/microcredit/${loan}`);
    await press(page, "Castigar", "Otras operaciones");
    await fill(page, "reason", "Se fue de la región y no hay codeudor");
    await page.locator(".modal.show").getByText("$ 3.000.000").first().waitFor();
    await screenshot("loan-write-off");
    await page.locator(".modal.show .btn-modal-primary:visible").click();
    await page.waitForFunction(() => window.cur_frm?.doctype === "Microcredit Write-off" && !window.cur_frm.is_new());
    const name = await page.evaluate(() => window.cur_frm.doc.name);
    await act(page, "Solicitar", "Requested");
    writtenOff = { loan, name };
});

browserTest("the director approves the write-off", { role: "Programme Director" }, async ({ page, open, screenshot }) => {
    await open(`/app/microcredit-write-off/${writtenOff.name}`);
    await act(page, "Aprobar", "Approved");
    await screenshot("write-off-approved");
    const after = await loanOf(writtenOff.loan);
    assert.deepEqual([after.status, after.balance, after.written_off >= 3000000], ["Written Off", 0, true]);
});

browserTest("what the borrower pays later is a recovery", { role: "Credit Officer" }, async ({ page, open, screenshot }) => {
    await open(`/app/microcredit/${writtenOff.loan}`);
    await press(page, "Registrar recuperación");
    await fill(page, "amount", "150.000");
    await send(page, () => window.cur_frm.doc.recovered === 150000);
    await screenshot("loan-recovery");
});

browserTest("the director moves the money of a fund, which never goes below zero", { role: "Programme Director" }, async ({ page, open, screenshot }) => {
    const { community } = await loanPlace();
    const programme = await create(ADMIN, "Social Programme", {
        programme_name: `Fondo rotatorio ${community}`,
        status: "Running",
        start_date: "2020-01-01",
        communities: [{ community }],
    });
    // The money of a programme is for whoever is assigned to all of it.
    await create(ADMIN, "Staff Assignment", {
        user: people["Programme Director"].user,
        programme: programme.name,
        from_date: "2020-01-01",
    });
    const fund = await create("Programme Director", "Microcredit Fund", {
        fund_name: `Fondo ${community}`,
        programme: programme.name,
        currency: "COP",
    });
    await open(`/app/microcredit-fund/${encodeURIComponent(fund.name)}`);
    await press(page, "Aportar dinero");
    await fill(page, "amount", "5.000.000");
    await confirm(page);
    await page.waitForFunction(() => window.cur_frm.doc.balance === 5000000);
    await page.getByText("$ 5.000.000").first().waitFor();
    await press(page, "Retirar dinero");
    await fill(page, "amount", "6.000.000");
    await fill(page, "reason", "Pago a proveedor");
    await confirm(page);
    await page.locator(".modal.show").getByText(/fondo/i).last().waitFor();
    await screenshot("fund-not-below-zero");
    const after = await api("Programme Director", "GET", `/api/resource/Microcredit Fund/${encodeURIComponent(fund.name)}`);
    assert.equal(after.balance, 5000000);
});

browserTest("a solidarity group asks together and reads its collection sheet", { role: "Credit Officer" }, async ({ page, open, screenshot }) => {
    const { community } = await loanPlace();
    const members = [];
    for (const surname of ["Epieyú", "Uriana", "Ipuana"]) {
        members.push((await makeFamily(ADMIN, community, `${surname}${Date.now()}`)).person);
    }
    const product = await create(ADMIN, "Microcredit Product", {
        product_name: `Solidario ${community}`,
        method: "Equal Instalment",
        frequency: "Fortnightly",
        rate_period: "Monthly",
        interest_rate: 1.5,
        borrower_kind: "Solidarity Group",
        modality: "Popular productivo rural",
    });
    const group = await create("Credit Officer", "Solidarity Group", {
        group_name: `Las tejedoras ${community}`,
        community,
        formed_on: day(30),
        liability_rule: "Equal Parts",
        members: members.map((beneficiary, at) => ({
            beneficiary,
            member_role: at ? "Member" : "Chair",
            from_date: day(30),
        })),
    });
    await open(`/app/solidarity-group/${encodeURIComponent(group.name)}`);
    await page.getByText("No hay nada vencido en el grupo.").waitFor();
    await press(page, "Solicitar para el grupo");
    await page.locator(".modal.show").waitFor();
    await pick(page, "product", product.name);
    await fill(page, "periods", 10);
    await fill(page, "purpose", "Hilos para las mochilas");
    for (const at of [0, 1, 2]) await fill(page, `amount_${at}`, "600.000");
    await screenshot("group-applies");
    await page.locator(".modal.show .btn-modal-primary:visible").click();
    await page.waitForURL(/microcredit-application/);
    const asked = await officer(
        "GET",
        `/api/resource/Microcredit Application?filters={"solidarity_group":"${group.name}"}&fields=["requested_amount"]`,
    );
    assert.deepEqual(
        asked.map((row) => row.requested_amount),
        [600000, 600000, 600000],
    );
});

browserTest("the director takes the journal to the accountant", { role: "Programme Director" }, async ({ page, open, downloads, screenshot }) => {
    await disburse(await makeApproved(), day(2));
    await open("/app/query-report/Microcredit Journal");
    await page.locator(".report-wrapper .datatable").first().waitFor();
    await screenshot("journal");
    const [file] = await Promise.all([page.waitForEvent("download"), press(page, "Excel", "Exportar el diario")]);
    const goal = path.join(downloads, "diario.xlsx");
    await file.saveAs(goal);
    // A spreadsheet is a zip file.
    assert.equal(fs.readFileSync(goal).subarray(0, 2).toString(), "PK");
});
