// What the server makes of a template beside what Enketo makes of it: the same form, and the same answers to the same questions.

import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";

import { makeCascade } from "./cascade.mjs";
import { api, browserTest } from "./lib.mjs";

const ADMIN = "Social CRM Administrator";
const TRANSFORMER = "node_modules/enketo-transformer/dist/enketo-transformer/web/transformer.js";

// The published templates that are installed with the app.
async function shipped() {
    const fields = JSON.stringify(["name", "template_key"]);
    const keys = TEMPLATES.map((name) => name.replace(/-v1$/, ""));
    const filters = JSON.stringify([["template_key", "in", keys], ["version", "=", 1]]);
    const found = await api(ADMIN, "GET", `/api/resource/Acta Template?fields=${fields}&filters=${filters}`);
    assert.equal(found.length, keys.length);
    return found.map(({ name }) => name).sort();
}

// Enketo's own transformer in its form for browsers: plain JavaScript, nothing native.
async function transformer(page) {
    const file = path.join(process.env.SOCIAL_CRM_BROWSER_MODULES, "..", TRANSFORMER);
    const code = fs.readFileSync(file, "utf-8");
    await page.goto("about:blank");
    await page.addScriptTag({ type: "module", content: `${code}\nwindow.enketoTransform = transform;` });
    await page.waitForFunction(() => window.enketoTransform);
}

// A document as lines: an element a line, its attributes and classes in order, texts without the white space that nobody sees.
function asLines([text, type]) {
    const parsed = new DOMParser().parseFromString(text, type);
    const lines = [];
    const values = (element) =>
        [...element.attributes]
            .filter(({ name }) => !name.startsWith("xmlns"))
            .map(({ name, value }) => {
                if (name === "class") return `class=${[...new Set(value.split(/\s+/).filter(Boolean))].sort().join(" ")}`;
                return `${name}=${name === "readonly" ? "readonly" : value.trim()}`;
            })
            .sort();
    const walk = (node, depth) => {
        if (node.nodeType === Node.TEXT_NODE && node.textContent.trim()) {
            lines.push(`${" ".repeat(depth)}"${node.textContent.replace(/\s+/g, " ").trim()}"`);
        }
        if (node.nodeType !== Node.ELEMENT_NODE) return;
        lines.push(`${" ".repeat(depth)}${node.localName} ${values(node).join(" ")}`.trimEnd());
        node.childNodes.forEach((child) => walk(child, depth + 1));
    };
    walk(type === "text/html" ? parsed.querySelector("form") : parsed.documentElement, 0);
    return lines;
}

// The form of a published version beside what the real transformer makes of its XForm.
async function compareForms(page, name) {
    const kept = await api(ADMIN, "GET", `/api/resource/Acta Template Form/${name}`);
    const made = await page.evaluate(async (xform) => {
        const { form, model } = await window.enketoTransform({ xform });
        return { form, model };
    }, kept.xform);
    for (const [ours, theirs, type] of [
        [kept.form_html, made.form, "text/html"],
        [kept.form_model, made.model, "text/xml"],
    ]) {
        const lines = await page.evaluate(asLines, [ours, type]);
        assert.ok(lines.length > 20, `${name}: nothing was compared`);
        assert.deepEqual(lines, await page.evaluate(asLines, [theirs, type]), `${name}, ${type}`);
    }
}

browserTest("every form that is installed, and one of cascading choices, is what Enketo's own transformer makes of its XForm", {}, async ({ page }) => {
    await transformer(page);
    const cascades = [await makeCascade("Cascada"), await makeCascade("Cascada en un idioma", false)];
    for (const name of [...(await shipped()), ...cascades]) await compareForms(page, name);
});

// The same numbers every time for one seed. Every other seed leaves out required answers too.
function dice(seed) {
    let state = seed * 7919;
    const roll = () => {
        state = (state * 1664525 + 1013904223) >>> 0;
        return state / 2 ** 32;
    };
    return Object.assign(roll, { gaps: seed % 2 ? 0.25 : 0 });
}

