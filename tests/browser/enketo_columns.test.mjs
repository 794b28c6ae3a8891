// Columns of XLSForm that no installed template uses: drawn as Enketo draws them, and judged alike by the device and the server.

import assert from "node:assert/strict";

import { compareForms, judge, publish, transformer } from "./enketo.mjs";
import { api, browserTest } from "./lib.mjs";

const ADMIN = "Social CRM Administrator";
const YES_NO = [
    { list_name: "si_no", choice_value: "si", label: "Sí" },
    { list_name: "si_no", choice_value: "no", label: "No" },
];
const RULES = [
    { field_type: "select_one", field_name: "enfermos", label: "¿Hay enfermos?", choice_list: "si_no", required: 1, required_message: "Diga si hay enfermos." },
    { field_type: "text", field_name: "centro", label: "¿A qué centro fueron?", required_rule: "${enfermos} = 'si'", required_message: "Si hay enfermos, escriba el centro." },
    { field_type: "integer", field_name: "personas", label: "Personas", required_rule: "${enfermos} = 'si' or ${centro} != ''" },
    { field_type: "select_multiple", field_name: "cuales", label: "¿Cuáles?", choice_list: "si_no", required_rule: "${personas} > 10", required_message: "Marque cuáles." },
    { field_type: "text", field_name: "aviso", label: "Aviso", default_value: "Lea en voz alta", read_only: 1 },
    { field_type: "integer", field_name: "doble", label: "El doble", calculation: "${personas} * 2" },
    { field_type: "decimal", field_name: "tercio", label: "Un tercio", calculation: "round(${personas} div 3, 2)", read_only: 1, required: 1 },
    { field_type: "select_one", field_name: "muchos", label: "¿Son muchos?", choice_list: "si_no", calculation: "if(${personas} > 20, 'si', 'no')", read_only: 1 },
    { field_type: "begin_repeat", field_name: "ventas", label: "Ventas" },
    { field_type: "decimal", field_name: "valor", label: "Valor" },
    { field_type: "text", field_name: "motivo", label: "Motivo", required_rule: "${valor} > 1000 and ${enfermos} = 'si'", required_message: "Escriba por qué." },
    { field_type: "end_repeat" },
];

browserTest("rules for when an answer is needed, words of its own for a missing one, and what is shown only: drawn as Enketo draws them, judged alike", { role: ADMIN }, async ({ page, open }) => {
    const name = await publish("Reglas", RULES, YES_NO);
    await transformer(page);
    await compareForms(page, name);
    assert.ok((await judge(page, open, name)) > 0, "these answers put nothing to the test");
});

const COUNTED = [
    { field_type: "integer", field_name: "personas", label: "Personas" },
    { field_type: "select_one", field_name: "enfermos", label: "¿Hay enfermos?", choice_list: "si_no" },
    { field_type: "begin_repeat", field_name: "persona", label: "Persona", repeat_count: "${personas}" },
    { field_type: "text", field_name: "nombre", label: "Nombre", required: 1 },
    { field_type: "integer", field_name: "edad", label: "Edad", required_rule: "${nombre} != ''" },
    { field_type: "end_repeat" },
    { field_type: "begin_group", field_name: "salud", label: "Salud" },
    { field_type: "begin_repeat", field_name: "remision", label: "Remisión", repeat_count: "${personas} div 10", relevant: "${enfermos} = 'si'" },
    { field_type: "text", field_name: "centro", label: "Centro", required: 1 },
    { field_type: "end_repeat" },
    { field_type: "end_group" },
    { field_type: "begin_repeat", field_name: "testigo", label: "Testigo", repeat_count: "2" },
    { field_type: "text", field_name: "quien", label: "Quién" },
    { field_type: "end_repeat" },
    { field_type: "calculate", field_name: "cuantas", label: "Cuántas", calculation: "count(${persona}) + count(${quien})" },
];

