import { placeLabel, placeText, readPlace, searchPlace, type Place } from "../../places";
import { atClosing, text } from "../session";
import { Field, make } from "./field";

/** Where something is: from the device, with how sure it is, or written by hand. No map: tiles need a network. */
export class PlaceField extends Field {
    declare private stop: (() => void) | null;
    declare private line: HTMLElement | null;

    static override get selector(): string {
        return 'input[data-type-xml="geopoint"]';
    }

    protected override draw(): void {
        if (this.stop) return;
        const place = readPlace(this.value);
        const parts: HTMLElement[] = [];
        this.line = place ? this.shown(place) : null;
        if (this.line) parts.push(this.line);
        if (!this.locked) {
            const actions = make("div", { className: "field-actions" });
            actions.append(this.button(text(place ? "takePlaceAgain" : "takePlace"), "pin", () => this.search()));
            parts.push(actions, this.byHand(place));
        }
        this.body.replaceChildren(...parts);
    }

    private shown(place: Place): HTMLElement {
        const line = make("p", { className: "field-value", textContent: placeLabel(place) });
        if (place.accuracy > 0) {
            line.append(make("span", { className: "field-accuracy", textContent: ` ± ${Math.round(place.accuracy)} m` }));
        }
        return line;
    }

    private search(): void {
        this.say(text("searchingPlace"));
        const found = make("p", { className: "field-value", textContent: "…" });
        const use = this.button(text("usePlace"), "pin", () => this.stop?.());
        use.disabled = true;
        const cancel = this.button(
            text("cancel"),
            "",
            () => {
                cancelled = true;
                this.stop?.();
            },
            "button-quiet",
        );
        let cancelled = false;
        const actions = make("div", { className: "field-actions" });
        actions.append(use, cancel);
        this.body.replaceChildren(found, actions);
        let forget: () => void = () => undefined;
        const stop = searchPlace(
            (place) => {
                found.replaceChildren(...this.shown(place).childNodes);
                use.disabled = false;
                this.say(text("placeFound", { metres: Math.round(place.accuracy) }));
            },
            (best, problem) => {
                forget();
                this.stop = null;
                if (problem && !cancelled) this.say(text(problem), "error");
                else if (!best || cancelled) this.say("");
                if (best && !cancelled) this.value = placeText(best);
                this.draw();
                this.body.querySelector<HTMLElement>("button")?.focus();
            },
        );
        this.stop = stop;
        forget = atClosing(() => {
            cancelled = true;
            stop();
        });
    }

    /** Only the line: the boxes that are written in stay, with the cursor in them. */
    private showLine(place: Place | null): void {
        const fresh = place ? this.shown(place) : null;
        if (fresh && this.line?.isConnected) this.line.replaceWith(fresh);
        else if (fresh) this.body.prepend(fresh);
        else this.line?.remove();
        this.line = fresh;
    }

    private byHand(place: Place | null): HTMLElement {
        const details = make("details", { className: "field-by-hand" });
        details.append(make("summary", { textContent: text("placeByHand") }));
        const input = (label: string, value: number | undefined): HTMLInputElement => {
            const wrap = make("label", { className: "field-small", textContent: label });
            const made = make("input", { type: "text", inputMode: "decimal", className: "ignore" });
            made.value = value === undefined ? "" : String(value);
            wrap.append(made);
            details.append(wrap);
            return made;
        };
        const latitude = input(text("latitude"), place?.latitude);
        const longitude = input(text("longitude"), place?.longitude);
        const write = (event: Event): void => {
            event.stopPropagation();
            const written = [latitude.value, longitude.value].map((part) => part.trim().replace(",", "."));
            if (written.every((part) => part === "")) {
                this.value = "";
                this.showLine(null);
                this.say("");
            } else if (written.every((part) => part !== "")) {
                const read = readPlace(written.join(" "));
                if (read) {
                    const place = { ...read, altitude: 0, accuracy: 0 };
                    this.value = placeText(place);
                    this.showLine(place);
                    this.say("");
                } else this.say(text("placeRange"), "error");
            }
        };
        latitude.addEventListener("change", write);
        longitude.addEventListener("change", write);
        return details;
    }
}
