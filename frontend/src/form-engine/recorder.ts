/** A voice note through the microphone. */

export const LONGEST_NOTE_MS = 10 * 60_000;
const KINDS = ["audio/webm;codecs=opus", "audio/mp4", "audio/ogg;codecs=opus", "audio/webm"];

export interface Recording {
    /** Stop and return the note; null when nothing was heard. */
    stop(): Promise<Blob | null>;
    /** Stop and keep nothing. */
    discard(): void;
}

export function canRecord(): boolean {
    return typeof MediaRecorder !== "undefined" && !!navigator.mediaDevices?.getUserMedia;
}

/** The ending of a file name for a media type. */
export function audioEnding(type: string): string {
    const plain = type.split(";")[0]?.trim().toLowerCase() ?? "";
    const endings: Record<string, string> = {
        "audio/webm": "webm",
        "audio/mp4": "m4a",
        "audio/x-m4a": "m4a",
        "audio/aac": "aac",
        "audio/ogg": "ogg",
        "audio/mpeg": "mp3",
        "audio/mp3": "mp3",
        "audio/wav": "wav",
        "audio/x-wav": "wav",
        "audio/amr": "amr",
        "audio/3gpp": "3gp",
    };
    return endings[plain] ?? "audio";
}

/**
 * Begin to record.
 *
 * @throws DOMException the person or the device does not allow the microphone
 */
export async function record(): Promise<Recording> {
    const stream = await navigator.mediaDevices.getUserMedia({ audio: { echoCancellation: true, noiseSuppression: true } });
    const type = KINDS.find((kind) => MediaRecorder.isTypeSupported(kind));
    const recorder = new MediaRecorder(stream, { ...(type ? { mimeType: type } : {}), audioBitsPerSecond: 32_000 });
    const pieces: Blob[] = [];
    const ended = new Promise<void>((resolve) => {
        recorder.addEventListener("stop", () => resolve(), { once: true });
    });
    recorder.addEventListener("dataavailable", ({ data }) => {
        if (data.size) pieces.push(data);
    });
    const finish = async (): Promise<void> => {
        if (recorder.state !== "inactive") recorder.stop();
        await ended;
        for (const track of stream.getTracks()) track.stop();
    };
    recorder.start(1000);
    return {
        async stop() {
            await finish();
            const kind = (recorder.mimeType || type || "audio/webm").split(";")[0];
            return pieces.length ? new Blob(pieces, { type: kind }) : null;
        },
        discard() {
            void finish();
        },
    };
}
