import { Form } from "enketo-core/src/js/form";
import "./enketo.css";
import { FormEngineError, type FormEngine, type FormProblem, type MountedForm, type MountOptions } from "../engine";
import { prepare } from "./prepare";
import { readAsText, spellNumbers } from "./reading";
import { closeSession, current, openSession } from "./session";

const TYPED = 'input:not([type="radio"]):not([type="checkbox"]):not(.ignore), textarea:not(.ignore)';
const LONGEST_MS = 2_000;
const INVALID = ".invalid-required, .invalid-constraint, .invalid-value";

let mounted: EnketoForm | null = null;

class EnketoForm implements MountedForm {
    private readonly listeners = new Set<() => void>();
    private readonly typing = new Set<HTMLInputElement | HTMLTextAreaElement>();
    private timer: ReturnType<typeof setTimeout> | undefined;
    private typingSince = 0;
    private gone = false;

    constructor(
        private readonly host: HTMLElement,
        private readonly form: Form,
        private readonly options: MountOptions,
    ) {
        const root = form.view.html;
        const changed = (): void => this.tell();
        root.addEventListener("dataupdate", changed);
        root.addEventListener("addrepeat", () => {
            nameRows(root, options);
            changed();
        });
        root.addEventListener("removerepeat", () => {
            nameRows(root, options);
            changed();
        });
        root.addEventListener("input", (event) => this.hear(event.target));
        root.addEventListener("focusout", (event) => this.settle(event.target));
    }

    instance(): string {
        this.takeTyped();
        return this.form.getDataStr();
    }

    media(): Map<string, Blob> {
        const { media } = current();
        const names = new Set<string>();
        for (const node of this.form.model.xml.querySelectorAll("instance *")) {
            if (!node.firstElementChild && node.textContent) names.add(node.textContent);
        }
        return new Map([...media].filter(([name]) => names.has(name)));
    }

    async validate(): Promise<FormProblem[]> {
        this.takeTyped();
        const valid = await this.form.validate();
        const questions = [...this.form.view.html.querySelectorAll<HTMLElement>(INVALID)].filter(
            (question) => !question.closest(".disabled"),
        );
        if (!valid && !questions.length) throw new FormEngineError(["validation failed"]);
        return questions.map((question) => ({
            label: labelOf(question),
            message: messageOf(question, this.options),
            show: () => {
                this.form.goToTarget(question);
                question.scrollIntoView({ block: "center" });
            },
            remains: () => question.isConnected && question.matches(INVALID) && !question.closest(".disabled"),
        }));
    }

    onChange(listener: () => void): () => void {
        this.listeners.add(listener);
        return () => this.listeners.delete(listener);
    }

    destroy(): void {
        if (this.gone) return;
        this.gone = true;
        clearTimeout(this.timer);
        this.listeners.clear();
        this.form.resetView();
        this.host.replaceChildren();
        closeSession();
        if (mounted === this) mounted = null;
    }

    private tell(): void {
        if (!this.gone) for (const listener of this.listeners) listener();
    }

    /** Text is taken while it is written, not when the field is left: a phone may die in between. */
    private hear(target: EventTarget | null): void {
        if (!isTyped(target) || this.mayCountRows(target)) return;
        if (!this.typing.size) this.typingSince = Date.now();
        this.typing.add(target);
        clearTimeout(this.timer);
        // Whoever writes on and on is not kept waiting for a pause.
        this.timer = setTimeout(() => this.takeTyped(), Math.max(0, Math.min(400, this.typingSince + LONGEST_MS - Date.now())));
    }

    /** On the way from 5 to 12 stands a 1, which would remove four rows with what is in them: such a number is taken when it is left. */
    private mayCountRows(target: HTMLInputElement | HTMLTextAreaElement): boolean {
        return target.getAttribute("type") === "number" && !!this.form.view.html.querySelector("[data-repeat-count]");
    }

