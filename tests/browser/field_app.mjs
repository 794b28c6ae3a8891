// The field app in a browser of its own that keeps its storage, behind a wire that can be cut: the network is truly off.

import assert from "node:assert/strict";
import fs from "node:fs";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import { test } from "node:test";
import { api, chromium, chromiumPath, FLAGS, output, people, url } from "./lib.mjs";

export const PIN = "482913";

// Passes bytes on to the site until it is cut; then nobody listens, as without a network. The port stays the same.
export class Wire {
    #sockets = new Set();
    #server = null;
    port = 0;
    requests = [];
    /** Called with each chunk that comes back from the site; true drops the connection instead. */
    dropReply = () => false;
    /** What becomes of what comes back for an address; as many bytes as before. */
    change = (asked, bytes) => bytes;
    /** Serves a worker that differs from the built one by a letter without meaning. */
    newWorker = false;

    async connect() {
        const { hostname, port } = new URL(url);
        this.#server = net.createServer((inner) => {
            const outer = net.connect(Number(port || 80), hostname);
            for (const socket of [inner, outer]) {
                this.#sockets.add(socket);
                socket.on("close", () => this.#sockets.delete(socket));
                socket.on("error", () => [inner, outer].forEach((one) => one.destroy()));
            }
            let asked = "";
            inner.on("data", (bytes) => {
                const line = /^(GET|POST|HEAD|PUT) (\S+) HTTP/m.exec(bytes.toString("latin1"));
                if (line) {
                    asked = line[2];
                    this.requests.push(asked);
                }
                // A newer worker must come whole, not as "unchanged".
                const text = this.newWorker && line ? bytes.toString("latin1").replace(/If-None-Match/i, "X-Ignored-Name") : null;
                outer.write(text === null ? bytes : Buffer.from(text, "latin1"));
            });
            outer.on("data", (bytes) => {
                if (this.dropReply(asked)) [inner, outer].forEach((one) => one.destroy());
                else if (this.newWorker && asked.startsWith("/campo-sw.js")) inner.write(renewed(bytes));
                else inner.write(this.change(asked, bytes));
            });
            inner.on("end", () => outer.end());
            outer.on("end", () => inner.end());
        });
        await new Promise((done, fail) => {
            this.#server.once("error", fail);
            this.#server.listen(this.port, "127.0.0.1", done);
        });
        this.port = this.#server.address().port;
    }

    async cut() {
        const closed = new Promise((done) => this.#server.close(done));
        for (const socket of this.#sockets) socket.destroy();
        await closed;
        await assert.rejects(fetch(`http://127.0.0.1:${this.port}/campo`), "the network must be off");
    }

    get address() {
        return `http://127.0.0.1:${this.port}`;
    }
}

function renewed(bytes) {
    return Buffer.from(bytes.toString("latin1").replace('"use strict"', '"use Strict"'), "latin1");
}

// A phone: one folder of storage, any number of browser processes one after the other.
export class Phone {
    #folder = fs.mkdtempSync(path.join(os.tmpdir(), "social-crm-phone-"));
    #context = null;
    #ending = null; // what is left of the process before
    page = null;
    problems = [];

    constructor(wire) {
        this.wire = wire;
    }

    get folder() {
        return this.#folder;
    }

    get context() {
        return this.#context;
    }

    /** before: called with the new process before it loads anything. */
    async switchOn(before = () => undefined) {
        await this.#ending;
        this.#context = await chromium.launchPersistentContext(this.#folder, {
            executablePath: chromiumPath(), args: FLAGS, headless: true, viewport: { width: 360, height: 740 }, locale: "es-CO",
            timezoneId: "America/Bogota", hasTouch: true, isMobile: true, serviceWorkers: "allow",
        });
        this.#context.setDefaultTimeout(60_000);
        await before(this.#context);
        this.page = await this.openPage();
    }

    async openPage() {
        const page = await this.#context.newPage();
        page.on("pageerror", (problem) => this.problems.push(String(problem.stack || problem)));
        page.on("console", (message) => {
            if (/Content Security Policy/.test(message.text())) this.problems.push(message.text());
        });
        return page;
    }

    /** Opens the app and waits for its store. */
    async open(address = "/campo", page = this.page) {
        await page.goto(this.wire.address + address, { waitUntil: "domcontentloaded" });
        await ready(page);
    }

    /** Until the service worker has everything: from now on the app needs no network. */
    async installed() {
        await this.page.evaluate(() => navigator.serviceWorker.ready.then(() => true));
    }

    async enroll(role) {
        const { user, password } = people[role];
        await store(this.page, async (app, [user, password, pin]) => {
            await app.session.logIn(user, password);
            await app.session.enroll(pin, "Tableta de prueba");
            await app.sync.now();
        }, [user, password, PIN]);
        // Who leaves for the field waits until the notice is gone: only then is the app itself on the phone too.
        await this.installed();
    }

    /** The session ended in the field: the same person logs in again, the vault stays open. */
    logInAgain(role) {
        const { user, password } = people[role];
        return store(this.page, (app, [user, password]) => app.session.logIn(user, password), [user, password]);
    }

    unlock(page = this.page) {
        return store(page, async (app, pin) => app.session.unlock(app.session.state.value.profiles[0].id, pin), PIN);
    }

    /** The process ends in order, as when somebody closes it. */
    async kill() {
        await this.#context?.close();
        this.#context = null;
    }

    /** Every process of this phone ends with SIGKILL, in whatever it was doing: a battery that was taken out. */
    async crash() {
        const context = this.#context;
        this.#context = null;
        this.#ending = this.#end(context);
        await this.#ending;
    }

    async #end(context) {
        for (let left = this.#processes(); left.length; left = this.#processes()) {
            for (const pid of left) {
                try {
                    process.kill(pid, "SIGKILL");
                } catch (problem) {
                    if (problem.code !== "ESRCH") throw problem;
                }
            }
            await new Promise((done) => setTimeout(done, 10));
        }
        await context?.close().catch(() => undefined);
    }

    // The folder's name is made for this phone alone, and every process of the browser names it.
    #processes() {
        return fs.readdirSync("/proc").filter((pid) => {
            if (!/^\d+$/.test(pid)) return false;
            try {
                return fs.readFileSync(`/proc/${pid}/cmdline`, "latin1").includes(this.#folder);
            } catch {
                return false; // it ended meanwhile
            }
        }).map(Number);
    }

    async throwAway() {
        await this.kill();
        fs.rmSync(this.#folder, { recursive: true, force: true });
    }
}