// The rows of a template as a tree of groups, repeats and questions.
function tree(rows) {
    const root = { parts: [] };
    const open = [root];
    for (const row of rows) {
        if (row.field_type.startsWith("end_")) open.pop();
        else {
            const node = { ...row, parts: [] };
            open.at(-1).parts.push(node);
            if (row.field_type.startsWith("begin_")) open.push(node);
        }
    }
    return root.parts;
}

const escaped = (text) => String(text).replace(/&/g, "&amp;").replace(/</g, "&lt;");

// What somebody may have written to a question, or nothing. Pictures and recordings stay out: they ask for files.
function answerOf(node, choices, roll, today) {
    const chance = roll();
    if (chance < (node.required ? roll.gaps : 0.3)) return "";
    const of = choices.filter((choice) => choice.list_name === node.choice_list).map((choice) => choice.choice_value);
    const kinds = {
        text: () => ["Lo que se dijo", "Sí", "0", "Ñandú & Cía"][Math.floor(roll() * 4)],
        integer: () => String(Math.floor(roll() * 50) - 3),
        decimal: () => (roll() * 2000 - 100).toFixed(Math.floor(roll() * 3)),
        select_one: () => of[Math.floor(roll() * of.length)],
        select_multiple: () => of.filter(() => roll() < 0.4).join(" "),
        date: () => new Date(Date.parse(`${today}T12:00:00Z`) + Math.floor(roll() * 9 - 4) * 86_400_000).toISOString().slice(0, 10),
        // As Enketo writes what is chosen in a box.
        time: () => `0${Math.floor(roll() * 10)}:30:00.000-05:00`,
        geopoint: () => "10.96 -72.79 0 12",
    };
    return kinds[node.field_type]?.() ?? "";
}

// Answers twice: as the server takes them and as the instance that Enketo opens.
function fill(nodes, choices, roll, today, answers = {}, counts = {}) {
    let xml = "";
    for (const node of nodes) {
        const { field_name: name, field_type: type } = node;
        if (type === "begin_group") xml += `<${name}>${fill(node.parts, choices, roll, today, answers, counts).xml}</${name}>`;
        else if (type === "begin_repeat") {
            const length = 1 + Math.floor(roll() * 3);
            const rows = Array.from({ length }, () => fill(node.parts, choices, roll, today));
            answers[name] = rows.map((row) => row.answers);
            // Of rows that are counted the engine gets the first one, and makes the others.
            const wanted = counts[name];
            if (wanted !== undefined) answers[name] = Array.from({ length: wanted }, (_, index) => (index ? {} : rows[0].answers));
            const given = wanted === undefined ? rows : rows.slice(0, Math.min(wanted, 1));
            xml += given.map((row) => `<${name}>${row.xml}</${name}>`).join("");
        } else {
            // Nobody answers what is only shown.
            const value = node.read_only || node.calculation ? (node.default_value ?? "") : answerOf(node, choices, roll, today);
            if (value && !node.calculation) answers[name] = value;
            xml += `<${name}>${escaped(value)}</${name}>`;
        }
    }
    return { answers, xml };
}

