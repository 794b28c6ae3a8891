/** Photos made small on the device, the right way up. */

export const JPEG_QUALITY = 0.82;

export class UnreadablePhoto extends Error {}

/** Width and height of a picture whose longest side is at most `limit` pixels; never enlarged, never below one pixel. */
export function fitWithin(width: number, height: number, limit: number): { width: number; height: number } {
    const longest = Math.max(width, height);
    if (limit <= 0 || longest <= limit) return { width, height };
    const scale = limit / longest;
    return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}

/**
 * Return a JPEG whose longest side is at most `limit` pixels.
 *
 * The picture is drawn anew: it is turned as the camera meant it, and where and when it was taken is no longer inside.
 * With `limit` 0 the file comes back as it is, once it has been found to be a picture.
 *
 * @throws UnreadablePhoto the file is no picture that this device can read
 */
export async function shrinkPhoto(file: Blob, limit: number): Promise<Blob> {
    const bitmap = await decode(file);
    try {
        if (limit <= 0) return file;
        const size = fitWithin(bitmap.width, bitmap.height, limit);
        const canvas = document.createElement("canvas");
        canvas.width = size.width;
        canvas.height = size.height;
        const context = canvas.getContext("2d", { alpha: false });
        if (!context) throw new UnreadablePhoto();
        context.fillStyle = "#fff";
        context.fillRect(0, 0, size.width, size.height);
        context.imageSmoothingQuality = "high";
        context.drawImage(bitmap, 0, 0, size.width, size.height);
        return await toJpeg(canvas);
    } finally {
        bitmap.close();
    }
}

async function decode(file: Blob): Promise<ImageBitmap> {
    try {
        return await createImageBitmap(file, { imageOrientation: "from-image" });
    } catch {
        throw new UnreadablePhoto();
    }
}

function toJpeg(canvas: HTMLCanvasElement): Promise<Blob> {
    return new Promise((resolve, reject) => {
        canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new UnreadablePhoto())), "image/jpeg", JPEG_QUALITY);
    });
}
