// The app's texts. Spanish is the source; every key stands in every language (a test looks).

import { ref, type Ref } from "vue";
import en from "./en.json";
import es from "./es.json";

export const LANGUAGES = ["es", "en"] as const;
export type Language = (typeof LANGUAGES)[number];
export type TextKey = keyof typeof es;
/** Keys that have a form for one and a form for several. */
export type CountKey = { [K in TextKey]: K extends `${infer Stem}.one` ? Stem : never }[TextKey];
export type Values = Record<string, string | number>;

const TEXTS: Record<Language, Record<string, string>> = { es, en };
const CHOSEN = "campo-language";

export const language: Ref<Language> = ref(chosenLanguage() ?? "es");

export function isLanguage(value: unknown): value is Language {
    return LANGUAGES.includes(value as Language);
}

/** The language chosen on this device; null while nobody chose one. */
export function chosenLanguage(): Language | null {
    try {
        const value = localStorage.getItem(CHOSEN);
        return isLanguage(value) ? value : null;
    } catch {
        return null;
    }
}

export function chooseLanguage(value: Language): void {
    try {
        localStorage.setItem(CHOSEN, value);
    } catch {
        // A browser that keeps nothing still shows the language until it is closed.
    }
    showLanguage(value);
}

/** Show a language without keeping the choice: the one that the server knows of the user. */
export function showLanguage(value: Language): void {
    language.value = value;
    if (typeof document !== "undefined") document.documentElement.lang = value;
}

export function t(key: TextKey, values: Values = {}): string {
    return fill(TEXTS[language.value][key] ?? key, values);
}

/** A text with a count: "{count}" is written with the separators of the language. */
export function tn(key: CountKey, count: number, values: Values = {}): string {
    const text = TEXTS[language.value][`${key}.${count === 1 ? "one" : "other"}`] ?? key;
    return fill(text, { count: count.toLocaleString(locale()), ...values });
}

/** The translation of a word that comes from the server; the word itself when it is not known. */
export function word(group: "status" | "kin" | "component" | "people.role", value: string | null | undefined): string {
    if (!value) return "";
    return TEXTS[language.value][`${group}.${value}`] ?? value;
}

export function locale(): string {
    return language.value === "es" ? "es-CO" : "en-GB";
}

function fill(text: string, values: Values): string {
    return text.replace(/\{(\w+)\}/g, (whole, name: string) => (name in values ? String(values[name]) : whole));
}
