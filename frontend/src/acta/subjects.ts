// Whom an acta is about, what its template must know about that, and what closing will write. Pure, so that it is tested in milliseconds.

import type { DraftBody, TemplateWrite } from "../store/api";

export type Subject = Pick<DraftBody, "family" | "beneficiary" | "productive_unit" | "community">;
export type SubjectPart = Partial<Subject & Pick<DraftBody, "programme">>;
/** A record without which closing cannot write what the template says; "any": it writes into none of them. */
export type Need = "unit" | "person" | "family" | "any";

const NEEDED_BY: readonly [Need, readonly string[]][] = [
    ["unit", ["Productive Unit", "Productive Unit Follow-up"]],
    ["person", ["Beneficiary"]],
    ["family", ["Family"]],
];
const FIELD = { unit: "productive_unit", person: "beneficiary", family: "family" } as const;
type Mapping = readonly TemplateWrite[] | null | undefined;

const writesTo = (mapping: Mapping, targets: readonly string[]): boolean => (mapping ?? []).some((write) => targets.includes(write.target));

/** What the acta must name, the narrowest first: a unit brings its person, a person their family. */
export function needOf(mapping: Mapping): Need {
    return NEEDED_BY.find(([, targets]) => writesTo(mapping, targets))?.[0] ?? "any";
}

/** Whether closing records an activity, with the attendance of those who are registered. */
export const isOfActivity = (mapping: Mapping): boolean => writesTo(mapping, ["Community Activity"]);

export function lacksSubject(subject: Subject, need: Need): boolean {
    if (need === "any") return !(subject.family || subject.beneficiary || subject.productive_unit || subject.community);
    return !subject[FIELD[need]];
}

/** The questions of a filled form that have an answer, by name. */
export function answeredIn(instance: string | null): Set<string> {
    const found = new Set<string>();
    if (!instance) return found;
    for (const node of new DOMParser().parseFromString(instance, "text/xml").querySelectorAll("*")) {
        if (!node.children.length && node.textContent?.trim()) found.add(node.localName);
    }
    return found;
}

export interface WrittenTo {
    target: string;
    fields: string[]; // their labels, each once
}

/** What closing writes, record by record; a question without an answer writes nothing. */
export function writtenBy(mapping: Mapping, answered: ReadonlySet<string>, language: string): WrittenTo[] {
    const found = new Map<string, Set<string>>();
    for (const write of mapping ?? []) {
        if (!answered.has(write.question)) continue;
        const fields = found.get(write.target) ?? new Set<string>();
        found.set(write.target, fields.add(write.label?.[language] ?? write.field));
    }
    return [...found].map(([target, fields]) => ({ target, fields: [...fields] }));
}
