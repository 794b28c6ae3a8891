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

// What the form engine brings along and names in another way, looked at one by one.
const LOOKED_AT: Record<string, string> = {
    "node_modules/jquery-touchswipe": "dual, MIT or GPL-2, said in the old way: MIT is taken",
    "node_modules/node-forge": "dual, BSD-3-Clause or GPL-2: BSD is taken; an alias keeps it out of what is built",
    "node_modules/leaflet.gridlayer.googlemutant": "Beerware, of the map widget, which is not built in: maps need a network",
};

test("every package of the app has a licence that allows it", () => {
    const lock = JSON.parse(fs.readFileSync(path.join(here, "package-lock.json"), "utf-8")) as { packages: Record<string, Locked> };
    const shipped = Object.entries(lock.packages).filter(([name, one]) => name && !one.dev);
    expect(shipped.length).toBeGreaterThan(5);
    const others = shipped.filter(([name, one]) => {
        if (LOOKED_AT[name]) return false;
        const file = path.join(here, name, "package.json");
        const said = one.license ?? (fs.existsSync(file) ? (JSON.parse(fs.readFileSync(file, "utf-8")) as { license?: string }).license : undefined);
        return !ALLOWED.test(String(said));
    });
    expect(others.map(([name, one]) => `${name}: ${one.license}`)).toEqual([]);
});

test("what is kept out of the app is not in it", () => {
    const built = process.env.FIELD_APP_BUILT ?? path.resolve(here, "../social_crm/public/field_app");
    const assets = path.join(built, "assets");
    const scripts = fs.readdirSync(assets).filter((name) => name.endsWith(".js")).map((name) => fs.readFileSync(path.join(assets, name), "utf-8"));
    expect(scripts.some((text) => text.includes("GridLayer.GoogleMutant") || text.includes("forge.pki"))).toBe(false);
});
