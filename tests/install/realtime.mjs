// Listens as a logged-in browser does and waits for the news of a changed list.
//
//   node realtime.mjs URL SITE NODE_MODULES USER PASSWORD      prints HEARD and the DocType

import { createRequire } from "node:module";
import path from "node:path";

const [url, site, modules, usr, pwd] = process.argv.slice(2);
const { io } = createRequire(path.join(modules, "_"))("socket.io-client");

const login = await fetch(`${url}/api/method/login`, { method: "POST", body: new URLSearchParams({ usr, pwd }) });
const cookies = login.headers.getSetCookie().map((line) => line.split(";")[0]);
const sid = cookies.find((pair) => pair.startsWith("sid="));
const headers = { Cookie: cookies.join("; "), Accept: "application/json", "Content-Type": "application/json" };

const home = await (await fetch(`${url}/app`, { headers })).text();
const token = home.match(/csrf_token\s*=\s*"([^"]+)"/)?.[1];

const stranger = io(`${url}/${site}-other`, { extraHeaders: { Cookie: sid }, reconnection: false });
const refused = new Promise((resolve) => stranger.on("connect_error", resolve));

const socket = io(`${url}/${site}`, { extraHeaders: { Cookie: sid } });
socket.on("connect_error", (problem) => {
    console.error(problem.message);
    process.exit(1);
});
socket.on("list_update", async ({ doctype }) => {
    await refused;
    console.log(`HEARD ${doctype}`);
    process.exit(0);
});
socket.on("connect", async () => {
    socket.emit("doctype_subscribe", "ToDo");
    await new Promise((resolve) => setTimeout(resolve, 1000));
    const answer = await fetch(`${url}/api/resource/ToDo`, {
        method: "POST",
        headers: { ...headers, "X-Frappe-CSRF-Token": token ?? "" },
        body: JSON.stringify({ description: "Realtime" }),
    });
    if (!answer.ok) {
        console.error(answer.status, await answer.text());
        process.exit(1);
    }
});
setTimeout(() => process.exit(2), 30_000).unref();
