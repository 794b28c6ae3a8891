/** A whole screen to sign on: vector strokes with their times, and an image. */

import SignaturePad from "signature_pad";

/** x and y in CSS pixels of the pad, t in milliseconds since 1970 on the device, p the pressure from 0 to 1. */
export interface StrokePoint {
    x: number;
    y: number;
    t: number;
    p: number;
}

export interface Signature {
    strokes: StrokePoint[][];
    image: Blob;
    /** The device's clock when the first point was drawn, in ISO 8601. */
    signedAt: string;
}

export interface SigningTexts {
    title: string;
    /** Who signs what; may be long. */
    hint: string;
    clear: string;
    undo: string;
    done: string;
    cancel: string;
}

interface PadPoint {
    x: number;
    y: number;
    pressure: number;
    time: number;
}

/** Strokes as they are kept, from what the pad holds. */
export function strokesOf(groups: ReadonlyArray<{ points: readonly PadPoint[] }>): StrokePoint[][] {
    return groups.map(({ points }) =>
        points.map((point) => ({
            x: Math.round(point.x * 10) / 10,
            y: Math.round(point.y * 10) / 10,
            t: Math.round(point.time),
            p: Math.round(point.pressure * 100) / 100,
        })),
    );
}

/** A dot or a slip of the finger is no signature: there must be a line of some length. */
export function isSigned(strokes: readonly StrokePoint[][]): boolean {
    let length = 0;
    for (const stroke of strokes) {
        for (let i = 1; i < stroke.length; i += 1) {
            const from = stroke[i - 1] as StrokePoint;
            const to = stroke[i] as StrokePoint;
            length += Math.hypot(to.x - from.x, to.y - from.y);
        }
    }
    return length >= 40;
}

interface Sheet {
    dialog: HTMLDialogElement;
    board: HTMLElement;
    canvas: HTMLCanvasElement;
    cancel: HTMLButtonElement;
    undo: HTMLButtonElement;
    clear: HTMLButtonElement;
    done: HTMLButtonElement;
}

/** Let a person sign; null when they went back. The focus returns to where it was. */
export function askSignature(texts: SigningTexts): Promise<Signature | null> {
    const before = document.activeElement;
    const sheet = drawSheet(texts);
    const { dialog, canvas } = sheet;
    document.body.append(dialog);
    dialog.showModal();
    const pad = new SignaturePad(canvas, { penColor: "#0a1f3c", backgroundColor: "#ffffff", minWidth: 0.9, maxWidth: 3 });
    const release = connect(pad, sheet);
    return new Promise((resolve) => {
        let answer: Signature | null = null;
        dialog.addEventListener("close", () => {
            release();
            dialog.remove();
            if (before instanceof HTMLElement) before.focus({ preventScroll: true });
            resolve(answer);
        });
        sheet.cancel.addEventListener("click", () => dialog.close());
        sheet.done.addEventListener("click", () => {
            const strokes = strokesOf(pad.toData());
            const signedAt = new Date(strokes[0]?.[0]?.t ?? Date.now()).toISOString();
            cut(canvas, strokes, canvas.width / sheet.board.clientWidth).toBlob((image) => {
                if (image) answer = { strokes, image, signedAt };
                dialog.close();
            }, "image/png");
        });
    });
}

/** The part of the canvas that was written on, with a margin: a signature fills its place on paper, not a corner of it. */
function cut(canvas: HTMLCanvasElement, strokes: readonly StrokePoint[][], ratio: number): HTMLCanvasElement {
    const points = strokes.flat();
    const margin = 16;
    const left = Math.max(0, Math.min(...points.map((point) => point.x)) - margin);
    const top = Math.max(0, Math.min(...points.map((point) => point.y)) - margin);
    const right = Math.min(canvas.width / ratio, Math.max(...points.map((point) => point.x)) + margin);
    const bottom = Math.min(canvas.height / ratio, Math.max(...points.map((point) => point.y)) + margin);
    const made = document.createElement("canvas");
    made.width = Math.max(1, Math.round((right - left) * ratio));
    made.height = Math.max(1, Math.round((bottom - top) * ratio));
    made.getContext("2d")?.drawImage(canvas, -Math.round(left * ratio), -Math.round(top * ratio));
    return made;
}

function drawSheet(texts: SigningTexts): Sheet {
    const dialog = part("dialog", { className: "signing" });
    dialog.setAttribute("aria-labelledby", "signing-title");
    const board = part("div", { className: "signing-board" });
    const canvas = document.createElement("canvas");
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", texts.title);
    board.append(canvas);
    const actions = part("div", { className: "signing-actions" });
    const button = (label: string, look: string): HTMLButtonElement => {
        const made = part("button", { type: "button", className: `button ${look}`, textContent: label });
        actions.append(made);
        return made;
    };
    const cancel = button(texts.cancel, "button-quiet");
    const undo = button(texts.undo, "button-quiet");
    const clear = button(texts.clear, "button-quiet");
    const done = button(texts.done, "button-main");
    dialog.append(
        part("h2", { id: "signing-title", textContent: texts.title }),
        part("p", { className: "signing-hint", textContent: texts.hint }),
        board,
        actions,
    );
    return { dialog, board, canvas, cancel, undo, clear, done };
}

/** Keep the canvas as large as its place, also when the phone is turned, and the buttons true. Returns how to let go. */
function connect(pad: SignaturePad, { board, canvas, undo, clear, done }: Sheet): () => void {
    const look = (): void => {
        undo.disabled = pad.isEmpty();
        clear.disabled = pad.isEmpty();
        done.disabled = !isSigned(strokesOf(pad.toData()));
    };
    const size = (): void => {
        const ratio = Math.min(2, Math.max(1, window.devicePixelRatio || 1));
        const drawn = pad.toData();
        canvas.width = Math.round(board.clientWidth * ratio);
        canvas.height = Math.round(board.clientHeight * ratio);
        canvas.getContext("2d")?.setTransform(ratio, 0, 0, ratio, 0, 0);
        pad.clear();
        pad.fromData(drawn);
    };
    const watcher = new ResizeObserver(size);
    watcher.observe(board);
    size();
    look();
    pad.addEventListener("endStroke", look);
    clear.addEventListener("click", () => {
        pad.clear();
        look();
    });
    undo.addEventListener("click", () => {
        pad.fromData(pad.toData().slice(0, -1));
        look();
    });
    return () => {
        watcher.disconnect();
        pad.off();
    };
}

function part<K extends keyof HTMLElementTagNameMap>(name: K, properties: Partial<HTMLElementTagNameMap[K]>): HTMLElementTagNameMap[K] {
    return Object.assign(document.createElement(name), properties);
}
