// The one address of the bench: passes requests on to gunicorn and carries the Desk's realtime connections, as
// nginx and Frappe's own socket.io process do on a production bench.
//
//   node door.mjs    with DOOR_PORT, GUNICORN_PORT, REDIS_QUEUE, NODE_MODULES and FRAPPE_SITE in the environment

import http from "node:http";
import { createRequire } from "node:module";
import path from "node:path";

const { DOOR_PORT, GUNICORN_PORT, REDIS_QUEUE, NODE_MODULES, FRAPPE_SITE } = process.env;
const HOST = "127.0.0.1";
const load = createRequire(path.join(NODE_MODULES, "_"));
const { Server } = load("socket.io");
const { createClient } = load("@redis/client");
const cookie = load("cookie");

const agent = new http.Agent({ keepAlive: false });

function passOn(request, response) {
    const headers = { ...request.headers, "x-forwarded-for": request.socket.remoteAddress };
    const options = { host: HOST, port: GUNICORN_PORT, method: request.method, path: request.url, headers, agent };
    const inner = http.request(options, (answer) => {
        response.writeHead(answer.statusCode, answer.statusMessage, answer.rawHeaders);
        answer.pipe(response);
    });
    inner.on("error", (problem) => {
        if (response.headersSent) return response.destroy();
        response.writeHead(502, { "Content-Type": "text/plain; charset=utf-8" });
        response.end(`The web server does not answer (${problem.code || problem.message}).\n`);
    });
    response.on("close", () => inner.destroy());
    request.pipe(inner);
}

const server = http.createServer(passOn);
server.requestTimeout = 0;
// As long as nginx keeps a connection: Node's own five seconds end while a person reads, and the next click meets a closed one.
server.keepAliveTimeout = 75_000;
const io = new Server(server, { path: "/socket.io", cors: { origin: true, credentials: true } });
const site = io.of(/^\/.*$/);

// Asks Frappe with the visitor's own cookie.
async function ask(sid, method, args = {}) {
    const query = new URLSearchParams(args);
    const url = `http://${HOST}:${GUNICORN_PORT}/api/method/${method}?${query}`;
    const answer = await fetch(url, { headers: { Cookie: `sid=${encodeURIComponent(sid)}` } });
    if (!answer.ok) throw new Error(`${method}: ${answer.status}`);
    return (await answer.json()).message;
}

site.use(async (socket, next) => {
    try {
        if (socket.nsp.name.slice(1) !== FRAPPE_SITE) throw new Error("unknown site");
        socket.sid = cookie.parse(socket.request.headers.cookie || "").sid || "";
        const { user, user_type: kind } = await ask(socket.sid, "frappe.realtime.get_user_info");
        socket.user = user;
        socket.kind = kind;
        next();
    } catch (problem) {
        next(new Error(`Not allowed: ${problem.message}`));
    }
});

site.on("connection", (socket) => {
    socket.join(`user:${socket.user}`);
    socket.join("website");
    if (socket.kind === "System User") socket.join("all");

    const may = (method, args) => ask(socket.sid, method, args).then(() => true, () => false);
    const docRoom = (doctype, name) => `doc:${doctype}/${name}`;
    const openRoom = (doctype, name) => `open_doc:${doctype}/${name}`;
    async function tellViewers(doctype, name) {
        const sockets = await socket.nsp.in(openRoom(doctype, name)).fetchSockets();
        const users = [...new Set(sockets.map((other) => other.data.user))];
        socket.nsp.to(openRoom(doctype, name)).emit("doc_viewers", { doctype, docname: name, users });
    }
    socket.data.user = socket.user;
    socket.on("doctype_subscribe", async (doctype) => {
        if (await may("frappe.realtime.can_subscribe_doctype", { doctype })) socket.join(`doctype:${doctype}`);
    });
    socket.on("doctype_unsubscribe", (doctype) => socket.leave(`doctype:${doctype}`));
    socket.on("task_subscribe", (task) => socket.join(`task_progress:${task}`));
    socket.on("task_unsubscribe", (task) => socket.leave(`task_progress:${task}`));
    socket.on("progress_subscribe", (task) => socket.join(`task_progress:${task}`));
    socket.on("doc_subscribe", async (doctype, docname) => {
        if (await may("frappe.realtime.can_subscribe_doc", { doctype, docname })) socket.join(docRoom(doctype, docname));
    });
    socket.on("doc_unsubscribe", (doctype, name) => socket.leave(docRoom(doctype, name)));
    socket.on("doc_open", async (doctype, docname) => {
        if (!(await may("frappe.realtime.can_subscribe_doc", { doctype, docname }))) return;
        socket.join(openRoom(doctype, docname));
        tellViewers(doctype, docname);
    });
    socket.on("doc_close", (doctype, docname) => {
        socket.leave(openRoom(doctype, docname));
        tellViewers(doctype, docname);
    });
});

const events = createClient({ url: REDIS_QUEUE });
events.on("error", (problem) => console.error("redis:", problem.message));
await events.connect();
await events.subscribe("events", (text) => {
    const { event, message, room, namespace } = JSON.parse(text);
    const target = io.of(`/${namespace}`);
    (room ? target.to(room) : target).emit(event, message);
});

server.listen(Number(DOOR_PORT), HOST, () => console.log(`door: http://${HOST}:${DOOR_PORT}`));
for (const sign of ["SIGTERM", "SIGINT"]) process.on(sign, () => process.exit(0));
