// A day in the field with a phone that is killed again and again: what the person had been told is kept must be there afterwards.

import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import { Phone, store } from "../browser/field_app.mjs";
import { Chance } from "./chance.mjs";
import { PHOTOS } from "./photos.mjs";

export const STEPS = PHOTOS + 4; // of an acta: begun, each photo, signed, written, put into the outbox
const TRIES = 6;

export class FieldDay {
    crashes = 0;
    logins = 0;
    step = 0;
    /** UUID -> {number, photos: [{id, sha256}], places: [text], known: index of the last place that was told kept, closes} */
    journal = new Map();

    constructor({ post, role, template, family, photos, seed }) {
        Object.assign(this, { post, role, template, family, photos });
        this.phone = new Phone(post);
        this.chance = new Chance(seed, "field");
        this.killAt = new Map();
    }

    async begin() {
        await this.phone.switchOn();
        await this.phone.open();
        await this.phone.enroll(this.role);
        await this.phone.installed();
        await this.phone.open(); // from the service worker, and unlocked as each morning
        await this.phone.unlock();
    }

    async networkOff() {
        await this.post.cut();
        await this.phone.context.setOffline(true);
        this.isOffline = true;
    }

    async networkOn() {
        await this.post.connect();
        await this.phone.context.setOffline(false);
        this.isOffline = false;
    }

    async crash() {
        this.crashes += 1;
        await this.phone.crash();
    }

    /** Switches the phone on again after it was killed and looks whether all is there that was told kept. */
    async revive() {
        for (let tries = 0; ; tries += 1) {
            try {
                await this.phone.switchOn();
                if (this.isOffline) await this.phone.context.setOffline(true);
                await this.phone.open();
                await this.phone.unlock();
                break;
            } catch (problem) {
                // Killed again while it was starting, or its network failed.
                if (tries >= TRIES) throw problem;
                await this.phone.crash();
            }
        }
        const kept = new Map((await this.onDevice()).map((one) => [one.uuid, one]));
        for (const [uuid, { number, photos }] of this.journal) {
            assert.ok(kept.has(uuid), `acta ${number} was kept, and is gone after the browser was killed`);
            assert.ok(kept.get(uuid).files >= photos.length, `photos of acta ${number} are gone after the browser was killed`);
        }
    }

    onDevice() {
        return store(this.phone.page, (app) => app.drafts.list.value.map(({ uuid, state, files, closed, message }) => ({ uuid, state, files, closed, message })));
    }

    /** Does one thing on the phone; at the steps that the seed has chosen the browser is killed meanwhile. Null: killed, nobody knows. */
    async #do(work, argument) {
        this.step += 1;
        const delay = this.killAt.get(this.step);
        if (delay === undefined) return store(this.phone.page, work, argument);
        const told = store(this.phone.page, work, argument).catch(() => null);
        await Promise.race([told, pause(delay)]);
        await this.crash();
        const answer = await told;
        await this.revive();
        return answer;
    }

    /** Writes an acta through the store behind the screens, step by step; after a kill it goes on with what is on the phone. */
    async write(number, closes) {
        const { template, family } = this;
        let uuid = null;
        while (!uuid) {
            const strange = (await this.onDevice()).filter((one) => !this.journal.has(one.uuid));
            assert.ok(strange.length <= 1, "one acta was begun, not two");
            uuid = strange[0]?.uuid ?? (await this.#do(begun, { template, family }));
            if (uuid) this.journal.set(uuid, { number, photos: [], places: [`Casa ${number}`], known: 0, closes });
        }
        for (let tries = 0; tries < 40; tries += 1) {
            if (await this.#goOn(uuid)) return uuid;
        }
        throw new Error(`acta ${number} is not finished`);
    }

    // The next thing that is missing in an acta; true when nothing is.
    async #goOn(uuid) {
        const entry = this.journal.get(uuid);
        const now = await store(this.phone.page, look, uuid);
        const photos = now.media.filter((one) => one.purpose === "photo");
        const taken = this.photos[entry.number];
        assert.deepEqual(photos.map((one) => one.sha256), taken.slice(0, photos.length).map((one) => one.sha256), `photos of acta ${entry.number}`);
        for (const one of entry.photos) assert.ok(photos.some((other) => other.id === one.id), `a photo of acta ${entry.number} is gone`);
        if (now.state !== "draft") return true;
        if (photos.length < PHOTOS) {
            const told = await this.#do(photographed, { uuid, ...taken[photos.length], name: `foto_${photos.length + 1}.jpg` });
            if (told) entry.photos.push(told);
        } else if (!now.media.some((one) => one.purpose === "signature")) {
            await this.#do(signed, uuid);
        } else if (!now.isWritten) {
            await this.#do(written, { uuid, template: this.template, text: `Visita ${entry.number}`, place: entry.places[0], day: now.day });
        } else {
            await this.#do(putIntoOutbox, { uuid, closes: entry.closes });
        }
        return false;
    }

    /** Takes an acta back and changes a word in it, wherever it is on its way; now and then to what it was in the beginning. */
    async change(uuid, goesBack = null) {
        const entry = this.journal.get(uuid);
        const isBack = goesBack ?? (entry.places.length > 1 && this.chance.next() < 0.4);
        entry.places.push(isBack ? entry.places[0] : `Casa ${entry.number}, cambio ${entry.places.length}`);
        const place = entry.places.length - 1;
        await store(this.phone.page, changed, { uuid, place: entry.places[place] });
        entry.known = place;
    }

    /** What a person does who finds drafts after the phone died: send them. */
    async finishDrafts() {
        for (const one of await this.onDevice()) if (one.state === "draft") await store(this.phone.page, putIntoOutbox, { uuid: one.uuid, closes: false });
    }

    /** SHA-256 of what lies on the phone, decrypted and reckoned anew: UUID -> [hash of each photo]. */
    async hashes() {
        const found = new Map();
        for (const uuid of this.journal.keys()) found.set(uuid, await store(this.phone.page, reckoned, uuid));
        return found;
    }

    places() {
        return Promise.all([...this.journal.keys()].map(async (uuid) => [uuid, await store(this.phone.page, async (app, uuid) => (await app.drafts.read(uuid)).body.place, uuid)]));
    }
}

