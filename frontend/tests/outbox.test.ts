// The state machine of the outbox against a server that follows the protocol, over a network that loses requests and replies.
import fc from "fast-check";
import { expect, test } from "vitest";
import { isUnsent, NEW_SHIPMENT, step, type PushResult, type Shipment } from "../src/sync/outbox";

interface Model {
    ship: Shipment;
    content: number; // what the device holds; grows with each edit
    flight: { revision: number; content: number; base: string | null; arrived: boolean; result: PushResult | null } | null;
    server: { content: number; revision: number; version: number; seen: Set<number>; conflicts: number[] } | null;
    edits: number;
}

const FILES = [{ uuid: "f", sha256: "aa" }];

function serverTakes(model: Model): PushResult {
    const sent = model.flight!;
    const answer = (state: PushResult["state"]): PushResult => ({
        uuid: "u", state, name: "ACTA-1", version: String(model.server!.version), status: "Draft", files: FILES, missing: [], message: null, conflict: null,
    });
    if (!model.server) {
        model.server = { content: sent.content, revision: sent.revision, version: 1, seen: new Set([sent.content]), conflicts: [] };
        return answer("stored");
    }
    const { server } = model;
    if (server.seen.has(sent.content)) return answer("known");
    server.seen.add(sent.content);
    if (sent.base === String(server.version) || sent.revision > server.revision) {
        Object.assign(server, { content: sent.content, revision: sent.revision, version: server.version + 1 });
        return answer("stored");
    }
    server.conflicts.push(sent.content);
    return answer("conflict");
}

const ACTIONS = ["edit", "ready", "reopen", "begin", "arrive", "reply", "lose", "restart"] as const;
type Action = (typeof ACTIONS)[number];

function act(model: Model, action: Action): void {
    const { ship, flight } = model;
    if (action === "edit" && ship.state === "draft") {
        model.content += 1;
        model.edits += 1;
        model.ship = step(ship, { kind: "edited" });
    } else if (action === "ready") {
        model.ship = step(ship, { kind: "ready", close: false });
    } else if (action === "reopen") {
        model.ship = step(ship, { kind: "reopened" });
    } else if (action === "begin" && ship.state === "ready" && !flight) {
        model.ship = step(ship, { kind: "begun" });
        model.flight = { revision: model.ship.revision, content: model.content, base: model.ship.base, arrived: false, result: null };
    } else if (action === "arrive" && flight && !flight.arrived) {
        flight.arrived = true;
        flight.result = serverTakes(model);
    } else if (action === "reply" && flight?.result) {
        model.ship = step(ship, { kind: "answered", revision: flight.revision, files: FILES, result: flight.result, at: 1 });
        model.flight = null;
    } else if (action === "lose" && flight) {
        model.ship = step(ship, { kind: "failed", problem: "network", message: null });
        model.flight = null;
    } else if (action === "restart") {
        model.ship = step(ship, { kind: "stopped" });
        model.flight = null;
    }
}

function mustHold(model: Model): void {
    const { ship, server, content } = model;
    if (ship.state === "sent") {
        expect(server).not.toBeNull();
        expect(server!.content).toBe(content);
    }
    // Nothing of the device is unsafe without being counted.
    const isSafe = server !== null && (server.content === content || server.conflicts.includes(content));
    if (!isSafe) expect(ship.state === "draft" || isUnsent(ship.state)).toBe(true);
    if (ship.state === "sending") expect(ship.sending).toBe(ship.revision);
}

test("whatever the network loses, nothing written is lost, doubled or called sent too early", () => {
    fc.assert(
        fc.property(fc.array(fc.constantFrom(...ACTIONS), { maxLength: 60, size: "max" }), (actions) => {
            const model: Model = { ship: NEW_SHIPMENT, content: 0, flight: null, server: null, edits: 0 };
            for (const action of actions) {
                act(model, action);
                mustHold(model);
            }
            // With a good network at the end, all of it arrives, without a conflict: nobody else wrote.
            for (const action of ["restart", "ready", "begin", "arrive", "reply"] as const) act(model, action);
            mustHold(model);
            expect(model.server!.content).toBe(model.content);
            expect(model.server!.conflicts).toEqual([]);
            expect(["sent", "draft"]).toContain(model.ship.state);
        }),
        { numRuns: 3000 },
    );
});

const sending = (): Shipment => step(step(NEW_SHIPMENT, { kind: "ready", close: true }), { kind: "begun" });
const stored: PushResult = { uuid: "u", state: "stored", name: "ACTA-1", version: "1", status: "Closed", files: FILES, missing: [], message: null, conflict: null };
const answered = (result: PushResult) => step(sending(), { kind: "answered", revision: 1, files: FILES, result, at: 7 });

test("sent only when the answer names the record and each of its files", () => {
    expect(answered(stored).state).toBe("sent");
    expect(answered({ ...stored, files: [] }).state).toBe("ready");
    expect(answered({ ...stored, files: [{ uuid: "f", sha256: "bb" }] }).state).toBe("ready");
    expect(answered({ ...stored, files: [{ uuid: "other", sha256: "aa" }] }).state).toBe("ready");
    expect(answered({ ...stored, name: null }).state).toBe("ready");
});

test("an edit made while the reply was on its way stays an edit", () => {
    const edited = step(step(sending(), { kind: "reopened" }), { kind: "edited" });
    const after = step(edited, { kind: "answered", revision: 1, files: FILES, result: { ...stored, status: "Draft" }, at: 7 });
    expect([after.state, after.base, after.revision]).toEqual(["draft", "1", 3]);
});

test("refused is for a person to mend, refused for now is not", () => {
    expect(answered({ ...stored, state: "refused", message: "no" })).toMatchObject({ state: "refused", message: "no" });
    expect(answered({ ...stored, state: "refused", retry: true }).state).toBe("ready");
    expect(answered({ ...stored, state: "missing_files", missing: ["aa"] }).state).toBe("ready");
    expect(answered({ ...stored, state: "conflict" }).state).toBe("conflict");
});

test("a sealed acta is not taken back", () => {
    expect(step(answered(stored), { kind: "reopened" }).state).toBe("sent");
});
