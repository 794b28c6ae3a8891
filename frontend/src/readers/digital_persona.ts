/**
 * HID DigitalPersona readers through the vendor's library and its service on this computer (DigitalPersona Lite Client or
 * Workstation, Windows). The library finds the service at https://127.0.0.1:52181 and speaks to it over a web socket.
 *
 * It gives a picture, and of its quality "good" or what was wrong; no record of ISO 19794-2 and no figure.
 */

import { ReaderError, type Reader, type Reading, type ReadOptions } from "./reader";

interface Heard {
    type: string;
    deviceUid?: string;
    quality?: number;
    samples?: readonly unknown[];
}

/** The part of the vendor's FingerprintReader that is used. */
export interface VendorReader {
    enumerateDevices(): Promise<string[]>;
    startAcquisition(format: number, device?: string): Promise<void>;
    stopAcquisition(device?: string): Promise<void>;
    on(event: string, handler: (event: Heard) => void): unknown;
    off(): unknown;
}

const PNG = 5;
const GOOD = 0;
const CONNECTING = 6_000; // milliseconds: the library itself tries for ever

export class DigitalPersonaReader implements Reader {
    constructor(
        private readonly make: () => VendorReader,
        private readonly connecting = CONNECTING,
    ) {}

    async read(options: ReadOptions): Promise<Reading> {
        const vendor = this.make();
        try {
            const [device] = await within(this.connecting, vendor.enumerateDevices(), options.signal);
            if (!device) throw new ReaderError("reader");
            return await this.press(vendor, device, options);
        } finally {
            vendor.off();
        }
    }

    private async press(vendor: VendorReader, device: string, { seconds, signal }: ReadOptions): Promise<Reading> {
        const pressed = new Promise<Reading>((resolve, reject) => {
            const fail = (problem: ReaderError) => reject(problem);
            let quality = GOOD;
            vendor.on("QualityReported", (event) => {
                quality = event.quality ?? GOOD;
                // Without a picture to follow: the finger is asked for again at once.
                if (quality !== GOOD) fail(new ReaderError("quality", { code: String(quality) }));
            });
            vendor.on("SamplesAcquired", (event) => {
                const image = pictureOf(event.samples?.[0]);
                if (!image) fail(new ReaderError("answer"));
                else resolve({ source: "HID DigitalPersona", quality: null, template: null, image, serial: device.slice(0, 60) });
            });
            vendor.on("ErrorOccurred", () => fail(new ReaderError("broken")));
            vendor.on("DeviceDisconnected", () => fail(new ReaderError("reader")));
            vendor.on("CommunicationFailed", () => fail(new ReaderError("service")));
            setTimeout(() => fail(new ReaderError("finger")), seconds * 1000);
            signal.addEventListener("abort", () => fail(new ReaderError("stopped")), { once: true });
        });
        pressed.catch(() => undefined); // may end before it is waited for
        await within(this.connecting, vendor.startAcquisition(PNG, device), signal);
        try {
            return await pressed;
        } finally {
            await Promise.race([vendor.stopAcquisition(device).catch(() => undefined), new Promise((done) => setTimeout(done, 1000))]);
        }
    }
}

/** PNG in base64 from what the library gives: base64 in the spelling of addresses, alone or as the data of a sample. */
function pictureOf(sample: unknown): string | null {
    const text = typeof sample === "string" ? sample : (sample as { Data?: unknown } | null)?.Data;
    if (typeof text !== "string") return null;
    const plain = text.replace(/-/g, "+").replace(/_/g, "/");
    const whole = plain + "=".repeat((4 - (plain.length % 4)) % 4);
    return whole.startsWith("iVBORw0KGgo") ? whole : null;
}

function within<T>(time: number, work: Promise<T>, signal: AbortSignal): Promise<T> {
    return new Promise<T>((resolve, reject) => {
        const timer = setTimeout(() => reject(new ReaderError("service")), time);
        signal.addEventListener("abort", () => reject(new ReaderError("stopped")), { once: true });
        work.then(resolve, () => reject(new ReaderError("service"))).finally(() => clearTimeout(timer));
    });
}
