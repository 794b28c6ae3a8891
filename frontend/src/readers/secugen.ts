/**
 * SecuGen readers through the vendor's service on this computer (SgiBioSrv, "SecuGen WebAPI"): a form is posted to
 * /SGIFPCapture, and the answer is JSON with ErrorCode, ImageQuality, TemplateBase64 (ISO 19794-2 where asked) and BMPBase64.
 * A desktop program, for Windows.
 */

import { smallPicture } from "./pictures";
import { loopbackAddress, ReaderError, type Reader, type ReaderProblem, type Reading, type ReadOptions } from "./reader";

export const SECUGEN_ADDRESS = "https://localhost:8443";
// "FMR", zero, " 20", zero: how a record of ISO 19794-2 begins, in base64.
const RECORD = "Rk1SACAyM";
const GRACE = 5_000; // milliseconds after the reader's own time: the service answers that nobody came

// The numbers of the vendor's manual; the others are said with their number.
const PROBLEMS: Record<number, ReaderProblem> = {
    51: "broken", // a system file could not be loaded
    52: "broken", // the sensor could not be started
    53: "reader", // not found
    54: "finger", // nobody pressed in time
    55: "reader", // none is connected
    56: "broken", // the driver could not be loaded
    57: "quality", // the image is wrong
    58: "broken", // the connection of the reader is too slow
    59: "busy",
    60: "broken", // no serial number
    61: "reader", // one that is not supported
    63: "service", // the service did not start
};

interface Answer {
    ErrorCode?: unknown;
    ImageQuality?: unknown;
    TemplateBase64?: unknown;
    BMPBase64?: unknown;
    SerialNumber?: unknown;
    Manufacturer?: unknown;
    Model?: unknown;
}

export class SecuGenReader implements Reader {
    constructor(
        private readonly address: string,
        private readonly licence = "",
        private readonly picture: (base64: string) => Promise<string> = smallPicture,
    ) {}

    async read(options: ReadOptions): Promise<Reading> {
        const answer = await this.ask(options);
        const code = Number(answer.ErrorCode);
        if (!Number.isInteger(code)) throw new ReaderError("answer");
        if (code !== 0) throw new ReaderError(PROBLEMS[code] ?? (code >= 10_000 ? "licence" : "broken"), { code: String(code) });
        const quality = Math.round(Number(answer.ImageQuality));
        const { TemplateBase64: template, BMPBase64: image } = answer;
        if (!(quality >= 0 && quality <= 100) || typeof template !== "string" || !template.startsWith(RECORD)) throw new ReaderError("answer");
        if (quality < options.least) throw new ReaderError("quality", { quality });
        return {
            // A reader of tests says what it is, so that nobody takes its prints for a person's.
            source: answer.Model === "Software Reader" ? "Software Reader" : "SecuGen",
            quality,
            template,
            image: typeof image === "string" && image ? await this.picture(image) : null,
            serial: typeof answer.SerialNumber === "string" ? answer.SerialNumber.slice(0, 60) : null,
        };
    }

    private async ask({ least, seconds, signal }: ReadOptions): Promise<Answer> {
        const address = loopbackAddress(this.address || SECUGEN_ADDRESS);
        if (!address) throw new ReaderError("service");
        const form = new URLSearchParams({
            Timeout: String(seconds * 1000), Quality: String(least), licstr: this.licence, templateFormat: "ISO", imageWSQRate: "0.75",
        });
        const stop = new AbortController();
        const end = () => stop.abort();
        signal.addEventListener("abort", end);
        const timer = setTimeout(end, seconds * 1000 + GRACE);
        try {
            if (signal.aborted) throw new ReaderError("stopped");
            const response = await fetch(`${address}/SGIFPCapture`, { method: "POST", body: form, signal: stop.signal, credentials: "omit", cache: "no-store" });
            if (!response.ok) throw new ReaderError("answer", { code: String(response.status) });
            const answer: unknown = await response.json().catch(() => null);
            if (typeof answer !== "object" || answer === null) throw new ReaderError("answer");
            return answer as Answer;
        } catch (problem) {
            if (problem instanceof ReaderError) throw problem;
            if (signal.aborted) throw new ReaderError("stopped");
            throw new ReaderError(stop.signal.aborted ? "finger" : "service");
        } finally {
            clearTimeout(timer);
            signal.removeEventListener("abort", end);
        }
    }
}