browserTest("a repeat with a number of rows has exactly these on the device, as the server wants them", { role: ADMIN }, async ({ page, open }) => {
    const name = await publish("Contadas", COUNTED, YES_NO);
    await transformer(page);
    await compareForms(page, name);
    assert.ok((await judge(page, open, name)) > 0, "these answers put nothing to the test");
    // One row too few, and one too many, are told in a sentence.
    const api_look = "/api/method/social_crm.field_records.services.forms.look_at_answers";
    const seen = await api(ADMIN, "POST", api_look, { template: name, answers: { personas: 2, persona: [{ nombre: "Ana" }], testigo: [{}, {}, {}] }, visit_date: "2026-01-15" });
    assert.deepEqual(seen.missing.map(({ path, text }) => [path, text]).filter(([path]) => !path.includes("].")), [
        ["persona", "Persona: deben ser 2 filas, y hay 1."],
        ["testigo", "Testigo: deben ser 2 filas, y hay 3."],
    ]);
});

const ZONES = [
    { list_name: "zonas", choice_value: "n", label: "Zona norte" },
    { list_name: "zonas", choice_value: "s", label: "Zona sur" },
    { list_name: "zonas", choice_value: "r", label: "Ranchería" },
];
const calculate = (field_name, calculation) => ({ field_type: "calculate", field_name, calculation });
const FUNCTIONS = [
    { field_type: "select_one", field_name: "zona", label: "Zona", choice_list: "zonas" },
    { field_type: "select_one", field_name: "otra", label: "Otra", choice_list: "zonas", appearance: "minimal" },
    { field_type: "select_multiple", field_name: "zonas_suyas", label: "Zonas", choice_list: "zonas" },
    { field_type: "datetime", field_name: "cuando", label: "Cuándo", constraint_rule: ". <= now()", required: 1 },
    { field_type: "date", field_name: "dia", label: "Día" },
    { field_type: "date", field_name: "nacimiento", label: "Nacimiento", default_value: "2001-02-03", read_only: 1 },
    { field_type: "hidden", field_name: "origen", default_value: "censo" },
    { field_type: "barcode", field_name: "codigo", label: "Código de barras" },
    { field_type: "integer", field_name: "numero", label: "Número", constraint_rule: ". < pow(2, 5)" },
    { field_type: "text", field_name: "celular", label: "Celular", constraint_rule: "regex(., '3[0-9]{2}')" },
    calculate("zona_en_palabras", "jr:choice-name(${zona}, '${zona}')"),
    calculate("otra_en_palabras", "jr:choice-name(${otra}, '${otra}')"),
    calculate("segunda", "selected-at(${zonas_suyas}, 1)"),
    calculate("segunda_en_palabras", "jr:choice-name(selected-at(${zonas_suyas}, 1), '${zonas_suyas}')"),
    calculate("cuantas", "count-selected(${zonas_suyas})"),
    calculate("edad", "int((today() - ${nacimiento}) div 365.25)"),
    calculate("en_un_mes", "format-date(date(${dia} + 30), '%d/%m/%Y')"),
    calculate("escrito", "format-date-time(${cuando}, '%e-%n-%y %H:%M')"),
    calculate("dias", "int(${cuando} - ${nacimiento})"),
    calculate("es_hoy", "if(date(format-date(now(), '%Y-%m-%d')) = today(), 'si', 'no')"),
    calculate("procedencia", "concat(${origen}, '-', ${codigo})"),
    calculate("potencia", "pow(${numero}, 2) + pow(2, 0.5)"),
    calculate("primera", "once(${zona})"),
    { field_type: "text", field_name: "pasado", label: "Si ya pasó", relevant: "${cuando} < now() and ${dia} >= date('2020-01-01')" },
    { field_type: "begin_repeat", field_name: "venta", label: "Venta" },
    calculate("orden", "position(..)"),
    { field_type: "integer", field_name: "valor", label: "Valor" },
    calculate("contado", "if(${valor} = '', 0, ${valor})"),
    calculate("anterior", "indexed-repeat(${contado}, ${venta}, position(..) - 1)"),
    { field_type: "text", field_name: "porque", label: "¿Por qué menos?", relevant: "position(..) > 1 and ${contado} < ${anterior}", required: 1 },
    { field_type: "end_repeat" },
    calculate("de_la_segunda", "indexed-repeat(${contado}, ${venta}, 2)"),
    calculate("la_que_diga", "indexed-repeat(${contado}, ${venta}, ${numero})"),
];

browserTest("moments, names of choices, rows by their number and powers come to the same on the device and on the server", { role: ADMIN }, async ({ page, open }) => {
    const name = await publish("Funciones", FUNCTIONS, ZONES);
    await transformer(page);
    await compareForms(page, name);
    assert.ok((await judge(page, open, name)) > 0, "these answers put nothing to the test");
});
