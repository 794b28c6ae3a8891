// What an acta still needs before it can be closed. Pure, so that it is tested in milliseconds.

import type { DraftBody, Participant } from "../store/api";
import { lacksSubject, type Need, type Subject } from "./subjects";

export type Step = "form" | "people" | "commitments" | "review";
export const STEPS: readonly Step[] = ["form", "people", "commitments", "review"];

export type Gap =
    | { kind: "form"; count: number }
    | { kind: "date" }
    | { kind: "future" }
    | { kind: "subject"; need: Need } // it does not say whom or what it is about
    | { kind: "nobody" }
    | { kind: "amendment" } // it corrects another one and does not say why
    | { kind: "unsigned" | "reason" | "witness" | "witnessSignature"; name: string };

/** What a participant lacks; null when they have signed or given a fingerprint, or somebody signed for them with the reason. */
export function lackOf(person: Participant): "unsigned" | "reason" | "witness" | "witnessSignature" | null {
    if (!person.cannot_sign) return person.signature || person.fingerprint ? null : "unsigned";
    if (!person.cannot_sign_reason?.trim()) return "reason";
    if (!person.witness_name?.trim()) return "witness";
    return person.witness_signature ? null : "witnessSignature";
}

type Judged = Subject & Pick<DraftBody, "visit_date" | "participants"> & Partial<Pick<DraftBody, "amends" | "amendment_reason">>;

/** Everything that stands in the way of closing, in the order of the steps. `today` is an ISO day of the device. */
export function gapsOf(body: Judged, need: Need, missingAnswers: number, today: string): Gap[] {
    const gaps: Gap[] = [];
    if (lacksSubject(body, need)) gaps.push({ kind: "subject", need });
    if (!body.visit_date) gaps.push({ kind: "date" });
    else if (body.visit_date > today) gaps.push({ kind: "future" });
    if (body.amends && !body.amendment_reason?.trim()) gaps.push({ kind: "amendment" });
    if (missingAnswers) gaps.push({ kind: "form", count: missingAnswers });
    if (!body.participants.length) gaps.push({ kind: "nobody" });
    for (const person of body.participants) {
        const lack = lackOf(person);
        if (lack) gaps.push({ kind: lack, name: person.participant_name });
    }
    return gaps;
}

const OF_FORM: readonly Gap["kind"][] = ["subject", "form", "amendment", "date", "future"];

export function stepOf(gap: Gap): Step {
    return OF_FORM.includes(gap.kind) ? "form" : "people";
}
