// What the server makes of a template beside what Enketo makes of it, for the tests that compare the two.

import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";

import { api } from "./lib.mjs";

const ADMIN = "Social CRM Administrator";
const TRANSFORMER = "node_modules/enketo-transformer/dist/enketo-transformer/web/transformer.js";
const CASES = 10;

// Enketo's own transformer in its form for browsers: plain JavaScript, nothing native.
export async function transformer(page) {
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
export async function compareForms(page, name) {
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
        text: () => ["Lo que se dijo", "Sí", "0", "Ñandú & Cía", "3104"][Math.floor(roll() * 5)],
        integer: () => String(Math.floor(roll() * 50) - 3),
        decimal: () => (roll() * 2000 - 100).toFixed(Math.floor(roll() * 3)),
        select_one: () => of[Math.floor(roll() * of.length)],
        select_multiple: () => of.filter(() => roll() < 0.4).join(" "),
        date: () => new Date(Date.parse(`${today}T12:00:00Z`) + Math.floor(roll() * 9 - 4) * 86_400_000).toISOString().slice(0, 10),
        // As Enketo writes what is chosen in a box.
        time: () => `0${Math.floor(roll() * 10)}:30:00.000-05:00`,
        datetime: () => `${kinds.date()}T1${Math.floor(roll() * 10)}:30:00.000-05:00`,
        barcode: () => "7701234567890",
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
            const value = node.read_only || node.calculation || type === "hidden" ? (node.default_value ?? "") : answerOf(node, choices, roll, today);
            if (value && !node.calculation) answers[name] = value;
            xml += `<${name}>${escaped(value)}</${name}>`;
        }
    }
    return { answers, xml };
}

// Opens an instance in the engine and has it checked; returns the instance as the engine leaves it.
const check = (page, form, instance) =>
    page.evaluate(
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
            return checked.instance;
        },
        [form, instance],
    );

// What the engine shows: questions that apply, those that are missing or not possible, how many rows there are.
const seenIn = (page) =>
    page.evaluate(() => {
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
        };
    });

// What the engine makes of an instance.
async function enketo(page, form, instance) {
    const left = await check(page, form, instance);
    return { ...(await seenIn(page)), instance: left };
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

// The same answers put to the engine of the device and to the server, which must agree; returns how much was judged.
export async function judge(page, open, name) {
    const template = await api(ADMIN, "GET", `/api/resource/Acta Template/${name}`);
    const form = await api(ADMIN, "POST", "/api/method/social_crm.field_records.services.previews.preview", { template });
    const shown = { title: form.title, html: form.html, model: form.model, language: "es", reader: "es" };
    await open("/campo-preview");
    const today = await page.evaluate(() => new Date().toLocaleDateString("sv"));
    const moment = await page.evaluate(() => new Date().toLocaleString("sv"));
    const nodes = tree(template.questions);
    const calculated = Object.fromEntries(those((node) => node.calculation, nodes));
    const chosen = Object.fromEntries(those((node) => node.choice_list, nodes));
    let judged = 0;
    for (let seed = 1; seed <= CASES; seed += 1) {
        const look = (answers) =>
            api(ADMIN, "POST", "/api/method/social_crm.field_records.services.forms.look_at_answers", { template: name, answers, visit_date: today, moment });
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
        const cleared = Object.keys(given).filter((path) => seen.has(path) && given[path] && given[path] !== left[path]);
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

// A template of what the installed ones do not use, published.
export async function publish(title, questions, choices = []) {
    const template_key = `${title.toLowerCase().replace(/[^a-z]/g, "_")}_${Math.random().toString(36).slice(2, 8).replace(/\d/g, "x")}`;
    const english = (element, texts) => ({ language: "English (en)", element, ...texts });
    const translations = questions.filter((row) => row.label).map((row) => english(row.field_name, { label: `${row.label} (en)`, required_message: row.required_message && "Needed." }));
    const values = { template_key, title, version: 1, component: "General", questions, choices, translations };
    const { name } = await api(ADMIN, "POST", "/api/resource/Acta Template", values);
    await api(ADMIN, "POST", "/api/method/social_crm.field_records.services.templates.set_status", { template: name, status: "Published" });
    return name;
}
