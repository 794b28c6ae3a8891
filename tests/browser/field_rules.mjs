// What the tests of the rules share: a family with a name and a number that must not lie about, a template of their own.

import { publishTemplate } from "./field_app_screens.mjs";
import { api, create, makeCommunity, makeFamily, people } from "./lib.mjs";
import { states, store, sync } from "./field_app.mjs";

export const ROLE = "Gestor";
export const ADMIN = "System Manager";
export const NAME = "Ipuanaxq Zárate";

/** {community, family, person, template, number, run}: number is the person's document, run a word that no other run of the tests has. */
export async function prepareRules(name) {
    const number = `1${String(Date.now()).slice(-9)}`;
    const run = `${name}_${Date.now().toString(36)}`;
    const community = await makeCommunity(ADMIN, `Campo de reglas ${run}`, [ROLE]);
    const made = await makeFamily(ADMIN, community, NAME);
    await api(ADMIN, "PUT", `/api/resource/Beneficiary/${made.person}`, {
        no_document_reason: "", documents: [{ document_type: "CC", document_number: number, issued_on: "2010-01-01" }],
    });
    return { community, ...made, template: await publishTemplate(ADMIN, `reglas_${run}`), number, run };
}

/** Syncs; a browser that was killed may have lost its session with the server, then the person logs in again. */
export async function deliver(phone) {
    const status = await sync(phone.page);
    if (!status.loginNeeded) return status;
    await phone.logInAgain(ROLE);
    return sync(phone.page);
}

/** Another gestor of the same community, known to `api` by the name that is returned; removed with the other people of the run. */
export async function makeColleague({ community, run }) {
    const user = `colleague-${run}@${people[ROLE].user.split("@")[1]}`.toLowerCase();
    await create(ADMIN, "User", { email: user, first_name: "Otra", send_welcome_email: 0, roles: [{ role: ROLE }] });
    const { api_secret: secret } = await api(ADMIN, "POST", "/api/method/frappe.core.doctype.user.user.generate_keys", { user });
    people[run] = { user, key: (await read("User", user)).api_key, secret };
    await create(ADMIN, "Staff Assignment", { user, community, from_date: "2020-01-01" });
    return run;
}

export const find = (doctype, filters, fields, order = "") =>
    api(ADMIN, "GET", `/api/resource/${doctype}?limit_page_length=0&filters=${encodeURIComponent(JSON.stringify(filters))}&fields=${encodeURIComponent(JSON.stringify(fields))}&order_by=${encodeURIComponent(order)}`);
export const read = (doctype, name) => api(ADMIN, "GET", `/api/resource/${doctype}/${name}`);
export const state = async (page, uuid) => (await states(page)).find((one) => one[0] === uuid)?.[1];

/** Changes a word of a draft on the phone and puts it into the outbox. */
export const change = (page, uuid, place) => store(page, async (app, { uuid, place }) => {
    if (app.drafts.list.value.find((one) => one.uuid === uuid).state !== "draft") await app.drafts.reopen(uuid);
    const draft = await app.drafts.open(uuid);
    await draft.save({ place });
    await draft.release();
    await app.drafts.ready(uuid, false);
}, { uuid, place });
