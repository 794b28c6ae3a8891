import { isAtRisk } from "../sync/outbox";
import type { FieldStore } from "../store/api";
import { t, tn } from "./index";

/** What is on this phone alone, in words: actas, corrections, or both. */
export function riskText(store: Pick<FieldStore, "drafts" | "outbox">): string {
    const actas = store.drafts.list.value.filter((one) => isAtRisk(one.state)).length;
    const corrections = store.outbox.changes.value.filter((one) => isAtRisk(one.state)).length;
    if (!corrections) return tn("safe.local", actas);
    if (!actas) return tn("safe.corrections", corrections);
    return t("safe.both", { actas: tn("safe.actas", actas), corrections: tn("safe.someCorrections", corrections) });
}
