// What is on the server at the end, counted from outside.

import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { api, people, url } from "../browser/lib.mjs";
import { sha256 } from "./photos.mjs";
import { call } from "./servers.mjs";

const ADMIN = "System Manager";
const RESUME = "social_crm.field_records.services.sealed_pdf.making.resume";
const SYNC_CONTENT = /^campo-[0-9a-f]{64}\./;

const list = (doctype, filters, fields) =>
    api(ADMIN, "GET", `/api/resource/${doctype}?limit_page_length=0&filters=${encodeURIComponent(JSON.stringify(filters))}&fields=${encodeURIComponent(JSON.stringify(fields))}`);

export class Count {
    constructor({ user, journal }) {
        this.user = people[user].user;
        this.journal = journal;
    }

    async read() {
        // All actas of the site: whatever the storm may have made counts, also under another UUID.
        this.actas = await list("Acta", [], ["name", "client_uuid", "status", "place", "owner", "seal_chain", "pdf_status"]);
        const files = await list("File", [["attached_to_doctype", "=", "Acta"]], ["name", "file_url", "attached_to_name", "file_name", "file_size"]);
        this.files = files.filter((one) => !one.file_name.endsWith(".pdf"));
        this.hashes = new Map();
        for (const address of new Set(this.files.map((one) => one.file_url))) this.hashes.set(address, sha256(await download(address)));
    }

    assertExactly(actas, photos, onPhone) {
        assert.equal(this.actas.length, actas);
        assert.equal(this.files.length, actas * photos);
        assert.deepEqual(this.actas.map((one) => one.client_uuid).sort(), [...onPhone.keys()].sort());
        for (const { name, client_uuid: uuid, owner } of this.actas) {
            assert.equal(owner, this.user);
            const found = this.files.filter((one) => one.attached_to_name === name).map((one) => this.hashes.get(one.file_url));
            assert.deepEqual(found.sort(), [...onPhone.get(uuid)].sort(), `the files of ${name}`);
        }
    }

    /** The last word that the person was told is kept is on the server. */
    assertPlaces(onPhone) {
        for (const { name, client_uuid: uuid, place } of this.actas) {
            const { places, known } = this.journal.get(uuid);
            assert.equal(place || null, onPhone.get(uuid) || null, `the place of ${name}`);
            if (places[0] !== null) assert.ok(places.lastIndexOf(place) >= known, `a change of ${name} is lost: ${place}, told was ${places[known]}`);
        }
    }

    async assertNothingElse() {
        const count = this.actas.length;
        const commitments = await list("Commitment", [["reference_doctype", "=", "Acta"]], ["name", "reference_name"]);
        const byHand = [...this.journal.values()].filter((one) => one.places[0] === null).length;
        assert.equal(commitments.length, count - byHand, "a commitment of each acta, once");
        assert.equal(new Set(commitments.map((one) => one.reference_name)).size, commitments.length);
        assert.equal((await list("Field Submission", [], ["name"])).length, count, "one receipt for each acta");
        assert.deepEqual(await list("Sync Conflict", [], ["name"]), [], "nobody else wrote, so there is no conflict");
        for (const { name } of this.actas) assert.equal((await api(ADMIN, "GET", `/api/resource/Acta/${name}`)).participants.length, 1, `participants of ${name}`);
        const folder = path.join(process.env.FRAPPE_TEST_SITES, process.env.FRAPPE_SITE, "private", "files");
        const onDisk = fs.readdirSync(folder).filter((name) => SYNC_CONTENT.test(name));
        assert.equal(onDisk.length, new Set(this.hashes.values()).size, "each content lies on the disk once, and none is left over");
    }

    /** What was to be closed is closed, its seal holds, the chain is whole; with `patience` its PDF is made too, in so many milliseconds. */
    async assertSealed(patience) {
        const closed = this.actas.filter((one) => one.status === "Closed");
        assert.deepEqual(closed.map((one) => one.client_uuid).sort(), [...this.journal].filter(([, one]) => one.closes).map(([uuid]) => uuid).sort());
        for (const { name } of closed) {
            const found = await api(ADMIN, "POST", "/api/method/social_crm.field_records.services.seals.verify", { acta: name });
            assert.equal(found.valid, true, `the seal of ${name}`);
        }
        const rows = await list("Acta", [["status", "=", "Closed"]], ["seal_chain", "seal_number", "previous_hash", "content_hash"]);
        rows.sort((a, b) => a.seal_number - b.seal_number);
        assert.equal(new Set(rows.map((one) => one.seal_chain)).size, 1);
        assert.deepEqual(rows.map((one) => one.seal_number), rows.map((_, at) => at + 1), "the chain has no gap");
        assert.deepEqual(rows.slice(1).map((one) => one.previous_hash), rows.slice(0, -1).map((one) => one.content_hash));
        const end = Date.now() + patience;
        for (let waits = 0; patience; waits += 1) {
            const open = await list("Acta", [["status", "=", "Closed"], ["pdf_status", "!=", "Ready"]], ["name", "pdf_status"]);
            if (!open.length) break;
            assert.ok(Date.now() < end, `sealed PDFs are missing: ${JSON.stringify(open)}`);
            // The scheduler asks every three minutes; none runs here.
            if (waits % 20 === 19) await call(RESUME);
            await pause(3000);
        }
        return closed.length;
    }
}

async function download(address) {
    const { key, secret } = people[ADMIN];
    const answer = await fetch(url + address, { headers: { Authorization: `token ${key}:${secret}` } });
    assert.equal(answer.status, 200, address);
    return Buffer.from(await answer.arrayBuffer());
}
