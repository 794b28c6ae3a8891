// What travels to people's phones is under a licence that allows it, and docs/decisions says why each package is there.
import fs from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";

interface Locked {
    dev?: boolean;
    optional?: boolean;
    license?: string;
}

const here = path.resolve(__dirname, "..");
const ALLOWED = /^(MIT|Apache-2\.0|BSD-2-Clause|BSD-3-Clause|ISC|0BSD|\(MIT OR [A-Z0-9.-]+\)|\([A-Z0-9.-]+ OR MIT\))$/;

test("every package of the app has a licence that allows it", () => {
    const lock = JSON.parse(fs.readFileSync(path.join(here, "package-lock.json"), "utf-8")) as { packages: Record<string, Locked> };
    const shipped = Object.entries(lock.packages).filter(([name, one]) => name && !one.dev);
    expect(shipped.length).toBeGreaterThan(5);
    const others = shipped.filter(([name, one]) => {
        const file = path.join(here, name, "package.json");
        const said = one.license ?? (fs.existsSync(file) ? (JSON.parse(fs.readFileSync(file, "utf-8")) as { license?: string }).license : undefined);
        return !ALLOWED.test(String(said));
    });
    expect(others.map(([name, one]) => `${name}: ${one.license}`)).toEqual([]);
});
