// What a phone fetches before it may leave for the field, without the form engine: counted as `./run benchmark field_app` does.
import fs from "node:fs";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";

const built = process.env.FIELD_APP_BUILT ?? path.resolve(__dirname, "../../social_crm/public/field_app");
const LIMIT = 250_000; // bytes, compressed

function files(folder: string): string[] {
    return fs.readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
        const file = path.join(folder, entry.name);
        return entry.isDirectory() ? files(file) : [file];
    });
}

test("the shell, apart from the form engine, is below 250 kB compressed", () => {
    const texts = files(built).filter((file) => /\.(html|js|css|webmanifest|svg)$/.test(file));
    const shell = texts.filter((file) => !path.basename(file).includes("form-engine"));
    const bytes = shell.reduce((sum, file) => sum + gzipSync(fs.readFileSync(file), { level: 9 }).length, 0);
    console.info(`shell: ${bytes} bytes compressed, in ${shell.length} files`);
    expect(shell.some((file) => file.endsWith("index.html"))).toBe(true);
    expect(bytes).toBeLessThan(LIMIT);
});
