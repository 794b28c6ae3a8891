// Records are never lost and never doubled: actas with three photos each, written with no network while the browser is killed, then
// sent while browser, web server and database are killed and three of ten replies are lost, then sent again by a second client,
// three times and out of order. What is killed when, and which reply is lost, follows from the seed.
//
// ./run test faults is the short form, ./run faults --full the long one.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { api, makeCommunity, makeFamily } from "../browser/lib.mjs";
import { store } from "../browser/field_app.mjs";
import { writeByHand } from "./by_hand.mjs";
import { Chance } from "./chance.mjs";
import { Count } from "./count.mjs";
import { FieldDay, STEPS } from "./field_day.mjs";
import { PHOTOS, takePhotos } from "./photos.mjs";
import { Post } from "./post.mjs";
import { SecondClient } from "./second_client.mjs";
import * as servers from "./servers.mjs";

const plan = JSON.parse(process.env.SOCIAL_CRM_FAULTS);
const ROLE = "Gestor";
const ADMIN = "System Manager";
const CLOSES = 4; // every so many actas are closed when they are sent
const GO_BACK = 6; // so many actas end with the words with which they began
const MINUTE = 60_000;
const PATIENCE = plan.actas > 50 ? 60 * MINUTE : 10 * MINUTE;

const chance = new Chance(plan.seed, "story");
const post = new Post(plan.seed);
const second = new SecondClient(ROLE);
const figures = { kills: { "browser while writing": 0, "browser while sending": 0, web: 0, server: 0, database: 0 }, changes: 0, "replays while sending": 0 };
const began = Date.now();
let day;
let place;
const title = "Visita de fallas";

const done = new Set();

/** A part of the story; what comes after a part that failed would say nothing. */
function part(name, title, needs, body) {
    test(title, { timeout: PATIENCE }, async () => {
        assert.ok(!needs || done.has(needs), "the part before failed");
        await body();
        done.add(name);
    });
}

function said(what) {
    console.log(`${((Date.now() - began) / 1000).toFixed(1).padStart(7)} s  ${what}`);
}

before(async () => {
    said(`seed ${plan.seed}: ${plan.actas} actas with ${PHOTOS} photos, ${plan.screens} of them on the screens; ${JSON.stringify(plan)}`);
    const community = await makeCommunity(ADMIN, "Comunidad de fallas", [ROLE]);
    place = { community, ...(await makeFamily(ADMIN, community, "Epiayú Fallas")) };
    await api(ADMIN, "POST", "/api/resource/Acta Template", {
        template_key: "fallas", title, version: 1, component: "General",
        questions: [
            { field_type: "text", field_name: "tema", label: "Tema", required: 1 },
            ...Array.from({ length: PHOTOS }, (_, at) => ({ field_type: "image", field_name: `foto_${at + 1}`, label: `Foto ${at + 1}` })),
        ],
    });
    await api(ADMIN, "PUT", "/api/resource/Acta Template/fallas-v1", { status: "Published" });
    await post.connect();
    day = new FieldDay({ post, role: ROLE, template: "fallas-v1", family: place.family, photos: [], seed: plan.seed });
    await day.begin();
    day.photos = await takePhotos(day.phone.page, plan.seed, plan.actas);
    said("the app is installed, the photos are taken, the network is off");
});

after(async () => {
    await day?.phone.throwAway();
    await post.cut().catch(() => undefined);
});

const inWriting = Math.floor(plan.browser / 2);

