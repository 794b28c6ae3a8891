/** Pictures of fingerprints, small enough to travel: at most 300 kB, which the server takes as 400,000 characters. */

import { fitWithin } from "../form-engine/photos";
import { ReaderError } from "./reader";

const MOST = 280_000; // bytes
const SIDES = [1200, 1000, 800, 600]; // pixels of the longest side, one after the other until it fits

export function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
    return Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
}

export async function base64Of(blob: Blob): Promise<string> {
    const bytes = new Uint8Array(await blob.arrayBuffer());
    let text = "";
    for (let start = 0; start < bytes.length; start += 0x8000) text += String.fromCharCode(...bytes.subarray(start, start + 0x8000));
    return btoa(text);
}

/** A reader's bitmap as PNG: nothing is lost, and a third of the size. */
export async function smallPicture(base64: string): Promise<string> {
    const drawn = await draw(new Blob([bytesOf(base64)]), SIDES[0]!);
    const png = await toBlob(drawn, "image/png", 1);
    return png.size <= MOST ? base64Of(png) : inkedPrint(png);
}

/** A photo of an inked print as JPEG, without the place and time that the camera wrote into it. */
export async function inkedPrint(photo: Blob): Promise<string> {
    for (const side of SIDES) {
        const jpeg = await toBlob(await draw(photo, side), "image/jpeg", 0.85);
        if (jpeg.size <= MOST) return base64Of(jpeg);
    }
    throw new ReaderError("picture");
}

async function draw(picture: Blob, longest: number): Promise<HTMLCanvasElement> {
    const bitmap = await createImageBitmap(picture, { imageOrientation: "from-image" }).catch(() => {
        throw new ReaderError("picture");
    });
    try {
        const { width, height } = fitWithin(bitmap.width, bitmap.height, longest);
        const canvas = Object.assign(document.createElement("canvas"), { width, height });
        const context = canvas.getContext("2d", { alpha: false });
        if (!context) throw new ReaderError("picture");
        context.imageSmoothingQuality = "high";
        context.drawImage(bitmap, 0, 0, width, height);
        return canvas;
    } finally {
        bitmap.close();
    }
}

function toBlob(canvas: HTMLCanvasElement, type: string, quality: number): Promise<Blob> {
    return new Promise((resolve, reject) => canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new ReaderError("picture"))), type, quality));
}
