import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fitWithin } from "../src/form-engine/photos";
import { placeLabel, placeText, readPlace } from "../src/form-engine/places";
import { audioEnding } from "../src/form-engine/recorder";
import { isSigned, strokesOf } from "../src/form-engine/signing";
import { addDays, ageOn, isoDay, sizeText } from "../src/i18n/format";

describe("photos", () => {
    it("fit within the limit, keep their proportions and are never enlarged", () => {
        expect(fitWithin(4000, 3000, 1600)).toEqual({ width: 1600, height: 1200 });
        expect(fitWithin(3000, 4000, 1600)).toEqual({ width: 1200, height: 1600 });
        expect(fitWithin(800, 600, 1600)).toEqual({ width: 800, height: 600 });
        expect(fitWithin(9000, 1, 1000)).toEqual({ width: 1000, height: 1 });
        expect(fitWithin(4000, 3000, 0)).toEqual({ width: 4000, height: 3000 });
        fc.assert(
            fc.property(fc.integer({ min: 1, max: 20000 }), fc.integer({ min: 1, max: 20000 }), fc.integer({ min: 1, max: 5000 }), (width, height, limit) => {
                const fitted = fitWithin(width, height, limit);
                expect(Math.max(fitted.width, fitted.height)).toBeLessThanOrEqual(Math.max(limit, 1));
                expect(Math.min(fitted.width, fitted.height)).toBeGreaterThanOrEqual(1);
                expect(fitted.width).toBeLessThanOrEqual(width);
                expect(fitted.height).toBeLessThanOrEqual(height);
            }),
        );
    });
});

describe("places", () => {
    it("are written as forms keep them and read again", () => {
        expect(placeText({ latitude: 11.38, longitude: -72.24, altitude: 12.04, accuracy: 7.96 })).toBe("11.38 -72.24 12 8");
        expect(readPlace("11.38 -72.24 12 8")).toEqual({ latitude: 11.38, longitude: -72.24, altitude: 12, accuracy: 8 });
        expect(readPlace("4.6 -74.1")).toEqual({ latitude: 4.6, longitude: -74.1, altitude: 0, accuracy: 0 });
        expect(placeLabel({ latitude: 11.380004, longitude: -72.24, altitude: 0, accuracy: 0 })).toBe("11.38000, -72.24000");
        expect(placeText({ latitude: 10, longitude: -70, altitude: 0, accuracy: 0 })).toBe("10 -70 0 0");
    });

    it("off the earth, or no numbers, are none", () => {
        for (const text of ["", "11.38", "91 0", "0 181", "a b", "1 2 x"]) expect(readPlace(text), text).toBeNull();
    });

    it("survive being written and read anywhere on earth", () => {
        fc.assert(
            fc.property(fc.double({ min: -90, max: 90, noNaN: true }), fc.double({ min: -180, max: 180, noNaN: true }), (latitude, longitude) => {
                const read = readPlace(placeText({ latitude, longitude, altitude: 0, accuracy: 5 }));
                expect(read?.latitude).toBeCloseTo(latitude, 6);
                expect(read?.longitude).toBeCloseTo(longitude, 6);
            }),
        );
    });
});

describe("signatures", () => {
    const stroke = (...points: [number, number, number][]) => ({ points: points.map(([x, y, time]) => ({ x, y, time, pressure: 0.456 })) });

    it("are strokes with the time of each point", () => {
        expect(strokesOf([stroke([1.04, 2, 1000], [3, 4.06, 1016])])).toEqual([
            [
                { x: 1, y: 2, t: 1000, p: 0.46 },
                { x: 3, y: 4.1, t: 1016, p: 0.46 },
            ],
        ]);
    });

    it("are more than a dot", () => {
        expect(isSigned([])).toBe(false);
        expect(isSigned(strokesOf([stroke([10, 10, 0])]))).toBe(false);
        expect(isSigned(strokesOf([stroke([10, 10, 0], [20, 10, 8])]))).toBe(false);
        expect(isSigned(strokesOf([stroke([10, 10, 0], [60, 10, 8])]))).toBe(true);
    });
});

it("voice notes have the ending of their kind", () => {
    expect(audioEnding("audio/webm;codecs=opus")).toBe("webm");
    expect(audioEnding("audio/mp4")).toBe("m4a");
    expect(audioEnding("video/unknown")).toBe("audio");
});

describe("dates and sizes", () => {
    it("count days over the ends of months and years", () => {
        expect(addDays("2026-12-30", 8)).toBe("2027-01-07");
        expect(addDays("2028-02-28", 1)).toBe("2028-02-29");
        expect(addDays("2026-03-01", -1)).toBe("2026-02-28");
        expect(isoDay(new Date(2026, 10, 2))).toBe("2026-11-02");
    });

    it("count whole years", () => {
        expect(ageOn("2012-11-22", "2026-11-22")).toBe(14);
        expect(ageOn("2012-11-23", "2026-11-22")).toBe(13);
        expect(ageOn("2027-01-01", "2026-11-22")).toBeNull();
        expect(ageOn(null, "2026-11-22")).toBeNull();
    });

    it("say sizes as people do", () => {
        expect(sizeText(0)).toBe("0 B");
        expect(sizeText(183_220)).toBe("183 kB");
        expect(sizeText(2_500_000)).toMatch(/^2[.,]5 MB$/);
    });
});
