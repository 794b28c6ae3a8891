// What the server makes of a template beside what Enketo makes of it: the same form, and the same answers to the same questions.

import assert from "node:assert/strict";

import { makeCascade } from "./cascade.mjs";
import { compareForms, judge, transformer } from "./enketo.mjs";
import { api, browserTest } from "./lib.mjs";

const ADMIN = "Social CRM Administrator";

// The published templates that are installed with the app.
async function shipped() {
    const filters = JSON.stringify([["name", "in", TEMPLATES]]);
    const found = await api(ADMIN, "GET", `/api/resource/Acta Template?fields=["name"]&filters=${filters}`);
    assert.equal(found.length, TEMPLATES.length);
    return found.map(({ name }) => name).sort();
}

browserTest("every form that is installed, and one of cascading choices, is what Enketo's own transformer makes of its XForm", {}, async ({ page }) => {
    await transformer(page);
    const cascades = [await makeCascade("Cascada"), await makeCascade("Cascada en un idioma", false)];
    for (const name of [...(await shipped()), ...cascades]) await compareForms(page, name);
});

const TEMPLATES = ["home_visit-v2", "productive_unit_follow_up-v2", "training_meeting-v1", "goods_delivery-v2", "meeting-v1", "psychosocial_contact-v1", "household_characterisation-v2"];

for (const name of TEMPLATES) {
    browserTest(`the device and the server judge the same answers alike: ${name}`, { role: ADMIN }, async ({ page, open }) => {
        assert.ok((await judge(page, open, name)) > 0, "these answers put nothing to the test");
    });
}

browserTest("the device and the server leave the same of cascading choices", { role: ADMIN }, async ({ page, open }) => {
    const name = await makeCascade("Cascada de los dos");
    assert.ok((await judge(page, open, name)) > 0, "these answers put nothing to the test");
});

// What the guide for administrators advises for a value that may stay blank.
browserTest("the device and the server add up optional values of rows alike, by a calculation in each row", { role: ADMIN }, async ({ page, open }) => {
    const template_key = `opcional_${Math.random().toString(36).slice(2, 8).replace(/\d/g, "x")}`;
    const questions = [
        { field_type: "begin_repeat", field_name: "ventas", label: "Ventas" },
        { field_type: "text", field_name: "producto", label: "Producto" },
        { field_type: "decimal", field_name: "valor", label: "Valor" },
        { field_type: "calculate", field_name: "contado", label: "", calculation: "if(${valor} = '', 0, ${valor})" },
        { field_type: "end_repeat" },
        { field_type: "calculate", field_name: "total", label: "Total", calculation: "sum(${contado})" },
        { field_type: "calculate", field_name: "a_ciegas", label: "Total de valores", calculation: "sum(${valor})" },
    ];
    const values = { template_key, title: "Ventas con valores opcionales", version: 1, component: "General", questions };
    const { name } = await api(ADMIN, "POST", "/api/resource/Acta Template", values);
    assert.ok((await judge(page, open, name)) > 0, "these answers put nothing to the test");
    const answers = { ventas: [{ producto: "Queso", valor: "1200.50" }, { producto: "Suero" }, { valor: "300" }] };
    const seen = await api(ADMIN, "POST", "/api/method/social_crm.field_records.services.forms.look_at_answers", { template: name, answers, visit_date: "2026-01-15" });
    assert.equal(Number(seen.answers.total), 1500.5);
    assert.equal(seen.answers.a_ciegas ?? null, null, "a blank value makes a plain sum no number");
});
