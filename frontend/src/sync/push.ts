// Empties the outbox: batches by bytes, answers per record. Whatever is not confirmed stays.

import { FieldError } from "../store/api";
import type { DeviceDrafts } from "../store/device_drafts";
import type { OutboxProblem } from "../store/drafts";
import type { ProposedChanges } from "../store/proposed_changes";
import type { PushResult, ShipmentEvent } from "./outbox";
import { actaParcel, batches, changeParcel, filesOf, type Batch, type Parcel, type Room } from "./parcels";
import { ServerError, type Limits, type Transport } from "./transport";
import { upload } from "./uploads";

export const PROTOCOL = 1;
// After a broken push, files above this go in pieces: what arrived need not be sent again.
const CAREFUL_BYTES = 65_536;

export interface Outgoing {
    transport: Transport;
    device: string;
    drafts: DeviceDrafts;
    changes: ProposedChanges;
    limits: Limits;
    careful: boolean; // the last push broke off
    progress: (done: number, total: number) => void;
}

/** Sends all that is ready. Resolves with whether the server asked to have something repeated later. */
export async function push(out: Outgoing): Promise<boolean> {
    let again = false;
    const tried = new Map<string, number>();
    // Once more than needed: a record whose files were missing, or that was put in meanwhile, goes in the next round.
    for (let round = 0; round < 4; round += 1) {
        const parcels = await ready(out, tried);
        if (!parcels.length) return again;
        const { batch_bytes: bytes, batch_records: records, chunk_bytes: chunk } = out.limits;
        const room: Room = { records, bytes, inlineFile: out.careful ? Math.min(CAREFUL_BYTES, chunk) : chunk };
        let done = 0;
        for (const batch of batches(parcels, room)) {
            again = (await send(out, batch)) || again;
            done += batch.parcels.length;
            out.progress(done, parcels.length);
        }
    }
    return true;
}

/** What is ready, oldest first; each record at most twice in one push. */
async function ready(out: Outgoing, tried: Map<string, number>): Promise<Parcel[]> {
    const parcels: Parcel[] = [];
    const waiting = out.drafts.list.value.filter((one) => one.state === "ready").sort((a, b) => a.createdAt - b.createdAt);
    const take = (one: Parcel) => {
        const count = tried.get(one.uuid) ?? 0;
        if (count < 2) parcels.push(one);
        tried.set(one.uuid, count + 1);
    };
    // Corrections and authorisations first: an acta may build on them.
    for (const row of out.changes.all()) if (row.state === "ready") take(changeParcel(row));
    for (const header of waiting) take(actaParcel(await out.drafts.rows.read(header.uuid)));
    return parcels;
}

async function move(out: Outgoing, one: Parcel, event: ShipmentEvent): Promise<void> {
    if (one.kind === "acta") {
        // The list is renewed at once: what is sent next is read from it.
        await out.drafts.rows.move(one.uuid, event);
        await out.drafts.renew(one.uuid);
        return;
    }
    if (event.kind === "failed") return out.changes.patch(one.uuid, { state: "ready", problem: event.problem, message: event.message });
    if (event.kind !== "answered") return;
    const { state, message, retry } = event.result;
    if (state === "stored" || state === "known") {
        const isWhole = event.files.every((file) => event.result.files.some((other) => other.uuid === file.uuid && other.sha256 === file.sha256));
        if (!isWhole) return out.changes.patch(one.uuid, { state: "ready", message, problem: "server" });
        return out.changes.patch(one.uuid, { state: "sent", message, problem: null, sentAt: event.at });
    }
    if (state === "conflict") return out.changes.patch(one.uuid, { state: "conflict", message, problem: "conflict", conflict: event.result.conflict });
    if (state === "refused" && !retry) return out.changes.patch(one.uuid, { state: "refused", message, problem: "refused" });
    return out.changes.patch(one.uuid, { state: "ready", message, problem: "server" });
}

/** Marks the records of a batch as under way; what was taken back or edited meanwhile stays here. */
async function begin(out: Outgoing, whole: Batch): Promise<Batch> {
    const parcels: Parcel[] = [];
    for (const one of whole.parcels) {
        if (one.kind !== "acta") {
            if (await out.changes.begin(one.uuid)) parcels.push(one);
            continue;
        }
        await move(out, one, { kind: "begun" });
        if ((await out.drafts.rows.head(one.uuid)).shipment.sending === one.revision) parcels.push(one);
    }
    return { ...whole, parcels };
}

