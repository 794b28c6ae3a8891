import { text } from "../session";
import { FileBacked, make } from "./field";

/** Any other file. */
export class FileField extends FileBacked {
    static override get selector(): string {
        return 'input[data-file-kind="file"]';
    }

    protected override draw(): void {
        const parts: HTMLElement[] = [];
        if (this.value) parts.push(make("p", { className: "field-value", textContent: this.value }));
        if (!this.locked) {
            const actions = make("div", { className: "field-actions" });
            actions.append(
                this.button(text("chooseFile"), "file", () =>
                    this.choose(this.element.getAttribute("accept") ?? "", null, (file) => {
                        const dot = file.name.lastIndexOf(".");
                        const ending = dot > 0 ? file.name.slice(dot + 1).replace(/[^a-zA-Z0-9]/g, "") : "";
                        this.keep(file, ending.slice(0, 8).toLowerCase() || "bin");
                    }),
                ),
            );
            if (this.value) actions.append(this.removeButton());
            parts.push(actions);
        }
        this.body.replaceChildren(...parts);
        this.sayMissing();
    }
}
