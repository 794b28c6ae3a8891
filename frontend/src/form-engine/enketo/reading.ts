import type { MountOptions } from "../engine";

const LOCALE: Record<string, string> = { es: "es-CO", en: "en-GB" };
// What a template writes into its texts: whole numbers of some length, and decimals. Shorter ones may be years.
const NUMBER = /^-?(\d{5,}|\d+\.\d+)$/;

/** What is reckoned may have no end and is cut to cents; of an answer no digit is left out. */
const spelt = (text: string, language: string, maximumFractionDigits = 2): string =>
    NUMBER.test(text) ? Number(text).toLocaleString(LOCALE[language] ?? language, { maximumFractionDigits }) : text;

/** Numbers that the form reckons and says in a text ("Total: $ ${total}") as people of the language write them, now and after each answer. */
export function spellNumbers(root: HTMLElement, language: string): void {
    const own = new WeakMap<HTMLElement, string>(); // what was written here: "462.500" is no decimal
    const reckoned = (output: HTMLElement): boolean => {
        // A row names its answers relative to itself.
        const [name] = /[^/\s]+$/.exec(output.dataset.value?.trim() ?? "") ?? [];
        const source = name && root.querySelector<HTMLInputElement>(`[name$="/${CSS.escape(name)}"]`);
        return Boolean(source && (source.closest(".calculation") || /^(int|decimal)$/.test(source.dataset.typeXml ?? "")));
    };
    const spell = (output: HTMLElement): void => {
        const text = output.textContent ?? "";
        if (text === own.get(output) || !reckoned(output)) return;
        own.set(output, spelt(text, language));
        if (own.get(output) !== text) output.textContent = own.get(output) ?? text;
    };
    root.querySelectorAll<HTMLElement>(".or-output").forEach(spell);
    // Enketo writes its own number again whenever an answer changes it.
    new MutationObserver((changes) => {
        for (const { target } of changes) if (target instanceof HTMLElement && target.matches(".or-output")) spell(target);
    }).observe(root, { childList: true, subtree: true });
}

/** A form that is only read: each answer as text, without the choices that nobody made; pictures, recordings and places stay as they are. */
export function readAsText(root: HTMLElement, { language, text }: Pick<MountOptions, "language" | "text">): void {
    root.classList.add("locked");
    for (const question of root.querySelectorAll<HTMLElement>(".question:not(.note)")) {
        const control = question.querySelector<HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement>("input, textarea, select");
        if (question.matches(".shown-only") && !control?.value) question.classList.add("note");
        if (!control || question.matches(".note") || (question.querySelector("[data-file-kind], [data-type-xml='geopoint']") && control.value)) continue;
        const answer = document.createElement("p");
        answer.className = "answer";
        answer.textContent = answerOf(question, control, language) || text("noAnswer");
        answer.toggleAttribute("data-empty", !answerOf(question, control, language));
        question.classList.add("said");
        question.append(answer);
    }
}

function answerOf(question: HTMLElement, control: HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement, language: string): string {
    if (control.matches("select, [type=radio], [type=checkbox]")) {
        const chosen = [...question.querySelectorAll<HTMLElement>("label:has(input:checked) .option-label.active, option:checked:not([value=''])")];
        return chosen.map((one) => one.textContent?.trim()).filter(Boolean).join(", ");
    }
    // Enketo writes the name of what was chosen from a list that is searched beside its code.
    const value = (question.querySelector<HTMLInputElement>("input.autocomplete") ?? control).value;
    const locale = LOCALE[language] ?? language;
    if (control.type === "date" && value) return new Date(`${value}T12:00`).toLocaleDateString(locale, { dateStyle: "long" });
    return /^(int|decimal)$/.test(control.dataset.typeXml ?? "") ? spelt(value, language, 20) : value;
}
