import { askSignature } from "../../signing";
import { text } from "../session";
import { FileBacked, make } from "./field";

/** A signature or a drawing, made on a screen of its own so that the page does not scroll under the finger. */
export class SignatureField extends FileBacked {
    static override get selector(): string {
        return 'input[data-file-kind="signature"], input[data-file-kind="drawing"]';
    }

    private get isDrawing(): boolean {
        return this.element.dataset.fileKind === "drawing";
    }

    protected override draw(): void {
        const url = this.url();
        const parts: HTMLElement[] = [];
        if (url) {
            parts.push(make("img", { src: url, alt: text("signatureOf", { what: this.label }), className: "field-signature" }));
        }
        if (!this.locked) {
            const actions = make("div", { className: "field-actions" });
            const [first, again] = this.isDrawing ? (["draw", "drawAgain"] as const) : (["sign", "signAgain"] as const);
            actions.append(this.button(text(this.value ? again : first), "pen", () => void this.ask()));
            if (this.value) actions.append(this.removeButton());
            parts.push(actions);
        }
        this.body.replaceChildren(...parts);
        this.sayMissing();
    }

    private async ask(): Promise<void> {
        const signature = await askSignature({
            title: this.label,
            hint: text("signHere"),
            clear: text("clear"),
            undo: text("undo"),
            done: text("done"),
            cancel: text("cancel"),
        });
        if (signature) this.keep(signature.image, "png");
    }
}