// What follows runs on the page, with the app's store.

async function look(app, uuid) {
    const { header, body, media } = await app.drafts.read(uuid);
    return { state: header.state, isWritten: Boolean(body.instance), day: body.visit_date, media: media.map(({ id, sha256, purpose }) => ({ id, sha256, purpose })) };
}

async function begun(app, { template, family }) {
    const draft = await app.drafts.create({ template, family, visit_date: "2020-02-03" });
    await draft.release();
    return draft.uuid;
}

async function photographed(app, { uuid, base64, name }) {
    const draft = await app.drafts.open(uuid);
    try {
        const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
        const { id, sha256 } = await draft.addMedia(new Blob([bytes], { type: "image/jpeg" }), name, "photo");
        return { id, sha256 };
    } finally {
        await draft.release();
    }
}

async function signed(app, uuid) {
    const draft = await app.drafts.open(uuid);
    try {
        const canvas = new OffscreenCanvas(200, 80);
        canvas.getContext("2d").fillText(`Rosa ${uuid}`, 5, 40);
        await draft.addMedia(await canvas.convertToBlob({ type: "image/png" }), "firma.png", "signature");
    } finally {
        await draft.release();
    }
}

async function written(app, { uuid, template, text, place }) {
    const draft = await app.drafts.open(uuid);
    try {
        const { media } = draft.draft;
        const photos = media.filter((one) => one.purpose === "photo");
        const { model } = await app.templates.load(template);
        const instance = new DOMParser().parseFromString(model, "text/xml").querySelector("instance > *");
        for (const node of instance.querySelectorAll("*")) {
            if (node.localName === "tema") node.textContent = text;
            if (node.localName.startsWith("foto_")) node.textContent = photos[Number(node.localName.slice(5)) - 1].name;
        }
        await draft.save({
            instance: new XMLSerializer().serializeToString(instance),
            place,
            participants: [{
                uuid: crypto.randomUUID(), participant_name: "Rosa Epiayú", participant_role: "Beneficiary", document_number: "CC 1", beneficiary: null,
                signature: media.find((one) => one.purpose === "signature").id, strokes: [[{ x: 1, y: 2, t: 3, p: 0.5 }]],
                signed_device_time: new Date().toISOString(), cannot_sign: false, cannot_sign_reason: null, witness_name: null, witness_document: null,
                witness_signature: null, fingerprint: null,
            }],
            commitments: [{ uuid: crypto.randomUUID(), subject: `Volver: ${text}`, due_date: "2030-01-15", responsible_party: "Family" }],
        });
    } finally {
        await draft.release();
    }
}

async function putIntoOutbox(app, { uuid, closes }) {
    await app.drafts.ready(uuid, closes);
}

async function changed(app, { uuid, place }) {
    await app.drafts.reopen(uuid);
    const draft = await app.drafts.open(uuid);
    await draft.save({ place });
    await draft.release();
    await app.drafts.ready(uuid, false);
}

async function reckoned(app, uuid) {
    const draft = await app.drafts.open(uuid);
    try {
        const found = [];
        for (const one of draft.draft.media.filter((other) => other.purpose === "photo")) {
            const hash = await crypto.subtle.digest("SHA-256", await (await draft.readMedia(one.id)).arrayBuffer());
            found.push([...new Uint8Array(hash)].map((byte) => byte.toString(16).padStart(2, "0")).join(""));
        }
        return found;
    } finally {
        await draft.release();
    }
}
