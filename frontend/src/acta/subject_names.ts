// The names that people know of what an acta is about.

import { computed, ref, watch, type ComputedRef } from "vue";
import type { RecordsApi } from "../store/api";
import type { Subject } from "./subjects";

export type SubjectNames = Record<"family" | "person" | "unit" | "community", string>;

async function namesOf(records: RecordsApi, of: Subject): Promise<SubjectNames> {
    const [family, person, unit, community] = await Promise.all([
        of.family ? records.get("family", of.family) : null,
        of.beneficiary ? records.get("person", of.beneficiary) : null,
        of.productive_unit ? records.get("unit", of.productive_unit) : null,
        of.community ? records.get("community", of.community) : null,
    ]);
    return {
        family: family?.family_name ?? of.family ?? "",
        person: person?.full_name ?? of.beneficiary ?? "",
        unit: unit?.unit_name ?? of.productive_unit ?? "",
        community: community?.community_name ?? of.community ?? "",
    };
}

export function useSubjectNames(records: RecordsApi, subject: () => Subject | null): ComputedRef<SubjectNames> {
    const names = ref<SubjectNames>({ family: "", person: "", unit: "", community: "" });
    watch(
        () => [subject()?.family, subject()?.beneficiary, subject()?.productive_unit, subject()?.community, records.revision.value],
        async () => {
            const now = subject();
            if (now) names.value = await namesOf(records, now);
        },
        { immediate: true },
    );
    return computed(() => names.value);
}

/** The narrowest of them: of an acta about a unit, the unit's. */
export const narrowest = (names: SubjectNames): string => names.unit || names.person || names.family || names.community;
