import Widget from "enketo-core/src/js/widget";
import { askYesNo } from "../../dialogs";
import { fileUrl, keepFile, text } from "../session";

/** A question whose own input is hidden behind what we draw. */
export abstract class Field extends Widget {
    declare protected body: HTMLElement;
    declare protected status: HTMLElement;

    override _init(): void {
        this.element.classList.add("hidden-control");
        this.element.setAttribute("aria-hidden", "true");
        this.element.tabIndex = -1;
        this.body = make("div", { className: "field-body" });
        this.status = make("p", { className: "field-status" });
        this.status.setAttribute("role", "status");
        const widget = make("div", { className: "widget field" });
        widget.append(this.body, this.status);
        this.element.after(widget);
        this.question.setAttribute("role", "group");
        this.question.setAttribute("aria-label", this.label);
        this.element.addEventListener("applyfocus", () => {
            this.body.querySelector<HTMLElement>("button, input, summary")?.focus();
        });
        this.draw();
    }

    /** The question as it is read out. */
    get label(): string {
        const label = this.question.querySelector(".question-label.active");
        return (label?.textContent ?? "").replace(/\s+/g, " ").trim();
    }

    /** The last part of the question's path: photos are named after it. */
    get fieldName(): string {
        const path = this.element.getAttribute("name") ?? "";
        return path.slice(path.lastIndexOf("/") + 1) || "file";
    }

    get locked(): boolean {
        return this.props.readonly || this.element.disabled;
    }

    override get value(): string {
        return this.element.value;
    }

    override set value(value: string) {
        if (this.element.value !== value) this.originalInputValue = value;
    }

    override update(): void {
        this.draw();
    }

    override enable(): void {
        this.draw();
    }

    override disable(): void {
        this.draw();
    }

    /** Say something below the field, read out at once. */
    say(message: string, kind: "info" | "error" = "info"): void {
        this.status.textContent = message;
        this.status.dataset.kind = kind;
    }

    protected abstract draw(): void;

    protected button(label: string, icon: string, press: () => void, look = "button-soft"): HTMLButtonElement {
        const button = make("button", { type: "button", className: `button ${look}` });
        if (icon) button.append(symbol(icon));
        button.append(make("span", { textContent: label }));
        button.addEventListener("click", (event) => {
            event.preventDefault();
            press();
        });
        return button;
    }
}

/** A question answered by a file. */
export abstract class FileBacked extends Field {
    protected keep(blob: Blob, ending: string): void {
        this.value = keepFile(blob, this.fieldName, ending);
        this.say("");
        this.draw();
    }

    protected url(): string | null {
        return this.value ? fileUrl(this.value) : null;
    }

    protected removeButton(): HTMLButtonElement {
        return this.button(
            text("remove"),
            "bin",
            () => {
                void askYesNo(text("removeAsk", { what: this.label }), text("remove"), text("cancel")).then((sure) => {
                    if (!sure) return;
                    this.value = "";
                    this.draw();
                    this.body.querySelector<HTMLElement>("button")?.focus();
                });
            },
            "button-quiet",
        );
    }

    protected sayMissing(): void {
        if (!this.value || this.url()) return;
        // What is only read was sent: its files may have been freed here.
        if (this.locked) this.say(text("fileOnServer"));
        else this.say(text("missingFile", { name: this.value }), "error");
    }

    /** Let the person choose a file; nothing happens when they go back. */
    protected choose(accept: string, capture: string | null, chosen: (file: File) => void): void {
        const input = make("input", { type: "file", accept, className: "ignore hidden-control" });
        if (capture) input.setAttribute("capture", capture);
        input.addEventListener("change", (event) => {
            event.stopPropagation();
            const file = input.files?.[0];
            input.remove();
            if (file) chosen(file);
        });
        input.addEventListener("cancel", () => input.remove());
        input.addEventListener("click", (event) => event.stopPropagation());
        this.body.append(input);
        input.click();
    }
}

export function make<K extends keyof HTMLElementTagNameMap>(
    name: K,
    properties: Partial<HTMLElementTagNameMap[K]> = {},
): HTMLElementTagNameMap[K] {
    return Object.assign(document.createElement(name), properties);
}

const PATHS: Record<string, string> = {
    camera: "M4 8h3l2-3h6l2 3h3v11H4zM12 10a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7z",
    picture: "M4 5h16v14H4zM4 16l5-5 4 4 3-3 4 4M15.5 9.5h.01",
    bin: "M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13M10 11v6M14 11v6",
    pen: "M4 20l1-5L16 4l4 4L9 19zM13.5 6.5l4 4",
    microphone: "M12 3a3 3 0 0 1 3 3v5a3 3 0 0 1-6 0V6a3 3 0 0 1 3-3zM5.5 11a6.5 6.5 0 0 0 13 0M12 17.5V21",
    stop: "M6 6h12v12H6z",
    file: "M6 3h8l4 4v14H6zM14 3v4h4",
    pin: "M12 21s7-6.2 7-11.5A7 7 0 0 0 5 9.5C5 14.800 12 21 12 21zM12 7a2.500 2.500 0 1 0 0 5 2.500 2.500 0 0 0 0-5z",
};

function symbol(name: string): SVGSVGElement {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    svg.setAttribute("viewBox", "0 0 24 24");
    svg.setAttribute("aria-hidden", "true");
    svg.classList.add("icon");
    const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
    path.setAttribute("d", PATHS[name] ?? "");
    svg.append(path);
    return svg;
}
