import fc from "fast-check";
import { expect, test } from "vitest";
import { bytesText, textBytes, type Bytes } from "../src/crypto/bytes";
import { decrypt, encrypt, isWeakPin, keysOf, newSecret, rowName, unwrapSecret, wrapSecret } from "../src/crypto/keys";

test("a secret opens with its PIN and in its vault alone", async () => {
    const secret = newSecret();
    const kept = await wrapSecret(secret, "482913", "vault-a");
    expect(await unwrapSecret(kept, "482913", "vault-a")).toEqual(secret);
    expect(await unwrapSecret(kept, "482914", "vault-a")).toBeNull();
    expect(await unwrapSecret(kept, "482913", "vault-b")).toBeNull();
});

test("what was sealed comes back, never twice the same, and not in another place or with a changed bit", async () => {
    const { content } = await keysOf(newSecret());
    await fc.assert(
        fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), fc.nat(), async (given, bit) => {
            const bytes = new Uint8Array(given) as Bytes;
            const sealed = await encrypt(content, bytes, "heads/1");
            expect(await decrypt(content, sealed, "heads/1")).toEqual(bytes);
            expect(await encrypt(content, bytes, "heads/1")).not.toEqual(sealed);
            await expect(decrypt(content, sealed, "heads/2")).rejects.toThrow();
            const broken = sealed.slice();
            broken[bit % broken.length]! ^= 1 << bit % 8;
            await expect(decrypt(content, broken, "heads/1")).rejects.toThrow();
        }),
        { numRuns: 60 },
    );
});

test("keys cannot be read out, and names of rows tell nothing", async () => {
    const keys = await keysOf(newSecret());
    await expect(crypto.subtle.exportKey("raw", keys.content)).rejects.toThrow();
    const name = await rowName(keys.names, "family/FAM-00001");
    expect(name).toMatch(/^[0-9a-f]{40}$/);
    expect(await rowName(keys.names, "family/FAM-00001")).toBe(name);
    expect(await rowName((await keysOf(newSecret())).names, "family/FAM-00001")).not.toBe(name);
});

test.each(["1", "12345", "111111", "123456", "987654", "12a456", ""])("%s is no PIN", (pin) => {
    expect(isWeakPin(pin)).toBe(true);
});

test("texts of every script go through bytes unharmed", () => {
    expect(bytesText(textBytes("Ñandú Epiayú 𝒳"))).toBe("Ñandú Epiayú 𝒳");
});
