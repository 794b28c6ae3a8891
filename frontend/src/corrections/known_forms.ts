// The lists of fields that the server lets this user correct, and their words.

import { computed, ref, watch, type ComputedRef } from "vue";
import { language, t } from "../i18n";
import { dayText } from "../i18n/format";
import { locale } from "../i18n";
import { useStore, type Corrected, type CorrectionField, type CorrectionForm } from "../store/api";
import { choiceText, isNumber, labelOf } from "./fields";

export interface KnownForms {
    has(doctype: Corrected): boolean;
    fields(doctype: Corrected): readonly CorrectionField[];
    label(doctype: Corrected, field: string): string;
    /** A value as people read it. */
    text(doctype: Corrected, field: string, value: unknown): string;
}

export function useForms(): ComputedRef<KnownForms> {
    const store = useStore();
    const forms = ref<CorrectionForm[]>([]);
    watch(store.records.revision, async () => (forms.value = await store.records.all("form").catch(() => [])), { immediate: true });
    return computed(() => {
        const fields = (doctype: Corrected) => forms.value.find((one) => one.name === doctype)?.fields ?? [];
        const find = (doctype: Corrected, name: string) => fields(doctype).find((one) => one.fieldname === name);
        return {
            has: (doctype) => fields(doctype).length > 0,
            fields,
            label: (doctype, name) => {
                const field = find(doctype, name);
                return field ? labelOf(field.label, language.value) : name;
            },
            text: (doctype, name, value) => {
                const field = find(doctype, name);
                const text = choiceText(field, value, language.value);
                // A point that nobody took lies at 0, 0 in the database.
                const isPoint = name === "latitude" || name === "longitude";
                if (!text || (isPoint && !Number(value))) return t("correct.empty");
                if (field?.fieldtype === "Date") return dayText(text);
                const isAmount = field && isNumber(field) && !isPoint;
                return isAmount ? Number(value).toLocaleString(locale()) : text;
            },
        };
    });
}
