// The paper of a sealed acta made again from its data and compared, in the Desk, by an auditor; the gestor is not asked to.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";

import { api, browserTest, create, day, makeCommunity, makeFamily } from "./lib.mjs";

const ADMIN = "System Manager";
const STATE = "/api/method/social_crm.field_records.services.sealed_pdf.making.state";
// A drawn line of one pixel: what the signature field gives.
const DRAWN =
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
let sealed;

// One acta, closed by its gestor, whose PDF a worker has made.
async function makeSealed() {
    const community = await makeCommunity(ADMIN, `Sellos ${randomUUID().slice(0, 8)}`, ["Gestor"]);
    const { family } = await makeFamily(ADMIN, community, "Ipuana");
    const { name } = await create("Gestor", "Acta", {
        template: "home_visit-v2",
        visit_date: day(1),
        family,
        answers: JSON.stringify({ motivo: "seguimiento", objetivo: "Conocer", personas_presentes: 2, novedades: "no", necesidades: ["ninguna"], desarrollo: "Bien." }),
        participants: [{ participant_name: "Ana Ipuana", participant_role: "Beneficiary", signature: DRAWN }],
    });
    await api("Gestor", "POST", "/api/method/frappe.model.workflow.apply_workflow", { doc: JSON.stringify({ doctype: "Acta", name }), action: "Close" });
    const until = Date.now() + 240_000;
    let state;
    do {
        await new Promise((done) => setTimeout(done, 1000));
        state = await api("Gestor", "POST", STATE, { acta: name });
    } while (["Waiting", "In Progress"].includes(state.status) && Date.now() < until);
    assert.equal(state.status, "Ready", JSON.stringify(state));
    return name;
}

for (const phone of [false, true]) {
    browserTest(`an auditor has the paper of an acta made again and compared ${phone ? "on a phone" : "on a desktop"}`, { role: "Auditor", phone }, async ({ page, open, screenshot }) => {
        sealed ??= await makeSealed();
        await open(`/app/acta/${sealed}`);
        await page.locator(".form-tabs a", { hasText: "Sello y enmiendas" }).click();
        const button = page.getByRole("button", { name: "Rehacer y comparar" });
        await button.click();
        await page.getByText("Rehecho desde los datos, el papel es igual, byte por byte.").waitFor({ timeout: 90_000 });
        assert.equal(await button.count(), 1);
        assert.ok(await button.isEnabled());
        await screenshot(`acta-rebuilt-${phone ? "phone" : "desktop"}`);
    });
}

browserTest("who may not make the paper again is not offered to", { role: "Gestor" }, async ({ page, open }) => {
    sealed ??= await makeSealed();
    await open(`/app/acta/${sealed}`);
    await page.locator(".form-tabs a", { hasText: "Sello y enmiendas" }).click();
    await page.getByText("El PDF está sellado.").waitFor();
    await page.getByRole("link", { name: "Abrir el PDF sellado" }).waitFor();
    // What would offer it is there, and did not.
    await page.waitForFunction(() => window.social_crm?.acta?.offer_rebuild);
    assert.equal(await page.getByRole("button", { name: "Rehacer y comparar" }).count(), 0);
});
