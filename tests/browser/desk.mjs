// How a person works in the Desk: fills fields, presses buttons, reads messages. Texts are the Spanish ones.

import { api, makeCommunity } from "./lib.mjs";

// The visible control of a field, in the open dialog when there is one, else in the form.
function control(page, field) {
    const place = `.frappe-control[data-fieldname="${field}"]:visible`;
    return page.locator(`.modal.show ${place}, .page-container:visible .form-page ${place}`).last();
}

// leave: how the field is left. Tab leads into a table that follows and opens its first row; `blur` stays out of it.
export const blur = (input) => input.blur();

export async function fill(page, field, value, leave = (input) => input.press("Tab")) {
    // A form that an answer of the server redraws drops what is being typed: look whether it arrived, as a person does.
    const taken = (name) => {
        const dialog = document.querySelector(".modal.show") && window.cur_dialog;
        const value_ = dialog ? dialog.get_value(name) : window.cur_frm?.doc[name];
        return !window.frappe.request.ajax_count && value_ !== undefined && value_ !== null && value_ !== "" && value_ !== 0;
    };
    for (let attempt = 0; attempt < 4; attempt += 1) {
        const input = control(page, field).locator("input:visible, textarea:visible, [contenteditable=true]:visible").first();
        await input.fill(String(value));
        await leave(input);
        if (await page.waitForFunction(taken, field, { timeout: 4_000 }).catch(() => null)) return;
    }
    throw new Error(`The field ${field} did not take ${value}.`);
}

// Proposals that arrive after the choice open the list once more, over the fields below: a person clicks beside it.
async function closeProposals(page) {
    await page.evaluate(() => document.activeElement?.blur());
    await page.locator(".awesomplete > ul:visible").first().waitFor({ state: "hidden", timeout: 5_000 }).catch(() => {});
}

export async function pick(page, field, text) {
    await closeProposals(page);
    const input = control(page, field).locator("input:visible").first();
    await input.click();
    await input.fill(text);
    // The first proposal is marked already; Enter takes it.
    await control(page, field).locator('[role="option"][aria-selected="true"], li[aria-selected="true"]').filter({ hasText: text }).first().waitFor();
    await input.press("Enter");
    await page.waitForFunction(() => !window.frappe.request.ajax_count);
}

// A row that opens scrolls into place: a press that falls into that movement reaches nothing, and a person presses again.
export async function closeRow(page, row) {
    for (let attempt = 0; attempt < 4; attempt += 1) {
        await row.locator(".grid-collapse-row:visible").click();
        const closed = page.waitForFunction(() => !document.querySelector(".grid-row-open, #freeze"), null, { timeout: 5_000 });
        if (await closed.catch(() => null)) return;
    }
    throw new Error("The row of the table did not close.");
}

export async function select(page, field, label) {
    await control(page, field).locator("select:visible").selectOption({ label });
}

// Fails at once, with the words, when the Desk says why it does not save.
export async function save(page) {
    await page.locator(".page-container:visible .primary-action:visible").filter({ hasText: "Guardar" }).click();
    const outcome = await page.waitForFunction(() => {
        if (window.cur_frm && !window.cur_frm.is_new() && !window.cur_frm.is_dirty()) return true;
        return !window.frappe.request.ajax_count && document.querySelector(".modal.show .msgprint:not(:empty)")?.innerText;
    });
    const said = await outcome.jsonValue();
    if (said !== true) throw new Error(`The form was not saved: ${said}`);
    return page.evaluate(() => window.cur_frm.doc.name);
}

// An action of the workflow, from the menu of the form.
export async function act(page, action, state) {
    await page.locator(".page-container:visible .actions-btn-group:visible > button").click();
    await page.locator(".page-container:visible .actions-btn-group .dropdown-item:visible").filter({ hasText: action }).first().click();
    if (state) await page.waitForFunction((wanted) => window.cur_frm.doc.workflow_state === wanted, state);
}

export async function press(page, label, group) {
    const bar = page.locator(".page-container:visible .page-head");
    if (group) {
        await bar.locator(".inner-group-button:visible, .btn-group:visible").filter({ hasText: group }).locator("button").first().click();
        await page.locator(".dropdown-menu.show .dropdown-item").filter({ hasText: label }).first().click();
    } else await bar.locator("button:visible").filter({ hasText: label }).first().click();
}

export async function confirm(page) {
    await page.locator(".modal.show .btn-modal-primary:visible, .modal.show .btn-primary:visible").last().click();
}

// A programme with one community in which the given roles work, made over REST as a system would.
export async function makePlace(roles) {
    const admin = "System Manager";
    const mark = Math.random().toString(36).slice(2, 8);
    const community = await makeCommunity(admin, `Nueva Tamaquito ${mark}`, roles);
    const programme = `Medios de vida ${mark}`;
    await api(admin, "POST", "/api/resource/Social Programme", {
        programme_name: programme,
        status: "Running",
        start_date: "2020-01-01",
        communities: [{ community }],
    });
    return { community, programme, mark };
}
