// Loans for browser tests, made over REST as their people make them: application, committee, disbursement.

import { randomUUID } from "node:crypto";

import { api, create, day, makeCommunity, makeFamily, people } from "./lib.mjs";

const ADMIN = "System Manager";
const mark = randomUUID().slice(0, 8);
const SERVICES = "social_crm.microcredit.services";
export const workflow = (role, doctype, name, action) =>
    api(role, "POST", "/api/method/frappe.model.workflow.apply_workflow", {
        doc: JSON.stringify({ doctype, name }),
        action,
    });

let place;
async function makePlace() {
    const community = await makeCommunity(ADMIN, `Chancleta ${mark}`, ["Credit Officer", "Credit Committee", "Programme Director", "Gestor"]);
    return { community, ...(await makeFamily(ADMIN, community, `Pushaina${mark}`)) };
}

// The community and the borrower of the loans of one file of tests.
export async function loanPlace() {
    place ??= await makePlace();
    return place;
}

// The product of the examples lends on any day: without a usury cap, for a reason.
export async function plainProduct() {
    const product_name = "Crédito de los ejemplos";
    const path = `/api/resource/Microcredit Product?filters={"name":"${product_name}"}`;
    if (!(await api("System Manager", "GET", path)).length) {
        const cap_exception = "Pruebas: se presta en días sin tope certificado.";
        await create("System Manager", "Microcredit Product", { product_name, interest_rate: 2, cap_exception });
    }
    return product_name;
}

// more: further fields of the application, the productive unit for example.
export async function makeApproved(monthly_rate = 2, more = {}) {
    const { person } = await loanPlace();
    const { name } = await create("Credit Officer", "Microcredit Application", {
        product: await plainProduct(),
        beneficiary: person,
        application_date: day(120),
        requested_amount: 3000000,
        requested_periods: 12,
        monthly_rate,
        purpose: "Surtir la tienda",
        credit_officer: people["Credit Officer"].user,
        ...more,
    });
    for (const action of ["Send to Review", "Send to Committee"]) {
        await workflow("Credit Officer", "Microcredit Application", name, action);
    }
    await api("Credit Committee", "PUT", `/api/resource/Microcredit Application/${name}`, {
        approved_amount: 3000000,
        approved_periods: 12,
        committee_minutes: "Acta 12",
        committee_date: day(110),
    });
    await workflow("Credit Committee", "Microcredit Application", name, "Approve");
    return name;
}

export const disburse = (application, disbursed_on, first_due) =>
    api("Credit Officer", "POST", `/api/method/${SERVICES}.disbursement.disburse`, { application, disbursed_on, first_due });
