import { audioEnding, canRecord, LONGEST_NOTE_MS, record, type Recording } from "../../recorder";
import { atClosing, text } from "../session";
import { FileBacked, make } from "./field";

/** A voice note. */
export class AudioField extends FileBacked {
    declare private recording: Recording | null;

    static override get selector(): string {
        return 'input[data-file-kind="audio"]';
    }

    protected override draw(): void {
        if (this.recording) return;
        const url = this.url();
        const parts: HTMLElement[] = [];
        if (url) {
            const player = make("audio", { src: url, controls: true, preload: "metadata" });
            player.setAttribute("aria-label", this.label);
            parts.push(player);
        }
        if (!this.locked) {
            const actions = make("div", { className: "field-actions" });
            if (canRecord()) {
                actions.append(this.button(text(this.value ? "recordAgain" : "record"), "microphone", () => void this.begin()));
            }
            actions.append(
                this.button(
                    text("chooseAudio"),
                    "file",
                    () => this.choose("audio/*", null, (file) => this.keep(file, audioEnding(file.type))),
                    "button-quiet",
                ),
            );
            if (this.value) actions.append(this.removeButton());
            parts.push(actions);
        }
        this.body.replaceChildren(...parts);
        this.sayMissing();
    }

    private async begin(): Promise<void> {
        if (this.recording) return;
        let recording: Recording;
        try {
            recording = await record();
        } catch {
            this.say(text("audioDenied"), "error");
            return;
        }
        this.recording = recording;
        const clock = make("strong", { className: "field-clock", textContent: "0:00" });
        const started = Date.now();
        const tick = setInterval(() => {
            const seconds = Math.floor((Date.now() - started) / 1000);
            clock.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
            if (seconds * 1000 >= LONGEST_NOTE_MS) void stop();
        }, 250);
        const forget = atClosing(() => {
            clearInterval(tick);
            recording.discard();
            this.recording = null;
        });
        const stop = async (): Promise<void> => {
            clearInterval(tick);
            forget();
            const note = await recording.stop();
            this.recording = null;
            if (note) this.keep(note, audioEnding(note.type));
            else this.draw();
            this.body.querySelector<HTMLElement>("button")?.focus();
        };
        const button = this.button(text("stop"), "stop", () => void stop(), "button-danger");
        const row = make("div", { className: "field-actions field-recording" });
        row.append(button, clock);
        this.body.replaceChildren(row);
        this.say(text("recording"));
        button.focus();
    }
}
