// A reader of fingerprints made of software: it speaks SGIFPCapture over HTTP on loopback, as the service of SecuGen readers does
// (form post; answer in JSON with ErrorCode, ImageQuality, TemplateBase64 of ISO 19794-2, BMPBase64). No person's print is in it.
//
// For tests, and by hand where there is no reader: node frontend/tests/support/software_reader.mjs 8443

import http from "node:http";
import { pathToFileURL } from "node:url";

const WIDTH = 96;
const HEIGHT = 128;
const MINUTIAE = 32;

/** A minutiae record of one finger, as long as it says of itself. */
export function template(quality, seed = 1) {
    const view = Buffer.alloc(4 + 6 * MINUTIAE + 2);
    view.set([2, 0, quality, MINUTIAE]);
    for (let number = 0; number < MINUTIAE; number += 1) {
        const at = 4 + 6 * number;
        view.writeUInt16BE(((number % 2) + 1) * 0x4000 + ((number * 37 + seed * 11) % WIDTH), at);
        view.writeUInt16BE((number * 53 + seed * 7) % HEIGHT, at + 2);
        view.set([(number * 29) % 180, 70], at + 4);
    }
    const head = Buffer.alloc(24);
    head.write("FMR\0 20\0", "latin1");
    head.writeUInt32BE(head.length + view.length, 8);
    head.writeUInt16BE(WIDTH, 14);
    head.writeUInt16BE(HEIGHT, 16);
    head.writeUInt16BE(197, 18);
    head.writeUInt16BE(197, 20);
    head[22] = 1;
    return Buffer.concat([head, view]);
}

/** A grey bitmap with something like ridges. */
export function bitmap(seed = 1) {
    const offset = 54 + 1024;
    const file = Buffer.alloc(offset + WIDTH * HEIGHT, 255);
    file.fill(0, 0, offset);
    file.write("BM", "latin1");
    file.writeUInt32LE(file.length, 2);
    file.writeUInt32LE(offset, 10);
    file.writeUInt32LE(40, 14);
    file.writeInt32LE(WIDTH, 18);
    file.writeInt32LE(HEIGHT, 22);
    file.writeUInt16LE(1, 26);
    file.writeUInt16LE(8, 28);
    file.writeUInt32LE(256, 46);
    for (let grey = 0; grey < 256; grey += 1) file.set([grey, grey, grey, 0], 54 + 4 * grey);
    for (let y = 0; y < HEIGHT; y += 1) {
        for (let x = 0; x < WIDTH; x += 1) {
            const far = Math.hypot((x - WIDTH / 2) / (WIDTH / 2), (y - HEIGHT / 2) / (HEIGHT / 2));
            const ridge = Math.sin(Math.hypot(x - WIDTH / 2, (y - HEIGHT / 2) * 0.8) * 1.1 + seed + Math.atan2(y - 64, x - 48));
            file[offset + y * WIDTH + x] = far > 0.95 ? 255 : Math.round(150 + 90 * ridge);
        }
    }
    return file;
}

export class SoftwareReader {
    /** What the next presses give, one after the other; without one it is a good finger. */
    presses = [];
    /** The forms that were posted. */
    asked = [];
    #server = http.createServer((request, response) => this.#answer(request, response));

    async start(port = 0) {
        await new Promise((done, fail) => {
            this.#server.once("error", fail);
            this.#server.listen(port, "127.0.0.1", done);
        });
        return this;
    }

    get address() {
        return `http://127.0.0.1:${this.#server.address().port}`;
    }

    async stop() {
        const closed = new Promise((done) => this.#server.close(done));
        this.#server.closeAllConnections();
        await closed;
    }

    #answer(request, response) {
        response.setHeader("Access-Control-Allow-Origin", "*");
        if (request.method !== "POST" || request.url !== "/SGIFPCapture") return response.writeHead(404).end();
        const parts = [];
        request.on("data", (part) => parts.push(part));
        request.on("end", () => {
            const form = new URLSearchParams(Buffer.concat(parts).toString("utf-8"));
            this.asked.push(Object.fromEntries(form));
            const { code = 0, quality = 82, seed = 1, wait = 0, body } = this.presses.shift() ?? {};
            const isAsked = form.get("templateFormat") === "ISO" && Number(form.get("Timeout")) > 0 && form.has("Quality") && form.has("licstr");
            const found = isAsked ? code : 10001;
            const good = found === 0;
            const said = {
                ErrorCode: found,
                Manufacturer: "Social CRM",
                Model: "Software Reader",
                SerialNumber: "SW-0001",
                ImageWidth: WIDTH,
                ImageHeight: HEIGHT,
                ImageDPI: 500,
                ImageQuality: good ? quality : 0,
                TemplateBase64: good ? template(quality, seed).toString("base64") : "",
                BMPBase64: good ? bitmap(seed).toString("base64") : "",
            };
            setTimeout(() => response.writeHead(200, { "Content-Type": "application/json" }).end(body ?? JSON.stringify(said)), wait);
        });
    }
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
    const reader = await new SoftwareReader().start(Number(process.argv[2] ?? 8443));
    console.log(`A software reader answers at ${reader.address}/SGIFPCapture; end it with Ctrl+C.`);
}