async function send(out: Outgoing, whole: Batch): Promise<boolean> {
    const batch = await begin(out, whole);
    if (!batch.parcels.length) return false;
    try {
        await uploadBefore(out, batch);
        const files = new Map<string, Blob>();
        for (const [hash, media] of batch.inline) files.set(hash, new Blob([await out.drafts.rows.blob(media.id)], { type: media.type }));
        const records = batch.parcels.map((one) => one.text).join(",");
        const frame = `{"device":${JSON.stringify(out.device)},"protocol":${PROTOCOL},"records":[${records}]}`;
        const answer = await out.transport.push(frame, files);
        return await take(out, batch, answer.results);
    } catch (problem) {
        return failed(out, batch, problem);
    }
}

async function uploadBefore(out: Outgoing, batch: Batch): Promise<void> {
    if (!batch.before.length) return;
    const owner = new Map<string, string>();
    for (const one of batch.parcels) for (const media of one.unknown) owner.set(media.sha256, one.uuid);
    const sent = new Map<string, number>();
    // All at once: where the signal is weak, each question less is a chance more.
    const files = batch.before.map((media) => ({ sha256: media.sha256, size: media.size, read: () => out.drafts.rows.blob(media.id) }));
    await upload(out.transport, out.device, files, out.limits.chunk_bytes, (bytes, sha256) => {
        const uuid = owner.get(sha256) ?? "";
        sent.set(uuid, (sent.get(uuid) ?? 0) + bytes);
        out.drafts.setProgress(uuid, sent.get(uuid) ?? 0);
    });
}

async function take(out: Outgoing, batch: Batch, results: readonly PushResult[]): Promise<boolean> {
    let again = false;
    for (const one of batch.parcels) {
        const result = results.find((other) => other.uuid === one.uuid);
        if (!result) {
            await move(out, one, { kind: "failed", problem: "server", message: null });
            again = true;
            continue;
        }
        again = again || Boolean(result.retry);
        await move(out, one, { kind: "answered", revision: one.revision, files: filesOf(one), result, at: Date.now() });
        if (one.kind === "acta") await out.drafts.settlePrints(one.uuid, one.revision, result.fingerprints ?? [], result.fingerprints_refused ?? []);
    }
    return again;
}

/** No usable answer. A batch that cannot be understood is taken apart: one bad record holds up no other. */
async function failed(out: Outgoing, batch: Batch, problem: unknown): Promise<boolean> {
    const isVerdict = problem instanceof ServerError ? problem.code === "server" && !problem.isPassing : problem instanceof FieldError && "refused" in problem.detail;
    if (isVerdict && batch.parcels.length > 1) {
        for (const one of batch.parcels) await move(out, one, { kind: "failed", problem: "server", message: null });
        let again = false;
        for (const one of batch.parcels) {
            const alone: Batch = {
                parcels: [one],
                inline: new Map([...batch.inline].filter(([hash]) => one.media.some((media) => media.sha256 === hash))),
                before: batch.before.filter((media) => one.media.some((other) => other.sha256 === media.sha256)),
            };
            again = (await send(out, alone)) || again;
        }
        return again;
    }
    const message = problem instanceof Error ? problem.message : String(problem);
    for (const one of batch.parcels) {
        if (isVerdict) {
            const result: PushResult = { uuid: one.uuid, state: "refused", name: null, version: null, files: [], missing: [], message, conflict: null };
            await move(out, one, { kind: "answered", revision: one.revision, files: filesOf(one), result, at: Date.now() });
        } else {
            await move(out, one, { kind: "failed", problem: problemOf(problem), message: message || null });
        }
    }
    if (isVerdict) return false;
    throw problem;
}

function problemOf(problem: unknown): OutboxProblem {
    if (!(problem instanceof FieldError)) return "server";
    if (problem.code === "login" || problem.code === "offline") return problem.code === "login" ? "login" : "network";
    return "server";
}
