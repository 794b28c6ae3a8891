import { describe, expect, it } from "vitest";
import { gapsOf, lackOf, stepOf } from "../src/acta/missing";
import { purposeOf } from "../src/acta/working_acta";
import type { Participant } from "../src/store/drafts";

const person = (values: Partial<Participant> = {}): Participant => ({
    uuid: "1", participant_name: "Rosa", participant_role: "Beneficiary", document_number: null, beneficiary: null, signature: "media", strokes: [],
    signed_device_time: "2026-11-22T10:00:00Z", cannot_sign: false, cannot_sign_reason: null, witness_name: null, witness_document: null,
    witness_signature: null, fingerprint: null, ...values,
});

describe("what an acta lacks before it is closed", () => {
    it("is nothing when it is complete", () => {
        expect(gapsOf({ visit_date: "2026-11-22", participants: [person()] }, 0, "2026-11-22")).toEqual([]);
    });

    it("is a date that is known and not in the future, answers, and somebody who signs", () => {
        expect(gapsOf({ visit_date: null, participants: [] }, 2, "2026-11-22")).toEqual([{ kind: "date" }, { kind: "form", count: 2 }, { kind: "nobody" }]);
        expect(gapsOf({ visit_date: "2026-11-23", participants: [person()] }, 0, "2026-11-22")).toEqual([{ kind: "future" }]);
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

    it("leads to the step where it is mended", () => {
        expect(stepOf({ kind: "form", count: 1 })).toBe("form");
        expect(stepOf({ kind: "future" })).toBe("form");
        expect(stepOf({ kind: "witness", name: "Rosa" })).toBe("people");
    });
});

it("a file is named after what it holds", () => {
    expect(purposeOf(new Blob([], { type: "image/jpeg" }))).toBe("photo");
    expect(purposeOf(new Blob([], { type: "audio/webm" }))).toBe("audio");
    expect(purposeOf(new Blob([], { type: "text/html" }))).toBe("file");
});
