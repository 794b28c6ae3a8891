// From the product to the committee's votes, on a phone, in Spanish: the officer fills in, the committee votes and closes.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";

import { act, blur, fill, pick, save } from "./desk.mjs";
import { api, browserTest, create, makeCommunity, makeFamily, people } from "./lib.mjs";

const ADMIN = "System Manager";
const mark = randomUUID().slice(0, 8);
const made = {};

async function makePlace() {
    made.community = await makeCommunity(ADMIN, `Roche ${mark}`, ["Credit Officer", "Credit Committee"]);
    await makeFamily(ADMIN, made.community, `Ipuana${mark}`);
    made.product = `Rural ${mark}`;
    const product = { product_name: made.product, currency: "COP", modality: "Productivo rural", interest_rate: 2, required_votes: 1 };
    await create(ADMIN, "Microcredit Product", { ...product, max_surplus_share: 70 });
}

browserTest("an officer sees the cap and the capacity while filling in", { role: "Credit Officer", phone: true }, async ({ page, open, screenshot }) => {
    await makePlace();
    await open("/app/microcredit-application/new");
    // The product comes first, and one is proposed.
    await page.waitForFunction(() => window.cur_frm?.doc.product);
    await pick(page, "product", made.product);
    await pick(page, "beneficiary", `Ipuana${mark}`);
    await fill(page, "requested_amount", 10000000);
    await fill(page, "requested_periods", 12);
    await fill(page, "expected_disbursement", await page.evaluate(() => window.frappe.datetime.str_to_user("2025-11-10")));
    await fill(page, "monthly_rate", "2,05");
    // 2.05 % a month is 27.57 % a year; the cap of November 2025 is 27.39 %; 2.03 % is the most that stays within it.
    const offer = page.locator('[data-fieldname="schedule_html"]');
    await offer.locator(".offer-cap .text-danger").filter({ hasText: "2,03" }).first().waitFor();
    await screenshot("origination-above-the-cap");
    await fill(page, "monthly_rate", "2");
    await offer.locator("td").filter({ hasText: "945.596" }).first().waitFor();
    assert.match(await offer.innerText(), /27,39/);
    await fill(page, "monthly_income", 2000000);
    await fill(page, "monthly_expenses", 600000);
    await page.locator(".capacity-bar").filter({ hasText: "67,5" }).waitFor();
    await fill(page, "purpose", "Ampliar la tienda", blur);
    await screenshot("origination-application");
    // The bar with the buttons hides while one scrolls down a phone.
    await page.mouse.wheel(0, -10_000);
    await page.evaluate(() => window.scrollTo(0, 0));
    made.application = await save(page);
    await act(page, "Enviar a revisión", "In Review");
    await act(page, "Enviar a comité", "In Committee");
});

browserTest("the committee votes and closes its session", { role: "Credit Committee", phone: true }, async ({ page, open, screenshot }) => {
    const user = people["Credit Committee"].user;
    const session = await create("Credit Committee", "Microcredit Committee", {
        meeting_date: new Date(Date.now() - 86_400_000).toISOString().slice(0, 10),
        community: made.community,
        chair: user,
        members: [{ user, attends: 1 }],
        agenda: [{ application: made.application }],
    });
    await open(`/app/microcredit-committee/${session.name}`);
    await page.locator('[data-vote="In Favour"]').click();
    await page.locator(".modal.show .btn-primary:visible").filter({ hasText: "Votar" }).click();
    await page.locator(".committee-vote .indicator-pill.green").waitFor();
    await screenshot("origination-votes");
    await page.locator(".close-session").click();
    await page.locator(".modal.show .btn-primary:visible").click();
    await page.waitForFunction(() => window.cur_frm.doc.status === "Closed");
    const application = await api("Credit Committee", "GET", `/api/resource/Microcredit Application/${made.application}`);
    assert.equal(application.status, "Approved");
    assert.equal(application.committee_session, session.name);
});
