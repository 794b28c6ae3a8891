// Photos as a phone's camera gives them: JPEG, each another, some larger than a piece of an upload.

import { createHash } from "node:crypto";
import { Chance } from "./chance.mjs";

export const PHOTOS = 3;
const ALIKE = 7; // in every so many actas the second photo is the first one once more: two attachments

export const sha256 = (bytes) => createHash("sha256").update(bytes).digest("hex");

/** Three photos for each acta: {base64, sha256}. The browser draws and compresses them. */
export async function takePhotos(page, seed, actas) {
    const taken = [];
    for (let number = 0; number < actas; number += 1) {
        const chance = new Chance(seed, `photos/${number}`);
        const drawn = [];
        for (let place = 0; place < PHOTOS; place += 1) {
            const side = chance.next() < 0.2 ? chance.between(300, 420) : chance.between(60, 200);
            const base64 = await page.evaluate(draw, { side, first: chance.between(1, 2 ** 31 - 2) });
            drawn.push({ base64, sha256: sha256(Buffer.from(base64, "base64")) });
        }
        if (number % ALIKE === ALIKE - 2) drawn[1] = drawn[0];
        taken.push(drawn);
    }
    return taken;
}

// Noise, which compresses badly, so that small pictures are large files.
async function draw({ side, first }) {
    const canvas = new OffscreenCanvas(side, side);
    const context = canvas.getContext("2d");
    const picture = context.createImageData(side, side);
    let state = first;
    for (let place = 0; place < picture.data.length; place += 1) {
        state = (state * 48271) % 2147483647;
        picture.data[place] = place % 4 === 3 ? 255 : state & 255;
    }
    context.putImageData(picture, 0, 0);
    const bytes = new Uint8Array(await (await canvas.convertToBlob({ type: "image/jpeg", quality: 0.85 })).arrayBuffer());
    let text = "";
    for (const byte of bytes) text += String.fromCharCode(byte);
    return btoa(text);
}
