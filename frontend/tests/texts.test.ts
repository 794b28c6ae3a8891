import fs from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { ENGINE_TEXT_KEYS } from "../src/form-engine/engine";
import { language, t, tn, word } from "../src/i18n";
import en from "../src/i18n/en.json";
import es from "../src/i18n/es.json";

const source = fileNames(path.resolve("src")).map((file) => fs.readFileSync(file, "utf-8")).join("\n");

function fileNames(folder: string): string[] {
    return fs.readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
        const full = path.join(folder, entry.name);
        if (entry.isDirectory()) return entry.name === "development" || entry.name === "worker" ? [] : fileNames(full);
        return /\.(ts|vue)$/.test(entry.name) ? [full] : [];
    });
}

const placeholders = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((found) => found[1]).sort();

describe("texts", () => {
    it("stand in both languages, none empty, with the same blanks to fill", () => {
        expect(Object.keys(en).sort()).toEqual(Object.keys(es).sort());
        for (const [key, text] of Object.entries(es)) {
            expect(text.trim(), key).not.toBe("");
            const english = (en as Record<string, string>)[key] ?? "";
            expect(english.trim(), key).not.toBe("");
            expect(placeholders(english), key).toEqual(placeholders(text));
        }
    });

    it("are known where the screens ask for them", () => {
        const asked = [...source.matchAll(/\bt\(\s*"([\w. -]+)"/g)].map((found) => found[1] as string);
        expect(asked.length).toBeGreaterThan(100);
        expect(asked.filter((key) => !(key in es))).toEqual([]);
        const counted = [...source.matchAll(/\btn\(\s*"([\w. -]+)"/g)].map((found) => found[1] as string);
        expect(counted.filter((key) => !(`${key}.one` in es) || !(`${key}.other` in es))).toEqual([]);
        expect(ENGINE_TEXT_KEYS.filter((key) => !(`engine.${key}` in es))).toEqual([]);
    });

    it("are translated wherever a person reads them: no words stand in the mark-up itself", () => {
        const bare: string[] = [];
        for (const file of fileNames(path.resolve("src")).filter((name) => name.endsWith(".vue"))) {
            const template = /<template>([\s\S]*)<\/template>/.exec(fs.readFileSync(file, "utf-8"))?.[1] ?? "";
            const text = template
                .replace(/<!--[\s\S]*?-->/g, "")
                .replace(/\{\{[\s\S]*?\}\}/g, "")
                .replace(/<(?:"[^"]*"|'[^']*'|[^>"'])*>/g, "\n");
            for (const line of text.split("\n")) {
                const words = line.replace(/Social CRM/g, "").trim();
                if (/\p{L}{2,}/u.test(words)) bare.push(`${path.basename(file)}: ${words}`);
            }
        }
        expect(bare).toEqual([]);
    });

    it("fill their blanks, count in the language's own way and leave an unknown word as it is", () => {
        language.value = "es";
        expect(tn("safe.local", 1)).toBe("1 acta solo en este teléfono");
        expect(tn("safe.local", 5000)).toMatch(/^5[.\s]?000 actas solo en este teléfono$/u);
        expect(t("today.hello", { name: "Marta" })).toBe("Hola, Marta");
        expect(word("status", "Moved Away")).toBe("Se fue");
        expect(word("status", "Something New")).toBe("Something New");
        language.value = "en";
        expect(tn("safe.local", 3)).toBe("3 actas only on this phone");
        language.value = "es";
    });
});
