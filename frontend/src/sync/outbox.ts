// The states of an acta on its way, as a pure function. What was edited after it was sent is never taken for sent.
//
//   draft -> ready -> sending -> sent | conflict | refused
//
// `revision` grows with every kept edit. An answer speaks about the revision that was sent: if the device has a newer one by
// then, the answer only teaches it the server's version, and the newer one stays what it was (a draft, or ready).

import type { DraftState, OutboxProblem } from "../store/drafts";

export interface Shipment {
    state: DraftState;
    revision: number;
    close: boolean;
    base: string | null; // the server's version that this device was told last
    serverName: string | null;
    closed: boolean; // the server sealed it: it never changes again
    confirmed: readonly string[]; // SHA-256 of the files the server has named
    sending: number | null; // the revision that is under way
    everSent: boolean; // whether any push of it began: the server may know it
    message: string | null;
    problem: OutboxProblem | null;
    sentAt: number | null;
}

export interface PushFile {
    uuid: string;
    sha256: string;
}

export interface PushResult {
    uuid: string;
    state: "stored" | "known" | "conflict" | "refused" | "missing_files";
    name: string | null;
    version: string | null;
    status?: string | null;
    files: PushFile[];
    missing: string[];
    message: string | null;
    conflict: string | null;
    retry?: boolean;
    fingerprints?: { uuid: string; name: string }[]; // participants whose capture the server keeps, and under which name
    fingerprints_refused?: string[]; // participants whose capture it did not take
}

export type ShipmentEvent =
    | { kind: "edited" }
    | { kind: "ready"; close: boolean }
    | { kind: "reopened" }
    | { kind: "begun" }
    | { kind: "answered"; revision: number; files: readonly PushFile[]; result: PushResult; at: number }
    | { kind: "failed"; problem: OutboxProblem; message: string | null } // no answer: nobody knows whether it arrived
    | { kind: "stopped" }; // the app ended while it was under way

export const NEW_SHIPMENT: Shipment = {
    state: "draft", revision: 1, close: false, base: null, serverName: null, closed: false, confirmed: [], sending: null, everSent: false,
    message: null, problem: null, sentAt: null,
};

/** Whether it counts as work that the server does not have yet. A conflict is safe there: both versions are kept. */
export const isUnsent = (state: DraftState) => state === "ready" || state === "sending" || state === "refused";
export const isAtRisk = (state: DraftState) => state === "draft" || isUnsent(state);
export const mayEdit = (state: DraftState) => state === "draft";

export function step(now: Shipment, event: ShipmentEvent): Shipment {
    switch (event.kind) {
        case "edited":
            return mayEdit(now.state) ? { ...now, revision: now.revision + 1 } : now;
        case "ready":
            return now.state === "draft" ? { ...now, state: "ready", close: event.close, message: null, problem: null } : now;
        case "reopened":
            // Also while it is under way: the revision of the coming edit tells the two apart.
            return now.state === "draft" || now.closed ? now : { ...now, state: "draft", revision: now.revision + 1, message: null, problem: null };
        case "begun":
            return now.state === "ready" ? { ...now, state: "sending", sending: now.revision, everSent: true } : now;
        case "failed":
            return { ...now, state: now.state === "sending" ? "ready" : now.state, sending: null, problem: event.problem, message: event.message };
        case "stopped":
            return { ...now, state: now.state === "sending" ? "ready" : now.state, sending: null };
        case "answered":
            return answered(now, event.revision, event.files, event.result, event.at);
    }
}

function answered(now: Shipment, revision: number, files: readonly PushFile[], result: PushResult, at: number): Shipment {
    const isLatest = now.revision === revision && now.state === "sending";
    const waiting: Shipment = { ...now, sending: null, state: now.state === "sending" ? "ready" : now.state };
    if (result.state === "missing_files") return { ...waiting, confirmed: now.confirmed.filter((one) => !result.missing.includes(one)) };
    if (result.state === "refused") {
        if (result.retry || !isLatest) return { ...waiting, problem: result.retry ? "server" : now.problem, message: result.retry ? result.message : now.message };
        return { ...waiting, state: "refused", problem: "refused", message: result.message };
    }
    const named = new Set(result.files.map((file) => `${file.uuid}/${file.sha256}`));
    const isWhole = Boolean(result.name) && files.every((file) => named.has(`${file.uuid}/${file.sha256}`));
    // An answer without the name of the record or of one of its files is no confirmation.
    if (!isWhole) return { ...waiting, problem: "server", message: result.message };
    const learned: Shipment = {
        ...waiting,
        // After a conflict the server's version is not built on ours: the base stays until a pull brings another.
        base: result.state === "conflict" ? now.base : (result.version ?? now.base),
        serverName: result.name,
        closed: now.closed || (result.state !== "conflict" && result.status === "Closed"),
        confirmed: [...new Set([...now.confirmed, ...files.map((file) => file.sha256)])],
    };
    if (!isLatest) return learned;
    const isConflict = result.state === "conflict";
    return { ...learned, state: isConflict ? "conflict" : "sent", problem: isConflict ? "conflict" : null, message: result.message, sentAt: at };
}
