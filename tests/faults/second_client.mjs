// A client that is not the app: logged in as the same person, it sends what the app sent once more, as it was.

import { people, url } from "../browser/lib.mjs";

export class SecondClient {
    #cookie = "";
    #token = "";

    constructor(role) {
        this.role = role;
    }

    async logIn() {
        const { user, password } = people[this.role];
        const answer = await fetch(`${url}/api/method/login`, { method: "POST", body: new URLSearchParams({ usr: user, pwd: password }) });
        if (!answer.ok) throw new Error(`${answer.status}`);
        this.#cookie = answer.headers.getSetCookie().map((one) => one.split(";")[0]).join("; ");
        const who = await fetch(`${url}/api/method/social_crm.field_records.services.sync.handshake.who`, { headers: { Cookie: this.#cookie } });
        this.#token = (await who.json()).message.csrf_token;
    }

    /** The states of a push's records, or of a piece "chunk"; an answer that is no success is an error. */
    async send({ path, type, body }) {
        if (!this.#cookie) await this.logIn();
        let answer = await this.#post(path, type, body);
        if ([400, 401, 403].includes(answer.status)) {
            await this.logIn(); // the person's other logins ended this one
            answer = await this.#post(path, type, body);
        }
        const text = await answer.text();
        if (!answer.ok) throw Object.assign(new Error(`${answer.status} ${text.slice(0, 300)}`), { status: answer.status });
        const { message } = JSON.parse(text);
        return message.results ?? [{ state: "chunk" }];
    }

    #post(path, type, body) {
        const headers = { Cookie: this.#cookie, "Content-Type": type, "X-Frappe-CSRF-Token": this.#token, Accept: "application/json" };
        return fetch(url + path, { method: "POST", headers, body });
    }
}