part("written", "what was kept is there after each kill of the browser, with no network", null, async () => {
    await day.networkOff();
    const byHand = plan.screens && inWriting ? 1 : 0;
    const steps = Array.from({ length: (plan.actas - plan.screens) * STEPS }, (_, at) => at + 1);
    for (const step of chance.shuffled(steps).slice(0, inWriting - byHand)) day.killAt.set(step, chance.between(0, 60));
    for (let number = plan.screens; number < plan.actas; number += 1) await day.write(number, number % CLOSES === 0);
    for (let number = 0; number < plan.screens; number += 1) {
        const photos = day.photos[number];
        const uuid = await writeByHand(day, { familyName: "Epiayu Fallas", title, photos, text: `Visita ${number}`, dies: number === 0 && byHand });
        day.journal.set(uuid, { number, photos: [], places: [null], known: 0, closes: true });
        said(`acta ${number} written on the screens`);
        await store(day.phone.page, (app) => app.session.state.value.phase);
        await day.phone.page.goto(`${post.address}/campo`, { waitUntil: "domcontentloaded" });
        await day.phone.open();
        await day.phone.unlock();
    }
    figures.kills["browser while writing"] = day.crashes;
    assert.equal(day.crashes, inWriting);
    const kept = await day.onDevice();
    assert.equal(kept.length, plan.actas);
    assert.deepEqual([...new Set(kept.map((one) => one.state))], ["ready"]);
    day.kept = await day.hashes();
    for (const [uuid, { number }] of day.journal) {
        assert.equal(day.kept.get(uuid).length, PHOTOS, `photos of acta ${number}`);
        if (number >= plan.screens) assert.deepEqual(day.kept.get(uuid), day.photos[number].map((one) => one.sha256));
    }
    said(`${kept.length} actas wait on the phone, killed ${day.crashes} times`);
});

function events() {
    const many = (count, kind) => Array.from({ length: count }, () => kind);
    const web = Array.from({ length: plan.web }, (_, at) => (at % 2 ? "server" : "web"));
    const kinds = [...many(plan.browser - inWriting, "browser"), ...web, ...many(plan.database, "database")];
    return chance.shuffled(kinds).map((kind) => ({ kind, after: chance.between(2, 9), delay: chance.between(0, 250), down: chance.between(0, 1500) }));
}

// The next event comes so many requests after the last one, and a moment later: in the midst of whatever is done then.
class Storm {
    #next;
    #count = 0;
    #under = null;
    problem = null;

    constructor(list) {
        this.list = list;
        this.#next = list.shift();
        post.onCall = () => this.#asked();
    }

    get isOver() {
        return !this.#next && !this.#under;
    }

    settled() {
        return this.#under ?? Promise.resolve();
    }

    #asked() {
        if (!this.#next || this.#under || (this.#count += 1) < this.#next.after) return;
        const event = this.#next;
        this.#under = this.#strike(event).catch((problem) => (this.problem = problem)).finally(() => {
            this.#next = this.list.shift();
            this.#count = 0;
            this.#under = null;
        });
    }

    async #strike({ kind, delay, down }) {
        await pause(delay);
        if (kind === "browser") {
            figures.kills["browser while sending"] += 1;
            return day.crash();
        }
        figures.kills[kind] += 1;
        await servers.kill(kind);
        await pause(down);
        await servers.back(kind);
    }
}

part("sent", "what is on the phone reaches the server though everything is killed and replies are lost", "written", async () => {
    await day.networkOn();
    Object.assign(post, { share: plan.dropped, replies: 0, dropped: 0, unanswered: 0 });
    const storm = new Storm(events());
    const sending = { isOver: false };
    const replays = replayMeanwhile(sending);
    try {
        await sendAll(storm);
        await goBack(storm);
    } finally {
        sending.isOver = true;
        post.onCall = () => undefined;
        await Promise.all([replays, storm.settled()]);
    }
    figures["rounds of sending"] = day.rounds;
    figures["logins that had to be repeated"] = day.logins;
    figures["replies lost"] = `${post.dropped} of ${post.replies}`;
    figures["requests without an answer"] = post.unanswered;
    post.share = 0;
    assert.ok(post.dropped > (post.replies * plan.dropped) / 2, "replies were lost");
    said(`all is safe, says the phone; ${JSON.stringify(figures)}`);
});

// Rounds of sending until the phone says that all is safe and the storm is over.
async function sendAll(storm, mayChange = true) {
    const started = Date.now();
    let told = Date.now();
    for (let round = 1; ; round += 1) {
        if (storm.problem) throw storm.problem;
        assert.ok(Date.now() - started < PATIENCE, "it does not end");
        const status = await sendOnce(round, storm, mayChange);
        if (Date.now() - told > 15_000 && status) {
            told = Date.now();
            said(`${status.unsent} unsent, ${storm.list.length} events to come, ${post.dropped} of ${post.replies} replies lost`);
        }
        if (status?.safe && storm.isOver) return;
    }
}

