// The documents of a loan from its form, and the page to which the QR of a receipt leads.

import assert from "node:assert/strict";

import { confirm, fill, press } from "./desk.mjs";
import { api, browserTest, day, url } from "./lib.mjs";
import { disburse, makeApproved } from "./loans.mjs";

const REPAY = "/api/method/social_crm.microcredit.services.repayments.record_repayment";
const REVERSE = "/api/method/social_crm.microcredit.services.repayments.reverse_repayment";
const officer = (method, resource, body) => api("Credit Officer", method, resource, body);

browserTest("a statement as of a day, and why there is no closing certificate yet", { role: "Credit Officer" }, async ({ page, context, open, screenshot }) => {
    const loan = await disburse(await makeApproved(), day(75));
    await open(`/app/microcredit/${loan}`);
    await press(page, "Estado de cuenta", "Documentos");
    await fill(page, "as_of", day(60).split("-").reverse().join("-"));
    const [answer] = await Promise.all([
        context.waitForEvent("response", (response) => response.url().includes("download_pdf")),
        confirm(page),
    ]);
    assert.equal(new URL(answer.url()).searchParams.get("as_of"), day(60));
    assert.equal(answer.headers()["content-type"], "application/pdf");
    await page.bringToFront();
    await press(page, "Paz y salvo", "Documentos");
    await page.locator(".modal.show").getByText(/no está pagado: hoy se cancelaría con/).waitFor();
    await screenshot("loan-no-closing-certificate");
});

for (const reversed of [false, true]) {
    const title = reversed ? "a reversed receipt says so on a phone" : "a receipt is verified on a phone by whoever holds it";
    browserTest(title, { phone: true }, async ({ page, open, screenshot }) => {
        const loan = await disburse(await makeApproved(), day(40));
        const name = await officer("POST", REPAY, { microcredit: loan, amount: 283679, channel: "Cash" });
        if (reversed) await officer("POST", REVERSE, { repayment: name, reason: "Era de otra persona" });
        const receipt = await officer("GET", `/api/resource/Microcredit Repayment/${name}`);
        await open(`/verificar/${receipt.verification_code}`);
        await page.getByText(reversed ? "Este recibo fue reversado" : "Este recibo está en firme").waitFor();
        await page.getByText(name).waitFor();
        await page.getByText("$ 283.679").waitFor();
        const text = await page.locator("body").innerText();
        assert.ok(!text.includes("Rosa") && !text.includes(receipt.beneficiary) && !text.includes(loan));
        assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth));
        assert.ok(page.url().startsWith(url));
        await screenshot(reversed ? "receipt-reversed-phone" : "receipt-stands-phone");
    });
}
