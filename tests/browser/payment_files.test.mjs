// A bank's file becomes repayments: the columns are confirmed, what does not match is shared out or set aside, all of it is settled.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import fs from "node:fs";
import path from "node:path";

import { api, browserTest, create, day, makeCommunity, makeFamily, people } from "./lib.mjs";
import { plainProduct } from "./loans.mjs";

const ADMIN = "System Manager";
const OFFICER = "Credit Officer";
const APPLICATION = "Microcredit Application";
const mark = randomUUID().slice(0, 6).toUpperCase();
const workflow = (role, name, action) =>
    api(role, "POST", "/api/method/frappe.model.workflow.apply_workflow", {
        doc: JSON.stringify({ doctype: APPLICATION, name }),
        action,
    });

let place;
async function makeLoan() {
    const community = await (place ??= makeCommunity(ADMIN, `Chancleta ${mark}`, [OFFICER, "Credit Committee"]));
    const { person } = await makeFamily(ADMIN, community, "Pushaina");
    const { name } = await create(OFFICER, APPLICATION, {
        product: await plainProduct(),
        beneficiary: person,
        application_date: day(120),
        requested_amount: 3000000,
        requested_periods: 12,
        monthly_rate: 2,
        purpose: "Surtir la tienda",
        credit_officer: people[OFFICER].user,
    });
    for (const action of ["Send to Review", "Send to Committee"]) await workflow(OFFICER, name, action);
    await api("Credit Committee", "PUT", `/api/resource/${APPLICATION}/${name}`, {
        approved_amount: 3000000,
        approved_periods: 12,
        committee_minutes: "Acta 12",
        committee_date: day(110),
    });
    await workflow("Credit Committee", name, "Approve");
    const service = "/api/method/social_crm.microcredit.services.disbursement.disburse";
    return api(OFFICER, "POST", service, { application: name, disbursed_on: day(40) });
}

const written = day(3).split("-").reverse().join("/");
const unpaid = async (loan) => (await api(OFFICER, "GET", `/api/resource/Microcredit/${loan}`)).unpaid_amount;
const reached = (page, status) =>
    page.waitForFunction((name) => window.cur_frm?.doc.status === name, status, { timeout: 90_000 });

async function upload(page, open, file) {
    await open("/app/microcredit-payment-batch/new");
    await page.waitForSelector(".census-steps");
    await page.click('[data-fieldname="payment_file"] .btn-attach');
    await page.setInputFiles(".file-uploader input[type=file] >> nth=0", file);
    await page.click(".modal.show .btn-modal-primary");
    // The Desk saves the form as soon as the file is there.
    await page.waitForSelector(".census-columns");
}

for (const phone of [false, true]) {
    const where = phone ? "phone" : "desktop";
    browserTest(`a bank file is posted, shared out and settled (${where})`, { role: OFFICER, phone }, async ({ page, open, screenshot, downloads }) => {
        const [one, two] = [await makeLoan(), await makeLoan()];
        const before = [await unpaid(one), await unpaid(two)];
        const file = path.join(downloads, `banco-${where}-${mark}.csv`);
        const lines = [
            "FECHA;COMPROBANTE;REFERENCIA 1;VALOR;NOMBRE",
            `${written};${mark}${where}1;${one};$ 100.000,00;Rosa Pushaina`,
            `${written};${mark}${where}2;grupo;250.000;Grupo Las Amapolas`,
            `${written};${mark}${where}3;;12.345;Arriendo`,
        ];
        fs.writeFileSync(file, lines.join("\n"), "utf-8");
        await upload(page, open, file);
        await page.getByText("Referencia que dio quien paga").first().waitFor({ state: "attached" });
        await page.getByRole("button", { name: "Revisar el archivo" }).click();
        await reached(page, "Ready");
        await page.getByText("Total del archivo: $ 362.345 en 3 filas").waitFor();
        await screenshot(`payment-file-review-${where}`);
        assert.deepEqual([await unpaid(one), await unpaid(two)], before);

        await page.locator('[data-result="To Reconcile"]').click();
        const row = page.locator(".payments-row", { hasText: "Las Amapolas" });
        await row.getByRole("button", { name: "Decir a qué microcrédito" }).click();
        const dialog = page.locator(".modal-dialog:visible");
        for (const loan of [one, two]) {
            await dialog.locator("input[data-fieldname=text]").fill(loan);
            await dialog.locator("input[data-fieldname=text]").blur();
            const share = dialog.locator(`[data-loan="${loan}"] input`);
            await share.waitFor();
            await share.fill("125.000");
            await share.blur();
        }
        await dialog.getByText("Todo el pago está repartido.").waitFor();
        await screenshot(`payment-file-share-${where}`);
        await dialog.getByRole("button", { name: "Confirmar" }).click();
        await row.waitFor({ state: "detached" });

        const rent = page.locator(".payments-row", { hasText: "Arriendo" });
        await rent.getByRole("button", { name: "Descartar" }).click();
        await page.locator(".modal-dialog:visible textarea").fill("Es un arriendo");
        await page.locator(".modal-dialog:visible").getByRole("button", { name: "Descartar" }).click();
        await rent.waitFor({ state: "detached" });

        await page.getByRole("button", { name: "Contabilizar 2 pagos por $ 350.000" }).click();
        await reached(page, "Finished");
        await page.getByText("Todo el archivo está resuelto.").waitFor();
        await screenshot(`payment-file-result-${where}`);
        assert.deepEqual([await unpaid(one), await unpaid(two)], [before[0] - 225000, before[1] - 125000]);
    });
}

browserTest("the journal of the month balances on the screen", { role: "Auditor" }, async ({ page, open, screenshot }) => {
    await makeLoan();
    await open("/app/query-report/Microcredit Journal");
    await page.getByText("Débitos").first().waitFor();
    await page.getByRole("button", { name: "Exportar el diario" }).waitFor();
    const values = await page.locator(".summary-value").allInnerTexts();
    assert.equal(values.length, 3);
    assert.equal(values[0], values[1]);
    assert.match(values[2], /^\$ 0/);
    await screenshot("microcredit-journal");
});