const FIND = `(() => {
    const provided = document.querySelector("#app")?.__vue_app__?._context.provides ?? {};
    return Object.getOwnPropertySymbols(provided).map((key) => provided[key]).find((one) => one?.drafts && one?.session);
})()`;

async function ready(page) {
    for (let tries = 0; tries < 300; tries += 1) {
        const phase = await page.evaluate(`${FIND}?.session.state.value.phase`).catch(() => null);
        if (phase && phase !== "starting") return;
        await new Promise((done) => setTimeout(done, 20));
    }
    throw new Error("The field app did not start.");
}

/** Runs a function on the page with the app's store, which the screens use too; failures come back with their code. */
export async function store(page, work, argument = null) {
    // As one expression for the debugger: the page's own policy allows no eval.
    const answer = await page.evaluate(`(async () => {
        try {
            return { value: await (${work})(${FIND}, ${JSON.stringify(argument)}) };
        } catch (problem) {
            return { code: problem.code ?? "", text: String(problem.stack ?? problem), detail: { ...problem.detail } };
        }
    })()`);
    if ("text" in answer) throw Object.assign(new Error(answer.text), { code: answer.code, detail: answer.detail });
    return answer.value;
}

// Waits until words of a draft lie on the phone: what the screen says may be of the words before them.
export const keptOnPhone = (page, uuid, words) =>
    store(page, async (app, [uuid, words]) => {
        while (!JSON.stringify(await app.drafts.read(uuid)).includes(words)) await new Promise((done) => setTimeout(done, 50));
    }, [uuid, words]);

