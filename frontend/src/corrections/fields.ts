// What a correction is about, and how a value of it is written and read. Pure, so that it is tested in milliseconds.

import type { Language } from "../i18n";
import { isSame } from "../store/proposed_changes";
import type { Corrected, CorrectionDraft, CorrectionField, ProposedChange } from "../store/api";

export type Values = Record<string, unknown>;
export type CorrectedKind = "family" | "person" | "unit";

export const DOCTYPES: Record<CorrectedKind, Corrected> = { family: "Family", person: "Beneficiary", unit: "Productive Unit" };
export const kindOf = (doctype: Corrected): CorrectedKind =>
    doctype === "Family" ? "family" : doctype === "Beneficiary" ? "person" : "unit";

const NUMBERS = new Set(["Int", "Float", "Currency"]);
export const isNumber = (field: CorrectionField) => NUMBERS.has(field.fieldtype);
export const labelOf = (text: Record<string, string>, language: Language) => text[language] ?? text.es ?? "";

/** What a field says to a reader, before dates and numbers are written as people read them. */
export function choiceText(field: CorrectionField | undefined, value: unknown, language: Language): string {
    const text = String(value ?? "").trim();
    const option = field?.options.find((one) => one.value === text);
    return option ? labelOf(option.label, language) : text;
}

/** A record as its user sees it: own corrections that the server has not taken yet lie over what it sent. */
export function withOwn(record: Values, changes: readonly ProposedChange[]): Values {
    const waiting = changes.filter((one) => one.state === "ready" || one.state === "sending" || one.state === "refused");
    return waiting.reduce<Values>((seen, one) => ({ ...seen, ...one.values }), { ...record });
}

/** A number as it is typed, with a comma or a point; null when it is none. */
export function readNumber(text: string, isWhole: boolean): number | null {
    const plain = text.trim().replace(/\s/g, "").replace(",", ".");
    if (!/^-?\d+(\.\d+)?$/.test(plain)) return null;
    const number = Number(plain);
    return Number.isFinite(number) && (!isWhole || Number.isInteger(number)) ? number : null;
}

export type FieldTrouble = "required" | "number" | "range";
const BOUNDS: Record<string, number> = { latitude: 90, longitude: 180 };

/** A value as it stands in its box. */
export function textOf(field: CorrectionField, value: unknown): string {
    // No number, and a point that nobody took, are 0 in the database.
    if (isNumber(field) && !Number(value)) return "";
    const text = String(value ?? "");
    return field.fieldtype === "Date" ? text.slice(0, 10) : text;
}

/** What was typed over the values that a person saw, by field, and those values. */
export function begun(fields: readonly CorrectionField[], seen: Values, typed: Readonly<Record<string, string>>): Pick<CorrectionDraft, "base" | "typed"> {
    const touched = fields.filter((one) => (typed[one.fieldname] ?? "").trim() !== textOf(one, seen[one.fieldname]).trim());
    return {
        base: Object.fromEntries(touched.map((one) => [one.fieldname, seen[one.fieldname] ?? null])),
        typed: Object.fromEntries(touched.map((one) => [one.fieldname, typed[one.fieldname] ?? ""])),
    };
}

export interface TakenUp {
    seen: Values;
    typed: Record<string, string>;
    count: number; // of the fields in which the draft says something else than the record does now
    meanwhile: { field: CorrectionField; now: unknown }[]; // those of them that somebody else changed
}

/** A record as it is now, with what was begun of a correction in its boxes. */
export function takenUp(fields: readonly CorrectionField[], now: Values, draft: Pick<CorrectionDraft, "base" | "typed"> | null): TakenUp {
    const standing = Object.fromEntries(fields.map((one) => [one.fieldname, textOf(one, now[one.fieldname])]));
    const kept = fields.filter(({ fieldname }) => draft && fieldname in draft.typed && draft.typed[fieldname] !== standing[fieldname]);
    const of = <T>(values: Readonly<Record<string, T>> = {}) => Object.fromEntries(kept.map(({ fieldname }) => [fieldname, values[fieldname]]));
    // What the person saw when they wrote is what they change: if it is another by now, the server keeps both.
    const seen: Values = { ...now, ...of(draft?.base) };
    const meanwhile = kept.filter(({ fieldname }) => !isSame(now[fieldname], seen[fieldname])).map((field) => ({ field, now: now[field.fieldname] }));
    return { seen, typed: { ...standing, ...(of(draft?.typed) as Record<string, string>) }, count: kept.length, meanwhile };
}

/** What is wrong with a text that was typed for a field; null when nothing is. */
export function troubleOf(field: CorrectionField, text: string): FieldTrouble | null {
    if (!text.trim()) return field.required ? "required" : null;
    if (!isNumber(field)) return null;
    const number = readNumber(text, field.fieldtype === "Int");
    if (number === null) return "number";
    const bound = BOUNDS[field.fieldname];
    return bound !== undefined && Math.abs(number) > bound ? "range" : null;
}

/** What travels for a text that was typed: numbers as numbers, nothing as null. */
export function valueOf(field: CorrectionField, text: string): unknown {
    const plain = text.trim();
    if (field.fieldtype === "Check") return plain === "1" ? 1 : 0;
    if (!plain) return null;
    return isNumber(field) ? readNumber(plain, field.fieldtype === "Int") : plain;
}

/** Which fields were changed: what the person saw, and what they wrote. */
export function changed(fields: readonly CorrectionField[], seen: Values, typed: Record<string, string>): { base: Values; values: Values } {
    const base: Values = {};
    const values: Values = {};
    for (const field of fields) {
        const value = valueOf(field, typed[field.fieldname] ?? "");
        const before = seen[field.fieldname] ?? null;
        const nothing = isNumber(field) && !Number(before) && value === null;
        if (isSame(value, before) || nothing) continue;
        base[field.fieldname] = before;
        values[field.fieldname] = value;
    }
    return { base, values };
}
