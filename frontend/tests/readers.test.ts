// Drivers of fingerprint readers: SecuGen's against a reader of software over real HTTP, DigitalPersona's with the vendor's own
// FingerprintReader on a channel of ours. No hardware: what is tested is the contract and the errors.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { language } from "../src/i18n";
import { DigitalPersonaReader, type VendorReader } from "../src/readers/digital_persona";
import { loopbackAddress, ReaderError, type ReadOptions } from "../src/readers/reader";
import { SecuGenReader } from "../src/readers/secugen";
import { readerText } from "../src/readers/words";
import { SoftwareReader, bitmap, template, type Press } from "./support/software_reader.mjs";

const options = (values: Partial<ReadOptions> = {}): ReadOptions => ({ least: 60, seconds: 3, signal: new AbortController().signal, ...values });
const problemOf = (work: Promise<unknown>) => work.then(() => "none", (error: unknown) => (error instanceof ReaderError ? error.problem : String(error)));

describe("an address of a reader's service", () => {
    it("is on this very device and nowhere else", () => {
        expect(loopbackAddress(" https://localhost:8443/ ")).toBe("https://localhost:8443");
        expect(loopbackAddress("HTTP://127.0.0.1:8000/SGIFPCapture")).toBe("http://127.0.0.1:8000");
        for (const wrong of ["https://evil.example:8443", "localhost:8443", "https://localhost.evil.example", "https://127.0.0.1@evil.example", "ftp://localhost", "https://localhost:8443/x?y", ""]) {
            expect(loopbackAddress(wrong), wrong).toBeNull();
        }
    });
});

describe("the SecuGen driver", () => {
    let service: SoftwareReader;
    const read = (press: Press, values: Partial<ReadOptions> = {}) => {
        service.presses = [press];
        return new SecuGenReader(service.address, "licence&1", async (bmp) => bmp).read(options(values));
    };
    beforeEach(async () => void (service = await new SoftwareReader().start()));
    afterEach(() => service.stop());

    it("asks for an ISO record of the least quality and brings picture, record and quality", async () => {
        const reading = await read({ quality: 71 });
        expect(reading).toEqual({
            source: "Software Reader", quality: 71, serial: "SW-0001", template: template(71).toString("base64"), image: bitmap().toString("base64"),
        });
        expect(service.asked).toEqual([{ Timeout: "3000", Quality: "60", licstr: "licence&1", templateFormat: "ISO", imageWSQRate: "0.75" }]);
    });

    it("lets no reading through that is below the least quality, and says the figure", async () => {
        expect((await read({ quality: 60 })).quality).toBe(60);
        const error = await read({ quality: 59 }).catch((problem: ReaderError) => problem);
        expect(error).toMatchObject({ problem: "quality", detail: { quality: 59 } });
    });

    it("has a word for every error of the service", async () => {
        const expected: [number, string][] = [[51, "broken"], [53, "reader"], [54, "finger"], [55, "reader"], [57, "quality"], [59, "busy"], [61, "reader"], [63, "service"], [77, "broken"], [10004, "licence"]];
        language.value = "es";
        for (const [code, problem] of expected) {
            const error = (await read({ code }).catch((found: ReaderError) => found)) as ReaderError;
            expect(error.problem, String(code)).toBe(problem);
            expect(readerText(error, 60)).not.toMatch(/[{}]|reader\.problem/);
        }
    });

    it("takes nothing for a print that is none", async () => {
        for (const body of ["not JSON", "[]", "null", "{}", '{"ErrorCode":0}', '{"ErrorCode":0,"ImageQuality":80,"TemplateBase64":"AAAA"}', '{"ErrorCode":0,"ImageQuality":"x","TemplateBase64":"Rk1SACAyMA"}', '{"ErrorCode":0,"ImageQuality":900,"TemplateBase64":"Rk1SACAyMA"}']) {
            expect(await problemOf(read({ body })), body).toBe("answer");
        }
    });

    it("says that no service answers, stops when asked, and never goes to another machine", async () => {
        const stop = new AbortController();
        const reading = read({ wait: 5000 }, { signal: stop.signal });
        setTimeout(() => stop.abort(), 50);
        expect(await problemOf(reading)).toBe("stopped");
        const gone = service.address;
        await service.stop();
        expect(await problemOf(new SecuGenReader(gone).read(options()))).toBe("service");
        expect(await problemOf(new SecuGenReader("https://reader.example:8443").read(options()))).toBe("service");
        await service.start();
    });
});

