// The planned visits about a day, and which of them has its acta on the device already.
import { expect, test } from "vitest";
import { shallowRef } from "vue";
import type { Draft, DraftHeader, Visit } from "../src/store/api";
import { actaOf, daysBetween, routeOf } from "../src/store/route";

const visit = (name: string, visit_date: string, more: Partial<Visit> = {}): Visit => ({ name, family: "F", visit_date, status: "Planned", ...more });

test("what was missed comes first, the oldest before; then the day in its order, then the next days", () => {
    const route = routeOf([
        visit("b", "2026-11-22", { position: 2 }), visit("a", "2026-11-22", { position: 1 }), visit("next", "2026-11-23"),
        visit("late", "2026-11-20"), visit("later", "2026-10-30"), visit("done", "2026-11-20", { status: "Done" }), visit("after", "2026-12-01"),
    ], "2026-11-22");
    const names = (visits: readonly Visit[]) => visits.map((one) => one.name);
    expect([names(route.late), names(route.today), names(route.next)]).toEqual([["later", "late"], ["a", "b"], ["next", "after"]]);
    expect(daysBetween("2026-10-30", "2026-11-22")).toBe(23);
    expect(daysBetween("2027-03-01", "2027-02-28")).toBe(-1);
});

test("a visit has its acta when family, unit and template are its own and it is not sent yet", async () => {
    const of = async (acta: Partial<DraftHeader>, body: object, plan: Partial<Visit> = {}) => {
        const header = { uuid: "u", family: "F", template: "home_visit-v2", visitDate: "2026-11-22", state: "draft", ...acta } as DraftHeader;
        const drafts = { list: shallowRef([header]), read: async () => ({ body: { amends: null, productive_unit: null, ...body } }) as unknown as Draft };
        return (await actaOf(visit("v", "2026-11-20", plan), drafts))?.uuid ?? null;
    };
    expect(await of({}, {})).toBe("u");
    expect(await of({}, {}, { template: "home_visit-v1" })).toBe("u");
    expect(await of({}, {}, { template: "training-v1" })).toBeNull();
    expect(await of({}, {}, { productive_unit: "U" })).toBeNull();
    expect(await of({}, { productive_unit: "U" }, { productive_unit: "U" })).toBe("u");
    expect(await of({ family: "other" }, {})).toBeNull();
    expect(await of({ state: "sent" }, {})).toBeNull();
    expect(await of({ visitDate: "2026-11-12" }, {})).toBeNull();
    expect(await of({}, { amends: "ACTA-1" })).toBeNull();
    // To a community, where no family is visited.
    const meeting = { family: null, community: "C" };
    expect(await of({ family: null }, { community: "C" }, meeting)).toBe("u");
    expect(await of({ family: null }, { community: "other" }, meeting)).toBeNull();
    expect(await of({}, { community: "C" }, meeting)).toBeNull();
    expect(await of({ family: null }, { community: "C" })).toBeNull();
});