    private takeTyped(): void {
        clearTimeout(this.timer);
        for (const control of this.typing) this.write(control);
        this.typing.clear();
    }

    private write(control: HTMLInputElement | HTMLTextAreaElement): void {
        const { input, model } = this.form;
        if (!control.isConnected || (control.validity?.badInput && !control.value)) return;
        model.node(input.getName(control), input.getIndex(control)).setVal(input.getVal(control), input.getXmlType(control));
    }

    /** What was taken while it was written is judged when the field is left. */
    private settle(target: EventTarget | null): void {
        if (!isTyped(target)) return;
        if (this.typing.delete(target)) this.write(target);
        if (target.value) void this.form.validateInput(target).catch(() => undefined);
    }
}

export const enketoEngine: FormEngine = {
    async mount(element, options) {
        mounted?.destroy();
        openSession(options.media, options.photoMaxPx, options.text);
        try {
            const html = prepare(options);
            stayOnThePage(html);
            element.replaceChildren(html);
            const form = new Form(
                html,
                { modelStr: options.model, instanceStr: options.instance ?? null, submitted: false, external: [] },
                { language: options.language, printRelevantOnly: false },
            );
            const goTo = form.goToTarget;
            form.goToTarget = () => false;
            const errors = form.init();
            form.goToTarget = goTo;
            if (errors.length) throw new FormEngineError(errors);
            nameRows(html, options);
            spellNumbers(html, options.language);
            if (options.readOnly) readAsText(html, options);
            mounted = new EnketoForm(element, form, options);
            return mounted;
        } catch (error) {
            element.replaceChildren();
            closeSession();
            throw error instanceof FormEngineError ? error : new FormEngineError([String(error)]);
        }
    },
};

/** Enter in a field must not send the form away: Enketo says so by an attribute, which the page's security policy refuses. */
function stayOnThePage(html: HTMLElement): void {
    html.addEventListener("submit", (event) => event.preventDefault());
    const set = html.setAttribute.bind(html);
    html.setAttribute = (name, value) => {
        if (name !== "onsubmit") set(name, value);
    };
}

function isTyped(target: EventTarget | null): target is HTMLInputElement | HTMLTextAreaElement {
    return target instanceof Element && target.matches(TYPED) && target.hasAttribute("name");
}

/** Buttons of repeated rows that a screen reader can say, and a heading for each row. */
function nameRows(root: HTMLElement, { text }: MountOptions): void {
    for (const info of root.querySelectorAll<HTMLElement>(".or-repeat-info")) {
        const group = info.parentElement;
        const what = group?.querySelector(":scope > h4 .question-label.active")?.textContent?.trim() ?? "";
        const add = info.querySelector(".add-repeat-btn");
        if (add) add.textContent = what ? text("addRow", { what }) : text("addRow", { what: "" }).replace(/[\s:]+$/, "");
        const rows = group ? [...group.querySelectorAll<HTMLElement>(":scope > .or-repeat")] : [];
        rows.forEach((row, index) => {
            const name = text("rowNumber", { what, number: index + 1 }).trim();
            const number = row.querySelector(":scope > .repeat-number");
            if (number) number.textContent = name;
            const remove = row.querySelector(":scope > .repeat-buttons .remove");
            if (remove) {
                remove.textContent = text("removeRow");
                remove.setAttribute("aria-label", `${text("removeRow")}: ${name}`);
            }
        });
    }
}

function labelOf(question: HTMLElement): string {
    return (question.querySelector(".question-label.active")?.textContent ?? "").replace(/\s+/g, " ").trim();
}

function messageOf(question: HTMLElement, { text }: MountOptions): string {
    const own = (kind: string): string => {
        const said = question.querySelector(`.or-${kind}-msg.active`)?.textContent?.trim() ?? "";
        return said === "-" ? "" : said;
    };
    if (question.classList.contains("invalid-required")) return own("required") || text("required");
    if (question.classList.contains("invalid-value")) return text("notANumber");
    return own("constraint") || text("notPossible");
}