// The vendor's channel to its service: what it sends is answered as the service does.
class Channel {
    static readers = ["reader-1"];
    static presses: { event: number; data?: object }[] = [];
    static isRunning = true;
    static sent: number[] = [];
    onConnectionSucceed = () => undefined;
    onConnectionFailed = () => undefined;
    onDataReceivedTxt = (_text: string) => undefined;
    private connected = false;

    isConnected = () => this.connected;

    connect() {
        setTimeout(() => {
            this.connected = Channel.isRunning;
            if (Channel.isRunning) this.onConnectionSucceed();
            else this.onConnectionFailed();
        });
    }

    sendDataTxt(text: string) {
        const { Method } = JSON.parse(Buffer.from(text, "base64url").toString()) as { Method: number };
        Channel.sent.push(Method);
        const data = Method === 1 ? { DeviceCount: Channel.readers.length, DeviceIDs: JSON.stringify(Channel.readers) } : {};
        this.tell(0, { Method, Result: 0, Data: pack(data) });
        if (Method === 3) for (const { event, data: said } of Channel.presses) setTimeout(() => this.tell(1, { Event: event, Device: "reader-1", Data: pack(said ?? {}) }));
    }

    private tell(Type: number, value: object) {
        setTimeout(() => this.onDataReceivedTxt(pack({ Type, Data: pack(value) })));
    }
}

const pack = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");

describe("the DigitalPersona driver", () => {
    const png = Buffer.concat([Buffer.from([137, 80, 78, 71, 13, 10, 26, 10, 0, 0, 0, 13]), Buffer.alloc(20, 251)]);
    const sample = { event: 0, data: { SampleFormat: 5, Samples: JSON.stringify([png.toString("base64url")]) } };
    const good = { event: 4, data: { Quality: 0 } };

    async function read(presses: typeof Channel.presses, values: Partial<ReadOptions> = {}) {
        Channel.presses = presses;
        Object.assign(globalThis, { WebSdk: { WebChannelClient: Channel } });
        const { FingerprintReader } = await import("@digitalpersona/devices/dist/es6/devices/fingerprints/index.js");
        return new DigitalPersonaReader(() => new FingerprintReader() as unknown as VendorReader, 500).read(options(values));
    }

    beforeEach(() => void Object.assign(Channel, { readers: ["reader-1"], isRunning: true, sent: [] }));

    it("brings the picture of a press that the reader found good, and stops the reader", async () => {
        expect(await read([good, sample])).toEqual({ source: "HID DigitalPersona", quality: null, template: null, serial: "reader-1", image: png.toString("base64") });
        expect(Channel.sent).toEqual([1, 3, 4]);
    });

    it("asks again for what the reader found bad", async () => {
        expect(await problemOf(read([{ event: 4, data: { Quality: 21 } }, sample]))).toBe("quality");
    });

    it("says in its own words what failed", async () => {
        expect(await problemOf(read([], { seconds: 0.05 }))).toBe("finger");
        expect(await problemOf(read([{ event: 1, data: { uError: 5 } }]))).toBe("broken");
        expect(await problemOf(read([{ event: 2 }]))).toBe("reader");
        expect(await problemOf(read([good, { event: 0, data: { SampleFormat: 5, Samples: '["bm90aGluZw"]' } }]))).toBe("answer");
        Channel.readers = [];
        expect(await problemOf(read([good, sample]))).toBe("reader");
        Channel.isRunning = false;
        expect(await problemOf(read([good, sample]))).toBe("service");
    });
});
