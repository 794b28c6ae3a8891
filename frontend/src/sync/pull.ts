// What changed on the server: kept page by page, acknowledged only when all of it is kept.

import { isKind, type KnownRecords } from "../store/known_records";
import type { Kind } from "../store/records";
import type { Vault } from "../store/vault";
import { ServerError, type Transport } from "./transport";

const CURSOR = "cursor";
const MOST_PAGES = 10_000;

export interface Pulled {
    brought: Partial<Record<Kind, number>>;
    gone: number;
    rows: { kind: Kind; id: string }[]; // which, unless everything came
}

const MOST_ROWS = 100;

export async function pull(
    transport: Transport,
    vault: Vault,
    records: KnownRecords,
    device: string,
    templatesInUse: () => ReadonlySet<string>,
    progress: (done: number, total: number) => void,
): Promise<Pulled> {
    const acknowledged = await vault.readState<string>(CURSOR);
    let asked = acknowledged;
    const brought = new Set<string>();
    const counts: Partial<Record<Kind, number>> = {};
    const rows: Pulled["rows"] = [];
    let isFull = acknowledged === null;
    let gone = 0;
    let done = 0;
    let restarts = 0;
    try {
        for (let page = 0; page < MOST_PAGES; page += 1) {
            let answer;
            try {
                answer = await transport.pull(device, asked, page);
            } catch (problem) {
                if (!(problem instanceof ServerError) || problem.status !== 409 || restarts >= 3) throw problem;
                // The server no longer knows this pull: from the beginning, with what was acknowledged last.
                restarts += 1;
                brought.clear();
                rows.length = 0;
                asked = acknowledged;
                page = -1;
                done = 0;
                continue;
            }
            if (page === 0) isFull = answer.full ?? acknowledged === null;
            for (const name of await records.put(answer.upserts)) brought.add(name);
            await records.remove(answer.gone, templatesInUse());
            // Lists of fields are nothing that happened to anybody.
            for (const one of answer.upserts) {
                if (one.kind === "form" || !isKind(one.kind)) continue;
                counts[one.kind] = (counts[one.kind] ?? 0) + 1;
                if (rows.length < MOST_ROWS) rows.push({ kind: one.kind, id: one.id });
            }
            gone += answer.gone.length;
            done += answer.upserts.length;
            progress(done, answer.total);
            asked = answer.cursor;
            if (answer.has_more) continue;
            if (isFull) gone += await records.keepOnly(brought, templatesInUse());
            await vault.writeState(CURSOR, answer.cursor);
            await transport.acknowledge(device, answer.cursor);
            break;
        }
    } finally {
        // What is kept is shown, also when the connection ended before all of it came.
        if (done || gone) records.announce();
    }
    return { brought: counts, gone, rows: isFull ? [] : rows };
}
