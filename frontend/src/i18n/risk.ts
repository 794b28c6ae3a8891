import { isAtRisk } from "../sync/outbox";
import type { FieldStore } from "../store/api";
import { locale, t, tn } from "./index";

/** What is on this phone alone, in words: actas, corrections, what people decided, or several of these. */
export function riskText(store: Pick<FieldStore, "drafts" | "outbox" | "corrections">): string {
    const actas = store.drafts.list.value.filter((one) => isAtRisk(one.state)).length;
    const corrections = store.outbox.changes.value.filter((one) => isAtRisk(one.state)).length + store.corrections.list.value.length;
    const decisions = store.outbox.decisions.value.filter((one) => isAtRisk(one.state)).length;
    if (!corrections && !decisions) return tn("safe.local", actas);
    if (!actas && !decisions) return tn("safe.corrections", corrections);
    const said = [
        actas ? tn("safe.actas", actas) : "",
        corrections ? tn("safe.someCorrections", corrections) : "",
        decisions ? tn("safe.decisions", decisions) : "",
    ].filter(Boolean);
    return t("safe.only", { what: new Intl.ListFormat(locale()).format(said) });
}
