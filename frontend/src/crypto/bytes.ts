// Bytes and texts.

export type Bytes = Uint8Array<ArrayBuffer>;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

export const textBytes = (text: string): Bytes => encoder.encode(text) as Bytes;
export const bytesText = (bytes: Bytes): string => decoder.decode(bytes);
export const randomBytes = (count: number): Bytes => crypto.getRandomValues(new Uint8Array(count));

export function hex(bytes: ArrayBuffer | Bytes): string {
    const view = bytes instanceof Uint8Array ? bytes : new Uint8Array(bytes);
    let text = "";
    for (const byte of view) text += byte.toString(16).padStart(2, "0");
    return text;
}

/** SHA-256 of bytes, in lower-case hexadecimal. */
export async function sha256(bytes: Bytes | ArrayBuffer): Promise<string> {
    return hex(await crypto.subtle.digest("SHA-256", bytes));
}
