// The way between the phone and the server, on loopback: it takes each request to the server, loses some of the replies, and keeps
// what was sent, for a second client to send again.

import http from "node:http";
import { url } from "../browser/lib.mjs";
import { chance } from "./chance.mjs";

const KEPT = /\/api\/method\/social_crm\.field_records\.services\.sync\.(batches\.push|uploads\.chunk)$/;
const NOT_PASSED_ON = /^(connection|content-length|transfer-encoding|keep-alive)$/i;

export class Post {
    #server = null;
    #sockets = new Set();
    #asked = new Map();
    port = 0;
    /** The share of replies that are lost. */
    share = 0;
    replies = 0;
    dropped = 0;
    unanswered = 0;
    /** Pushes and pieces of files as they were sent: {path, type, body}. */
    kept = [];
    /** Called with each request before it is passed on. */
    onCall = () => undefined;

    /** What becomes of the text of a reply on its way. */
    change = (path, text) => text;

    constructor(seed = 0) {
        this.seed = seed;
    }

    get address() {
        return `http://127.0.0.1:${this.port}`;
    }

    async connect() {
        this.#server = http.createServer((request, response) => void this.#take(request, response));
        this.#server.on("connection", (socket) => {
            this.#sockets.add(socket);
            socket.on("close", () => this.#sockets.delete(socket));
        });
        await new Promise((done, fail) => {
            this.#server.once("error", fail);
            this.#server.listen(this.port, "127.0.0.1", done);
        });
        this.port = this.#server.address().port;
    }

    /** From now on nobody listens. */
    async cut() {
        const closed = new Promise((done) => this.#server.close(done));
        for (const socket of this.#sockets) socket.destroy();
        await closed;
    }

    async #take(request, response) {
        const parts = [];
        try {
            for await (const part of request) parts.push(part);
        } catch {
            return; // the browser ended while it was sending
        }
        const body = Buffer.concat(parts);
        const [path] = request.url.split("?");
        if (KEPT.test(path)) this.kept.push({ path, type: request.headers["content-type"], body });
        this.onCall(path);
        let answer;
        try {
            answer = await passOn(request, body);
        } catch {
            this.unanswered += 1;
            return response.destroy();
        }
        this.replies += 1;
        const loss = this.#loss(path);
        if (loss) this.dropped += 1;
        if (loss === "whole") return response.destroy();
        const headers = answer.headers.filter((_, place, all) => !NOT_PASSED_ON.test(all[place - (place % 2)]));
        const text = KEPT.test(path) ? Buffer.from(this.change(path, answer.body.toString())) : answer.body;
        response.writeHead(answer.status, [...headers, "Content-Length", String(text.length)]);
        if (loss !== "half") return response.end(text);
        response.write(text.subarray(0, Math.floor(text.length / 2)), () => response.destroy());
    }

    // By name of the call and how often it was asked: what else happens meanwhile changes nothing.
    #loss(path) {
        const number = (this.#asked.get(path) ?? 0) + 1;
        this.#asked.set(path, number);
        if (chance(this.seed, "reply", path, number) >= this.share) return null;
        return chance(this.seed, "half", path, number) < 0.3 ? "half" : "whole";
    }
}

function passOn(request, body) {
    const { hostname, port } = new URL(url);
    const headers = { ...request.headers, "content-length": String(body.length), connection: "close" };
    delete headers["transfer-encoding"];
    return new Promise((done, fail) => {
        const outer = http.request({ hostname, port, method: request.method, path: request.url, headers, agent: false }, (answer) => {
            const parts = [];
            answer.on("data", (part) => parts.push(part));
            answer.on("end", () => done({ status: answer.statusCode, headers: answer.rawHeaders, body: Buffer.concat(parts) }));
            answer.on("error", fail);
            answer.on("aborted", () => fail(new Error("aborted")));
        });
        outer.on("error", fail);
        outer.end(body);
    });
}
