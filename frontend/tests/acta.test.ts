import { describe, expect, it } from "vitest";
import { gapsOf, lackOf, stepOf } from "../src/acta/missing";
import { isOfActivity, lacksSubject, needOf, writtenBy } from "../src/acta/subjects";
import { purposeOf } from "../src/acta/working_acta";
import type { Participant } from "../src/store/drafts";

const person = (values: Partial<Participant> = {}): Participant => ({
    uuid: "1", participant_name: "Rosa", participant_role: "Beneficiary", document_number: null, beneficiary: null, signature: "media", strokes: [],
    signed_device_time: "2026-11-22T10:00:00Z", cannot_sign: false, cannot_sign_reason: null, witness_name: null, witness_document: null,
    witness_signature: null, fingerprint: null, ...values,
});

const about = { family: "Epiayú", beneficiary: null, productive_unit: null, community: null };

describe("what an acta lacks before it is closed", () => {
    it("is nothing when it is complete", () => {
        expect(gapsOf({ ...about, visit_date: "2026-11-22", participants: [person()] }, "any", 0, "2026-11-22")).toEqual([]);
    });

    it("is a date that is known and not in the future, answers, and somebody who signs", () => {
        expect(gapsOf({ ...about, visit_date: null, participants: [] }, "any", 2, "2026-11-22")).toEqual([{ kind: "date" }, { kind: "form", count: 2 }, { kind: "nobody" }]);
        expect(gapsOf({ ...about, visit_date: "2026-11-23", participants: [person()] }, "any", 0, "2026-11-22")).toEqual([{ kind: "future" }]);
    });

    it("is the signature of each person, or the reason, a witness and the witness's signature", () => {
        expect(lackOf(person({ signature: null }))).toBe("unsigned");
        const cannot = { cannot_sign: true, signature: null };
        expect(lackOf(person(cannot))).toBe("reason");
        expect(lackOf(person({ ...cannot, cannot_sign_reason: "  " }))).toBe("reason");
        expect(lackOf(person({ ...cannot, cannot_sign_reason: "No ve" }))).toBe("witness");
        expect(lackOf(person({ ...cannot, cannot_sign_reason: "No ve", witness_name: "Nubia" }))).toBe("witnessSignature");
        expect(lackOf(person({ ...cannot, cannot_sign_reason: "No ve", witness_name: "Nubia", witness_signature: "media" }))).toBeNull();
        // Who cannot sign has no signature of their own: an old one does not count.
        expect(lackOf(person({ cannot_sign: true, signature: "media" }))).toBe("reason");
    });

    it("is whom it is about: anybody, or the one whom its template writes to", () => {
        const complete = { visit_date: "2026-11-22", participants: [person()] };
        const nobody = { family: null, beneficiary: null, productive_unit: null, community: null };
        expect(gapsOf({ ...nobody, ...complete }, "any", 0, "2026-11-22")).toEqual([{ kind: "subject", need: "any" }]);
        expect(gapsOf({ ...nobody, community: "Manaure", ...complete }, "any", 0, "2026-11-22")).toEqual([]);
        expect(gapsOf({ ...about, ...complete }, "person", 0, "2026-11-22")).toEqual([{ kind: "subject", need: "person" }]);
        expect(gapsOf({ ...about, beneficiary: "Rosa", ...complete }, "unit", 0, "2026-11-22")).toEqual([{ kind: "subject", need: "unit" }]);
        expect(lacksSubject({ ...about, beneficiary: "Rosa" }, "person")).toBe(false);
        expect(lacksSubject({ ...nobody, community: "Manaure" }, "family")).toBe(true);
    });

    it("leads to the step where it is mended", () => {
        expect(stepOf({ kind: "subject", need: "unit" })).toBe("form");
        expect(stepOf({ kind: "form", count: 1 })).toBe("form");
        expect(stepOf({ kind: "future" })).toBe("form");
        expect(stepOf({ kind: "witness", name: "Rosa" })).toBe("people");
    });
});

describe("what closing an acta writes", () => {
    const write = (question: string, target: string, field: string) => ({ question, target, field, label: { es: `${field} (es)`, en: field } });
    const mapping = [
        write("zona", "Family", "zone"),
        write("telefono", "Beneficiary", "phone"),
        write("celular", "Beneficiary", "phone"),
        write("opera", "Productive Unit Follow-up", "operating"),
    ];

    it("needs the narrowest record that it writes to", () => {
        expect(needOf(mapping)).toBe("unit");
        expect(needOf(mapping.slice(0, 2))).toBe("person");
        expect(needOf(mapping.slice(0, 1))).toBe("family");
        expect(needOf([write("tema", "Community Activity", "subject")])).toBe("any");
        expect(needOf(null)).toBe("any");
        expect(isOfActivity([write("tema", "Community Activity", "subject")])).toBe(true);
        expect(isOfActivity(mapping)).toBe(false);
    });

    it("is told by record, from the questions that have an answer, in the person's language", () => {
        const answered = new Set(["celular", "telefono", "zona"]);
        expect(writtenBy(mapping, answered, "es")).toEqual([
            { target: "Family", fields: ["zone (es)"] },
            { target: "Beneficiary", fields: ["phone (es)"] },
        ]);
        expect(writtenBy(null, answered, "es")).toEqual([]);
    });
});

it("a file is named after what it holds", () => {
    expect(purposeOf(new Blob([], { type: "image/jpeg" }))).toBe("photo");
    expect(purposeOf(new Blob([], { type: "audio/webm" }))).toBe("audio");
    expect(purposeOf(new Blob([], { type: "text/html" }))).toBe("file");
});