// The last word of some actas is what was sent first: another word in between, each one delivered.
async function goBack(storm) {
    const some = [...day.journal].filter(([, entry]) => !entry.closes && entry.places[0] !== null).slice(0, GO_BACK);
    for (const goesBack of [false, true]) {
        for (const [uuid] of some) await day.change(uuid, goesBack);
        await sendAll(storm, false);
    }
    for (const [uuid, { places }] of some) assert.equal((await store(day.phone.page, (app, uuid) => app.drafts.read(uuid), uuid)).body.place, places[0]);
}

// One round as the app does it, and now and then a change of an acta, wherever it is. Null: the browser was killed meanwhile.
async function sendOnce(round, storm, mayChange) {
    try {
        if (!day.phone.context) await day.revive();
        await day.finishDrafts();
        const status = await store(day.phone.page, async (app) => {
            await app.sync.now();
            const { safe, loginNeeded } = app.sync.status.value;
            return { safe, loginNeeded, unsent: app.outbox.unsent.value };
        });
        day.rounds = (day.rounds ?? 0) + 1;
        if (status.loginNeeded) {
            await day.phone.logInAgain(ROLE);
            day.logins += 1;
        }
        // Nothing to send while something is to break: the person changes a few words.
        const changes = !mayChange ? 0 : status.safe && !storm.isOver ? 3 : round % 4 === 0 ? 1 : 0;
        for (let count = 0; count < changes; count += 1) await changeOne();
        return changes ? null : status;
    } catch (problem) {
        if (problem instanceof assert.AssertionError) throw problem;
        const isExpected = !day.phone.context || /closed|crash|offline|login|credentials|server|not-found|Execution context/i.test(`${problem.code} ${problem.message}`);
        if (!isExpected) throw problem;
        await pause(50);
        return null;
    }
}

async function changeOne() {
    const open = (await day.onDevice()).filter((one) => !one.closed && one.state !== "draft" && !day.journal.get(one.uuid).closes);
    if (!open.length) return;
    await day.change(open[Math.floor(chance.next() * open.length)].uuid);
    figures.changes += 1;
}

async function replayMeanwhile(sending) {
    const mine = new Chance(plan.seed, "replays");
    while (!sending.isOver) {
        await pause(mine.between(100, 700));
        if (!post.kept.length) continue;
        // While servers are down and come back it fails, as the app does.
        await second.send(mine.pick(post.kept)).then(
            () => (figures["replays while sending"] += 1),
            () => undefined,
        );
    }
}

part("replayed", "everything is sent three times more, out of order, by a second client", "sent", async () => {
    const all = chance.shuffled(Array.from({ length: plan.replays }, () => post.kept).flat());
    const states = {};
    await Promise.all(Array.from({ length: 4 }, async () => {
        for (let one = all.pop(); one; one = all.pop()) {
            for (const { state } of await second.send(one)) states[state] = (states[state] ?? 0) + 1;
        }
    }));
    figures["requests replayed"] = post.kept.length * plan.replays;
    figures["what the server said to the records in them"] = states;
    said(JSON.stringify(states));
    assert.deepEqual(Object.keys(states).filter((state) => state !== "chunk"), ["known"], "nothing of it was new, and nothing was refused");
});

part("counted", "exactly these actas and files are on the server, each SHA-256 equal, nothing twice; the outbox says that all is safe", "replayed", async () => {
    if (!day.phone.context) await day.revive();
    await store(day.phone.page, (app) => app.sync.now());
    await day.phone.page.locator('.safety[data-look="safe"]').waitFor();
    const kept = await day.onDevice();
    assert.deepEqual([...new Set(kept.map((one) => one.state))], ["sent"], JSON.stringify(kept.filter((one) => one.state !== "sent")));
    assert.deepEqual(await day.hashes(), day.kept, "what is on the phone did not change");
    const count = new Count({ user: ROLE, journal: day.journal });
    await count.read();
    figures.actas = count.actas.length;
    figures.files = count.files.length;
    said(`${figures.actas} actas and ${figures.files} files on the server`);
    count.assertExactly(plan.actas, PHOTOS, day.kept);
    count.assertPlaces(new Map(await day.places()));
    await count.assertNothingElse();
    figures["closed and sealed"] = await count.assertSealed(plan.actas > 50 ? 15 * MINUTE : 0);
    figures.seconds = Math.round((Date.now() - began) / 1000);
    console.log(`FAULTS ${JSON.stringify({ seed: plan.seed, ...figures })}`);
});
