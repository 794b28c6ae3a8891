// Builds the field app into social_crm/public/field_app. A bench runs this through the root's package.json
// (`bench build`); it needs Node 18 or later with npm, and fetches its packages by the lock file.

import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const here = path.dirname(fileURLToPath(import.meta.url));
const mark = path.join(here, "node_modules", ".installed-lock");

function stop(text) {
    console.error(`The field app was not built: ${text}`);
    process.exit(1);
}

function run(program, words) {
    const done = spawnSync(program, words, { cwd: here, stdio: "inherit", shell: process.platform === "win32" });
    if (done.error) stop(`${program} could not be started (${done.error.message}).`);
    if (done.status) stop(`${program} ${words[0]} ended with ${done.status}.`);
}

const major = Number(process.versions.node.split(".")[0]);
if (major < 18) stop(`Node 18 or later is needed, this is ${process.versions.node}.`);
const lock = createHash("sha256").update(fs.readFileSync(path.join(here, "package-lock.json"))).digest("hex");
if (!fs.existsSync(mark) || fs.readFileSync(mark, "utf-8") !== lock) {
    run("npm", ["ci", "--ignore-scripts", "--include=dev", "--no-audit", "--no-fund", "--no-progress"]);
    fs.writeFileSync(mark, lock);
}
run(process.execPath, [path.join(here, "node_modules", "vite", "bin", "vite.js"), "build", "--logLevel", "warn"]);
