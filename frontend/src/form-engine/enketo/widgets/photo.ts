import { shrinkPhoto } from "../../photos";
import { current, text } from "../session";
import { FileBacked, make } from "./field";

/** A photo from the camera or the gallery, made small before it is kept. */
export class PhotoField extends FileBacked {
    static override get selector(): string {
        return 'input[data-file-kind="photo"]';
    }

    protected override draw(): void {
        const url = this.url();
        const parts: HTMLElement[] = [];
        if (url) parts.push(make("img", { src: url, alt: text("photoOf", { what: this.label }), className: "field-picture" }));
        if (!this.locked) {
            const actions = make("div", { className: "field-actions" });
            actions.append(
                this.button(text(url ? "replacePhoto" : "takePhoto"), "camera", () => this.ask("environment")),
                this.button(text("choosePhoto"), "picture", () => this.ask(null), "button-quiet"),
            );
            if (this.value) actions.append(this.removeButton());
            parts.push(actions);
        }
        this.body.replaceChildren(...parts);
        this.sayMissing();
    }

    private ask(capture: string | null): void {
        this.choose("image/*", capture, (file) => void this.take(file));
    }

    private async take(file: File): Promise<void> {
        this.say(text("photoWorking"));
        try {
            const limit = Number(this.element.dataset.maxPixels) || current().photoMaxPx;
            const photo = await shrinkPhoto(file, limit);
            const ending = photo.type === "image/png" ? "png" : photo.type === "image/webp" ? "webp" : "jpg";
            this.keep(photo, ending);
        } catch {
            this.say(text("photoUnreadable"), "error");
        }
    }
}
