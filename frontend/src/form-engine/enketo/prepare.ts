import type { MountOptions } from "../engine";

const DRAWINGS = ["draw", "annotate"];

/**
 * Make the form's HTML ready for our widgets before Enketo reads it.
 *
 * File inputs become text inputs that hold the file's name, so that a draft that comes back shows its files; labels
 * around whole widgets become groups, so that a touch on the text does not press the first button.
 *
 * @throws Error the text holds no form
 */
export function prepare(options: Pick<MountOptions, "html" | "readOnly" | "text">): HTMLFormElement {
    const parsed = new DOMParser().parseFromString(options.html, "text/html");
    const form = parsed.querySelector("form.or");
    if (!(form instanceof HTMLFormElement)) throw new Error("no form");
    const own = document.importNode(form, true);
    own.querySelectorAll("script, iframe, object, embed, link, base").forEach((node) => node.remove());
    for (const control of own.querySelectorAll<HTMLInputElement>('input[type="file"]')) {
        control.dataset.fileKind = fileKind(control);
        control.type = "text";
        asGroup(control.closest("label.question"));
    }
    for (const control of own.querySelectorAll('input[data-type-xml="geopoint"]')) asGroup(control.closest("label.question"));
    for (const control of own.querySelectorAll<HTMLInputElement>('input[type="number"]')) {
        control.inputMode = control.dataset.typeXml === "int" ? "numeric" : "decimal";
    }
    for (const heading of own.querySelectorAll("h4")) {
        heading.setAttribute("role", "heading");
        heading.setAttribute("aria-level", "2");
    }
    for (const message of own.querySelectorAll(".or-required-msg[data-i18n]")) message.textContent = options.text("required");
    for (const message of own.querySelectorAll(".or-required-msg, .or-constraint-msg")) message.setAttribute("role", "alert");
    for (const mark of own.querySelectorAll(".required")) mark.setAttribute("aria-hidden", "true");
    for (const control of own.querySelectorAll('input[data-required="true()"], textarea[data-required="true()"]')) {
        if (control.getAttribute("type") !== "checkbox") control.setAttribute("aria-required", "true");
    }
    if (options.readOnly) {
        // Calculations stand outside of any question, and Enketo stumbles over one that is read-only.
        own.querySelectorAll(".question input, .question textarea, .question select").forEach((control) => {
            // What nobody was to answer anyway: a note, unless the form has written something there.
            if (control.hasAttribute("readonly")) control.closest(".question")?.classList.add("shown-only");
            control.setAttribute("readonly", "readonly");
            // Enketo's own mark for a form that is only looked at: what was not answered stays readable too.
            control.classList.add("readonly-forced");
            control.setAttribute("placeholder", "—");
        });
    }
    return own;
}

/** What kind of field answers a question with a file. */
export function fileKind(control: HTMLInputElement): string {
    const classes = control.closest(".question")?.classList;
    const accept = control.getAttribute("accept") ?? "";
    if (accept.startsWith("image")) {
        if (classes?.contains("or-appearance-signature")) return "signature";
        if (DRAWINGS.some((look) => classes?.contains(`or-appearance-${look}`))) return "drawing";
        return "photo";
    }
    return accept.startsWith("audio") ? "audio" : "file";
}

function asGroup(label: Element | null): void {
    if (!label) return;
    const group = document.createElement("div");
    for (const { name, value } of label.attributes) group.setAttribute(name, value);
    group.setAttribute("role", "group");
    group.append(...label.childNodes);
    label.replaceWith(group);
}