// What the engine makes of an instance: questions that apply, values in them, those that are missing or not possible.
async function enketo(page, form, instance) {
    return page.evaluate(
        async ([shown, xml]) => {
            const said = (type) =>
                new Promise((done) => {
                    const hear = ({ data }) => {
                        if (data?.type !== type) return;
                        window.removeEventListener("message", hear);
                        done(data);
                    };
                    window.addEventListener("message", hear);
                });
            const host = document.querySelector(".enketo-scope");
            const before = host?.firstElementChild;
            window.postMessage({ type: "campo-preview-show", ...shown, instance: xml }, window.location.origin);
            const drawn = () => {
                const now = document.querySelector(".enketo-scope")?.firstElementChild;
                return now && now !== before && document.querySelector(".actions-bar button") ? now : null;
            };
            while (!drawn()) await new Promise((done) => setTimeout(done, 20));
            // What an instance brings stays in it until somebody comes to the question; what is shown then becomes the answer.
            for (const template of document.querySelectorAll("form.or .itemset-template")) {
                if (template.closest(".disabled")) continue;
                const box = template.matches("option") ? template.parentElement : template.querySelector("input");
                const control = box.matches("datalist") ? box.parentElement.querySelector("input[list]") : box;
                control.dispatchEvent(new Event("change", { bubbles: true }));
            }
            let checked = null;
            const heard = said("campo-preview-checked").then((data) => (checked = data));
            // The button does nothing before the form is ready.
            while (!checked) {
                document.querySelector(".actions-bar button").click();
                await Promise.race([heard, new Promise((done) => setTimeout(done, 200))]);
            }
            const root = document.querySelector("form.or");
            const rowOf = (element) => {
                const row = element.closest(".or-repeat");
                if (!row) return "";
                const name = row.getAttribute("name");
                const rows = [...root.querySelectorAll(".or-repeat")].filter((one) => one.getAttribute("name") === name);
                return `${name.split("/").at(-1)}[${rows.indexOf(row)}].`;
            };
            const pathOf = (question) => {
                const control = question.querySelector("[data-name], [name]");
                const name = control.dataset.name || control.getAttribute("name");
                return rowOf(question) + name.split("/").at(-1);
            };
            const questions = [...root.querySelectorAll(".question")];
            const open = questions.filter((one) => !one.closest(".disabled"));
            const paths = (list) => [...new Set(list.map(pathOf))].sort();
            const rows = {};
            root.querySelectorAll(".or-repeat-info").forEach((info) => {
                const all = [...info.parentElement.children].filter((one) => one.matches(".or-repeat"));
                rows[info.dataset.name.split("/").at(-1)] = info.closest(".disabled") ? 0 : all.length;
            });
            return {
                rows,
                asked: paths(questions),
                visible: paths(open),
                missing: paths(open.filter((one) => one.matches(".invalid-required"))),
                wrong: paths(open.filter((one) => one.matches(".invalid-constraint"))),
                instance: checked.instance,
            };
        },
        [form, instance],
    );
}

// Values of an instance by path, as the server names them.
function valuesOf(page, instance, names) {
    return page.evaluate(
        ([xml, wanted]) => {
            const found = {};
            const parsed = new DOMParser().parseFromString(xml, "text/xml");
            for (const node of parsed.querySelectorAll("*")) {
                const repeat = wanted[node.localName];
                if (repeat === undefined || node.firstElementChild) continue;
                const rows = repeat ? [...parsed.querySelectorAll(repeat)] : [];
                const row = repeat ? `${repeat}[${rows.indexOf(node.closest(repeat))}].` : "";
                found[row + node.localName] = node.textContent;
            }
            return found;
        },
        [instance, names],
    );
}

// The questions of which something holds, each with the repeat in which it stands, or nothing.
function those(chosen, nodes, repeat = "") {
    return nodes.flatMap((node) => {
        if (chosen(node)) return [[node.field_name, repeat]];
        return those(chosen, node.parts, node.field_type === "begin_repeat" ? node.field_name : repeat);
    });
}

const CASES = 10;
const TEMPLATES = ["home_visit-v2", "productive_unit_follow_up-v2", "training_meeting-v1", "goods_delivery-v2", "meeting-v1", "psychosocial_contact-v1", "household_characterisation-v2"];

