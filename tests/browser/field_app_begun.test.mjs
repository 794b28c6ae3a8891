// A correction that somebody began and did not save: it outlives a phone that dies, is offered again, and goes when it is thrown away.

import assert from "node:assert/strict";
import path from "node:path";
import { assertNothingInTheOpen, phoneTest, store } from "./field_app.mjs";
import { deliver } from "./field_rules.mjs";
import { allSafe, assertAccessible, findFamily } from "./field_app_screens.mjs";
import { api, makeCommunity, makeFamily, output } from "./lib.mjs";

const ADMIN = "System Manager";
const GESTOR = "Gestor";

async function prepare(letter) {
    const key = `${letter}${Date.now().toString(36)}`;
    const community = await makeCommunity(ADMIN, `Empezadas ${key}`, [GESTOR]);
    return { name: `Uriana ${key}`, ...(await makeFamily(ADMIN, community, `Uriana ${key}`)) };
}

const familyNow = (name) => api(ADMIN, "GET", `/api/resource/Family/${name}`);
const openForm = (page) => page.getByRole("link", { name: "Corregir los datos de la familia" }).first().click();
const notes = (page) => page.getByLabel("Notas");
const kept = (page) => page.getByText("Guardado como borrador").waitFor();
const begun = (page, name) => page.getByRole("link", { name: new RegExp(`Corrección de ${name}`) });
const save = (page) => page.getByRole("button", { name: "Guardar", exact: true }).click();
const look = (page, name) => page.screenshot({ path: path.join(output, `${name}.png`), fullPage: true });

async function onAgain(phone, address) {
    await phone.switchOn();
    await phone.open(address);
    await phone.unlock();
}

phoneTest("a half-typed correction outlives the battery, encrypted; it is offered again, finished and sent once", async ({ wire, phone }) => {
    const { name, family } = await prepare("b");
    await phone.enroll(GESTOR);
    await wire.cut();
    await findFamily(phone.page, name);
    await openForm(phone.page);
    await notes(phone.page).pressSequentially("Se pasaron a la ca");
    await kept(phone.page);
    await look(phone.page, "field-app-correction-begun");
    await phone.crash();
    assertNothingInTheOpen(phone.folder, ["Se pasaron"]);

    await onAgain(phone, "/campo/borradores");
    await begun(phone.page, name).waitFor();
    await phone.page.getByText("1 corrección solo en este teléfono").waitFor();
    await assertAccessible(phone.page, "drafts with a correction");
    await look(phone.page, "field-app-drafts-correction");
    await assert.rejects(store(phone.page, (app) => app.session.logOut()), (problem) => problem.code === "unsent" && problem.detail.count === 1);
    await begun(phone.page, name).click();
    await phone.page.getByText("Aquí está lo que dejó escrito").waitFor();
    assert.equal(await notes(phone.page).inputValue(), "Se pasaron a la ca");
    await assertAccessible(phone.page, "a correction that is offered again");
    await look(phone.page, "field-app-correction-offered");
    await notes(phone.page).press("End");
    await notes(phone.page).pressSequentially("sa azul");
    await save(phone.page);
    await phone.page.locator(".correction .badge", { hasText: "Por enviar" }).waitFor();
    await begun(phone.page, name).waitFor({ state: "detached" });

    await wire.connect();
    await deliver(phone);
    await allSafe(phone.page);
    assert.equal((await familyNow(family)).notes, "Se pasaron a la casa azul");
    assert.equal(await store(phone.page, (app) => app.corrections.list.value.length), 0);
});

phoneTest("a correction that was begun is left without a question and thrown away with one; then it is gone for good", async ({ wire, phone }) => {
    const { name, family } = await prepare("d");
    await phone.enroll(GESTOR);
    await wire.cut();
    await findFamily(phone.page, name);
    await openForm(phone.page);
    await notes(phone.page).pressSequentially("Esto no era");
    await kept(phone.page);
    await phone.page.locator(".top-button").click();
    await begun(phone.page, name).waitFor();
    await look(phone.page, "field-app-family-begun");
    await assertAccessible(phone.page, "a family with a correction that was begun");
    await phone.page.getByRole("button", { name: `Descartar la corrección de ${name}` }).click();
    await phone.page.locator("dialog.ask").getByRole("button", { name: "Descartar" }).click();
    await begun(phone.page, name).waitFor({ state: "detached" });
    await allSafe(phone.page);

    // From the form too; and what is taken back letter by letter is nothing that was begun.
    await openForm(phone.page);
    assert.equal(await notes(phone.page).inputValue(), "");
    await notes(phone.page).fill("Tampoco");
    await kept(phone.page);
    await notes(phone.page).fill("");
    await phone.page.getByRole("button", { name: "Cancelar" }).waitFor();
    await allSafe(phone.page);
    await notes(phone.page).fill("Tampoco");
    await kept(phone.page);
    await phone.page.getByRole("button", { name: "Descartar" }).click();
    await phone.page.locator("dialog.ask").getByRole("button", { name: "Descartar" }).click();
    await phone.page.getByRole("link", { name: "Corregir los datos de la familia" }).first().waitFor();
    await allSafe(phone.page);
    await phone.crash();
    await onAgain(phone, "/campo/borradores");
    await phone.page.getByText("No hay borradores").waitFor();
    assert.ok(!(await familyNow(family)).notes);
});

phoneTest("what changed meanwhile on the server is said over a correction that was begun, and is not overwritten", async ({ wire, phone }) => {
    const { name, family } = await prepare("m");
    await phone.enroll(GESTOR);
    await findFamily(phone.page, name);
    await openForm(phone.page);
    await notes(phone.page).pressSequentially("Del campo");
    await kept(phone.page);
    await phone.crash();
    await api(ADMIN, "PUT", `/api/resource/Family/${family}`, { notes: "De la oficina" });

    await onAgain(phone, "/campo/borradores");
    await deliver(phone);
    await begun(phone.page, name).click();
    await phone.page.getByText("Mientras tanto cambió «Notas»: ahora dice «De la oficina».").waitFor();
    assert.equal(await notes(phone.page).inputValue(), "Del campo");
    await look(phone.page, "field-app-correction-meanwhile");
    await save(phone.page);
    await phone.page.locator(".correction .badge", { hasText: "Hay dos versiones" }).waitFor();
    assert.equal((await familyNow(family)).notes, "De la oficina");
});
