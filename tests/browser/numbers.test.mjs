// Amounts, counts, measures and coordinates, typed as people in Colombia type them, arrive as they were meant; and
// percentages are shown as they write them.

import assert from "node:assert/strict";
import { before, describe } from "node:test";
import { makePlace } from "./desk.mjs";
import { browserTest, create, day, makeFamily } from "./lib.mjs";

const ADMIN = "System Manager";

describe("numbers", { concurrency: false }, () => {
    const made = {};

    before(async () => {
        Object.assign(made, await makePlace(["Income Advisor", "FES Advisor", "Gestor"]));
        Object.assign(made, await makeFamily(ADMIN, made.community, `Uriana ${made.mark}`));
    });

    const input = (page, field) => page.locator(`.page-container:visible .frappe-control[data-fieldname="${field}"] input:visible`).first();

    // Types, leaves the field, comes back and leaves again without a change: the number must stand it.
    async function reads(page, field, typed, meant) {
        const leave = () => box.evaluate((element) => element.blur());
        const box = input(page, field);
        await box.click();
        await box.fill(typed);
        await leave();
        const value = () => page.evaluate((name) => window.cur_frm.doc[name], field);
        await page.waitForFunction(([name, wanted]) => window.cur_frm.doc[name] === wanted, [field, meant], { timeout: 3_000 }).catch(() => {});
        assert.equal(await value(), meant, `${field}: ${typed}`);
        await box.click();
        await page.waitForTimeout(250); // Frappe of 2023 rewrites the input 100 ms after it got the focus
        await leave();
        await page.waitForTimeout(250);
        assert.equal(await value(), meant, `${field}: ${typed}, left untouched`);
    }

    browserTest("pesos and jobs of a follow-up", { role: "Income Advisor" }, async ({ page, open }) => {
        const unit = await create("Income Advisor", "Productive Unit", {
            unit_name: `Taller ${made.mark}`,
            beneficiary: made.person,
            programme: made.programme,
            kind: "New",
            activity_sector: "Food",
            started_on: day(200),
        });
        await open(`/app/productive-unit-follow-up/new?productive_unit=${unit.name}`);
        for (const [typed, meant] of [
            ["567.358", 567358],
            ["567.350", 567350],
            ["1.234.567", 1234567],
            ["1.234.567,5", 1234567.5],
            ["567358", 567358],
            ["567358,25", 567358.25],
            ["-567.358", -567358],
        ]) {
            await reads(page, "sales", typed, meant);
        }
        await reads(page, "jobs", "1.234", 1234);
        await reads(page, "jobs", "12", 12);
        // Quickly through a whole number into the amount, as with Tab: it stays what it is.
        await reads(page, "sales", "567.358,25", 567358.25);
        await input(page, "jobs").focus();
        await input(page, "sales").focus();
        await page.waitForTimeout(250);
        await input(page, "sales").evaluate((element) => element.blur());
        await page.waitForTimeout(250);
        assert.equal(await page.evaluate(() => window.cur_frm.doc.sales), 567358.25);
    });

    browserTest("percentages of the home page", { role: "Programme Director" }, async ({ page, open }) => {
        await open("/app/social-crm");
        const shown = await page.evaluate(() => [43.08, 92, 0.5, -1234.56].map((rate) => $(`<i>${window.frappe.format(rate, { fieldtype: "Percent" })}</i>`).text().trim()));
        assert.deepEqual(shown, ["43,08%", "92%", "0,5%", "-1234,56%"]);
    });

    browserTest("marks of a semester", { role: "FES Advisor" }, async ({ page, open }) => {
        await open("/app/fes-semester/new");
        await reads(page, "tuition", "2.567.358", 2567358);
        await page.evaluate(() => window.cur_frm.scroll_to_field("marks_average"));
        for (const [typed, meant] of [
            ["4,25", 4.25],
            ["4.25", 4.25],
            ["3.5", 3.5],
        ]) {
            await reads(page, "marks_average", typed, meant);
        }
    });

    browserTest("the point of a family on the map", { role: "Gestor" }, async ({ page, open }) => {
        await open(`/app/family/${made.family}`);
        const tab = page.locator('.page-container:visible .frappe-control[data-fieldname="latitude"]').first();
        await page.evaluate(() => window.cur_frm.scroll_to_field("latitude"));
        await tab.waitFor();
        await reads(page, "latitude", "10.957", 10.957);
        await reads(page, "latitude", "10,9573142", 10.9573142);
        await reads(page, "longitude", "-72.7886042", -72.7886042);
    });
});