// The same answers put to the engine of the device and to the server, which must agree; returns how much was judged.
async function judge(page, open, name) {
    const template = await api(ADMIN, "GET", `/api/resource/Acta Template/${name}`);
    const form = await api(ADMIN, "POST", "/api/method/social_crm.field_records.services.previews.preview", { template });
    const shown = { title: form.title, html: form.html, model: form.model, language: "es", reader: "es" };
    await open("/campo-preview");
    const today = await page.evaluate(() => new Date().toLocaleDateString("sv"));
    const nodes = tree(template.questions);
    const calculated = Object.fromEntries(those((node) => node.calculation, nodes));
    const chosen = Object.fromEntries(those((node) => node.choice_list, nodes));
    let judged = 0;
    for (let seed = 1; seed <= CASES; seed += 1) {
        const look = (answers) =>
            api(ADMIN, "POST", "/api/method/social_crm.field_records.services.forms.look_at_answers", { template: name, answers, visit_date: today });
        const drawn = (counts) => fill(nodes, template.choices, dice(seed), today, {}, counts);
        const { counts } = await look(drawn({}).answers);
        const { answers, xml } = drawn(counts);
        const key = template.template_key;
        const instance = `<${key} id="${key}" version="1">${xml}<meta><instanceID>uuid:${seed}</instanceID></meta></${key}>`;
        const theirs = await enketo(page, shown, instance);
        const ours = await look(answers);
        const place = `${name}, seed ${seed}: ${JSON.stringify(answers)}`;
        const seen = new Set(ours.visible);
        assert.deepEqual(theirs.rows, { ...theirs.rows, ...counts }, `how many rows. ${place}`);
        assert.deepEqual(theirs.visible, theirs.asked.filter((path) => seen.has(path)), `what is asked. ${place}`);
        assert.deepEqual(theirs.missing, ours.missing.map(({ path }) => path).sort(), `what is missing. ${place}`);
        // What does not go with the answers before it the engine takes away, and the server names and leaves out.
        const [given, left] = [await valuesOf(page, instance, chosen), await valuesOf(page, theirs.instance, chosen)];
        const cleared = Object.keys(given).filter((path) => seen.has(path) && given[path] !== left[path]);
        assert.deepEqual([...new Set([...theirs.wrong, ...cleared])].sort(), ours.findings.map(({ path }) => path).sort(), `what is not possible. ${place}`);
        for (const path of Object.keys(given).filter((one) => seen.has(one))) {
            const value = kept(ours.answers, path);
            assert.equal(Array.isArray(value) ? value.join(" ") : (value ?? ""), left[path], `what is left of ${path}. ${place}`);
        }
        const values = await valuesOf(page, theirs.instance, calculated);
        for (const [path, text] of Object.entries(values)) {
            const value = kept(ours.answers, path);
            const number = text === "" || text === "NaN" ? null : Number(text);
            if (number === null) assert.equal(value ?? null, null, `${path}. ${place}`);
            else if (Number.isNaN(number)) assert.equal(value, text, `${path}. ${place}`);
            else assert.ok(Math.abs(number - Number(value)) < 1e-6 * Math.max(1, Math.abs(number)), `${path}: ${text}, ${value}. ${place}`);
        }
        judged += theirs.missing.length + theirs.wrong.length + cleared.length + Object.keys(values).length;
    }
    return judged;
}

// The answer of a path as the server keeps it.
function kept(answers, path) {
    const row = path.match(/^(\w+)\[(\d+)\]\.(\w+)$/);
    return row ? answers[row[1]]?.[Number(row[2])]?.[row[3]] : answers[path];
}

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

// A template of what the installed ones do not use, published.
async function publish(title, questions, choices = []) {
    const template_key = `${title.toLowerCase().replace(/[^a-z]/g, "_")}_${Math.random().toString(36).slice(2, 8).replace(/\d/g, "x")}`;
    const english = (element, texts) => ({ language: "English (en)", element, ...texts });
    const translations = questions.filter((row) => row.label).map((row) => english(row.field_name, { label: `${row.label} (en)`, required_message: row.required_message && "Needed." }));
    const values = { template_key, title, version: 1, component: "General", questions, choices, translations };
    const { name } = await api(ADMIN, "POST", "/api/resource/Acta Template", values);
    await api(ADMIN, "POST", "/api/method/social_crm.field_records.services.templates.set_status", { template: name, status: "Published" });
    return name;
}

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
