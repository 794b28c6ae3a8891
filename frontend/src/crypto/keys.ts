// A vault's keys. A random secret makes them; the secret itself lies on the device only under a key made of the PIN.
//
// PIN -> Argon2id -> key that wraps the secret; secret -> HKDF -> one key for contents, one for names of rows.
// A PIN of six digits falls to whoever copies the storage and tries all of them elsewhere; Argon2id makes each try cost
// memory and time, no more. The device's own lock is the first wall, and the app says so.

import { argon2id } from "hash-wasm";
import { hex, randomBytes, textBytes, type Bytes } from "./bytes";

export interface KeyRecipe {
    salt: Bytes;
    memory: number; // KiB
    rounds: number;
}

export interface WrappedSecret extends KeyRecipe {
    wrapped: Bytes; // IV and ciphertext
}

export interface VaultKeys {
    content: CryptoKey; // AES-GCM, cannot be read out
    names: CryptoKey; // HMAC
}

// 19 MiB and two rounds: what OWASP names as the least for Argon2id; about 0.1 s on a cheap phone.
const MEMORY = 19_456;
const ROUNDS = 2;
const IV_BYTES = 12;

export function isWeakPin(pin: string): boolean {
    if (!/^\d{6,12}$/.test(pin) || /^(\d)\1*$/.test(pin)) return true;
    return "01234567890123".includes(pin) || "98765432109876".includes(pin);
}

async function pinKey(pin: string, recipe: KeyRecipe): Promise<CryptoKey> {
    const bytes = await argon2id({
        password: pin,
        salt: recipe.salt,
        memorySize: recipe.memory,
        iterations: recipe.rounds,
        parallelism: 1,
        hashLength: 32,
        outputType: "binary",
    });
    return crypto.subtle.importKey("raw", bytes as Bytes, "AES-GCM", false, ["encrypt", "decrypt"]);
}

export const newSecret = (): Bytes => randomBytes(32);

/** Wraps a secret under a PIN. The vault's id is part of it: a wrapped secret opens no other vault. */
export async function wrapSecret(secret: Bytes, pin: string, vault: string): Promise<WrappedSecret> {
    const recipe = { salt: randomBytes(16), memory: MEMORY, rounds: ROUNDS };
    return { ...recipe, wrapped: await encrypt(await pinKey(pin, recipe), secret, `vault/${vault}`) };
}

/** The secret, or null when the PIN is not the one. */
export async function unwrapSecret(kept: WrappedSecret, pin: string, vault: string): Promise<Bytes | null> {
    const key = await pinKey(pin, kept);
    return decrypt(key, kept.wrapped, `vault/${vault}`).catch(() => null);
}

export async function keysOf(secret: Bytes): Promise<VaultKeys> {
    const source = await crypto.subtle.importKey("raw", secret, "HKDF", false, ["deriveKey"]);
    const recipe = (info: string) => ({ name: "HKDF", hash: "SHA-256", salt: new Uint8Array(0), info: textBytes(info) });
    return {
        content: await crypto.subtle.deriveKey(recipe("content"), source, { name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]),
        names: await crypto.subtle.deriveKey(recipe("names"), source, { name: "HMAC", hash: "SHA-256", length: 256 }, false, ["sign"]),
    };
}

/** IV and ciphertext. `place` says which row this is: moved to another one it does not open. */
export async function encrypt(key: CryptoKey, bytes: Bytes, place: string): Promise<Bytes> {
    const iv = randomBytes(IV_BYTES);
    const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData: textBytes(place) }, key, bytes);
    const all = new Uint8Array(IV_BYTES + sealed.byteLength);
    all.set(iv);
    all.set(new Uint8Array(sealed), IV_BYTES);
    return all;
}

/** Throws an OperationError when key, place or a single bit is wrong. */
export async function decrypt(key: CryptoKey, bytes: Bytes, place: string): Promise<Bytes> {
    const iv = bytes.subarray(0, IV_BYTES);
    const opened = await crypto.subtle.decrypt({ name: "AES-GCM", iv, additionalData: textBytes(place) }, key, bytes.subarray(IV_BYTES));
    return new Uint8Array(opened);
}

/** A name for a row that tells nothing about what it holds. */
export async function rowName(key: CryptoKey, text: string): Promise<string> {
    return hex(await crypto.subtle.sign("HMAC", key, textBytes(text))).slice(0, 40);
}