// Looks for secrets (texts in whatever shape a browser writes them, or bytes) in all that a browser keeps of pages in its folder. Empty
// storage proves nothing and fails. open: a text that is not encrypted, and so has to be found.
export function assertNothingInTheOpen(folder, secrets, open = null) {
    let bytes = 0;
    let found = open === null;
    for (const entry of fs.readdirSync(folder, { recursive: true, withFileTypes: true })) {
        const file = path.join(entry.parentPath ?? entry.path, entry.name);
        if (!entry.isFile() || !/IndexedDB|Local Storage|Session Storage|blob_storage|File System|Service Worker/.test(file)) continue;
        const content = fs.readFileSync(file);
        bytes += content.length;
        found ||= content.includes(open);
        for (const secret of secrets) {
            const forms = typeof secret === "string" ? ["utf8", "utf16le", "latin1"].map((encoding) => Buffer.from(secret, encoding)) : [secret];
            for (const form of forms) assert.ok(!content.includes(form), `${secret} stands in ${path.basename(file)}`);
        }
    }
    assert.ok(found, "what is not encrypted is found");
    assert.ok(bytes > 10_000, `the storage was looked at (${bytes} bytes)`);
}

// A phone that is switched on and shows the app, behind its wire; thrown away after the test. `another` gives one more
// behind the same wire.
export function phoneTest(title, body, Way = Wire) {
    test(title, { timeout: 180_000 }, async () => {
        const wire = new Way();
        await wire.connect();
        const phones = [];
        const another = async (before = () => undefined) => {
            const phone = new Phone(wire);
            phones.push(phone);
            await phone.switchOn(before);
            await phone.open();
            return phone;
        };
        try {
            const phone = await another();
            await body({ wire, phone, another });
            for (const one of phones) assert.deepEqual(one.problems, [], "errors of scripts on the page");
        } catch (problem) {
            const name = title.toLowerCase().replace(/[^a-z0-9]+/g, "-").slice(0, 80);
            for (const [at, one] of phones.entries()) await one.page?.screenshot({ path: path.join(output, `FAILED-${name}-${at}.png`) }).catch(() => {});
            throw problem;
        } finally {
            for (const one of phones) await one.throwAway();
            await wire.cut().catch(() => {});
        }
    });
}

/** Writes an acta with a signature and the same photo twice through the store, and puts it into the outbox. */
export async function write(page, { family, ready = true, close = false, text = "Todo bien", template = null }) {
    return store(
        page,
        async (app, { family, ready, close, text, template: wanted }) => {
            const [template] = (await app.templates.list()).filter((one) => !wanted || one.template === wanted);
            const found = await app.templates.load(template.template);
            const instance = new DOMParser().parseFromString(found.model, "text/xml").querySelector("instance > *");
            for (const node of instance.querySelectorAll("*")) if (!node.children.length && /objetivo|desarrollo/.test(node.localName)) node.textContent = text;
            const draft = await app.drafts.create({ template: template.template, family, visit_date: "2020-02-03" });
            await draft.save({ instance: new XMLSerializer().serializeToString(instance), place: "Casa" });
            const canvas = Object.assign(document.createElement("canvas"), { width: 300, height: 200 });
            canvas.getContext("2d").fillText(text, 20, 40);
            const image = (type) => new Promise((done) => canvas.toBlob(done, type));
            const first = await draft.addMedia(await image("image/png"), "firma.png", "signature");
            // The same photo twice: two attachments.
            for (const name of ["foto.jpg", "foto.jpg"]) await draft.addMedia(await image("image/jpeg"), name, "photo");
            await draft.save({
                participants: [{ uuid: crypto.randomUUID(), participant_name: "Rosa", participant_role: "Beneficiary", document_number: null, beneficiary: null, signature: first.id, strokes: null, signed_device_time: null, cannot_sign: false, cannot_sign_reason: null, witness_name: null, witness_document: null, witness_signature: null, fingerprint: null }],
            });
            await draft.release();
            if (ready) await app.drafts.ready(draft.uuid, close);
            return draft.uuid;
        },
        { family, ready, close, text, template },
    );
}

export const onServer = (uuid) => api("System Manager", "GET", `/api/resource/Acta?filters=${encodeURIComponent(JSON.stringify({ client_uuid: uuid }))}&fields=["name","family","status"]`);
export const states = (page) => store(page, (app) => app.drafts.list.value.map((one) => [one.uuid, one.state, one.message]));
export const sync = (page) => store(page, async (app) => {
    await app.sync.now();
    return app.sync.status.value;
});
