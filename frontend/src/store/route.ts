// The planned visits of a gestor about a day.

import type { DraftHeader, DraftsApi, Visit } from "./api";

export interface Route {
    late: readonly Visit[]; // not made on their day; the oldest first
    today: readonly Visit[]; // in the order of the day
    next: readonly Visit[]; // by day, and in the order of each
}

const inOrder = (one: Visit, other: Visit) =>
    (one.visit_date ?? "").localeCompare(other.visit_date ?? "") ||
    (one.position ?? 0) - (other.position ?? 0) ||
    (one.start_time ?? "").localeCompare(other.start_time ?? "") ||
    one.name.localeCompare(other.name);

export function routeOf(visits: readonly Visit[], day: string): Route {
    const planned = visits.filter((one) => one.visit_date && (one.status ?? "Planned") === "Planned").sort(inOrder);
    return {
        late: planned.filter((one) => one.visit_date! < day),
        today: planned.filter((one) => one.visit_date === day),
        next: planned.filter((one) => one.visit_date! > day),
    };
}

/** Whole days from one ISO day to another. */
export function daysBetween(from: string, to: string): number {
    const noon = (day: string) => Date.parse(`${day}T12:00:00Z`);
    return Math.round((noon(to) - noon(from)) / 86_400_000);
}

const EARLY = 7; // days before the one planned on which an acta is already the visit's; the server reckons the same
const keyOf = (template: string) => template.replace(/-v\d+$/, "");

/** The acta of a planned visit that was written on this device, so that nobody writes a second one before the server has closed the plan. */
export async function actaOf(visit: Visit, drafts: Pick<DraftsApi, "list" | "read">): Promise<DraftHeader | null> {
    const day = visit.visit_date ?? "";
    for (const acta of drafts.list.value) {
        if ((acta.family ?? null) !== (visit.family ?? null) || !acta.visitDate || daysBetween(acta.visitDate, day) > EARLY) continue;
        // Of one that is sent the server has said by now whether it was this visit.
        if (acta.state === "sent" || acta.state === "conflict") continue;
        if (visit.template && keyOf(visit.template) !== keyOf(acta.template)) continue;
        const { body } = await drafts.read(acta.uuid);
        // Of a community alone, where no family is visited.
        if (!visit.family && (!visit.community || body.community !== visit.community)) continue;
        if (!body.amends && (body.productive_unit ?? null) === (visit.productive_unit ?? null)) return acta;
    }
    return null;
}
