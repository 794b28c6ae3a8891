// Builds the service worker after the app, with the list of files that it keeps on the device.

import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { build, type Plugin } from "vite";

/** The page in which the Desk shows a template. It needs the server: no device keeps it, nor what it alone uses. */
export const PREVIEW_PAGE = "preview.html";
const OF_THE_PREVIEW = /^(preview\.html|assets\/preview-[^/]*)$/;

export interface PrecacheFile {
    url: string;
    revision: string | null;
    integrity: string;
}

function filesBelow(folder: string): string[] {
    return fs.readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
        const file = path.join(folder, entry.name);
        return entry.isDirectory() ? filesBelow(file) : [file];
    });
}

/** What the worker keeps: all that was built for the app. A file that differs from its hash keeps the old version in place. */
export function precacheList(folder: string): PrecacheFile[] {
    const nameOf = (file: string): string => path.relative(folder, file).split(path.sep).join("/");
    return filesBelow(folder)
        .filter((file) => !OF_THE_PREVIEW.test(nameOf(file)))
        .sort()
        .map((file) => {
            const bytes = fs.readFileSync(file);
            const name = nameOf(file);
            const digest = createHash("sha256").update(bytes).digest();
            return {
                // The shell is asked for under the address that people open.
                url: name === "index.html" ? "/campo" : `/campo/${name}`,
                revision: name.startsWith("assets/") ? null : digest.toString("hex").slice(0, 16),
                integrity: `sha256-${digest.toString("base64")}`,
            };
        });
}

export function serviceWorker(outDir: string): Plugin {
    return {
        name: "field-app-service-worker",
        apply: "build",
        async closeBundle() {
            if (!fs.existsSync(path.join(outDir, "index.html"))) return; // the build failed
            await build({
                configFile: false,
                logLevel: "warn",
                publicDir: false,
                define: { __PRECACHE__: JSON.stringify(precacheList(outDir)), "process.env.NODE_ENV": '"production"' },
                build: {
                    outDir,
                    emptyOutDir: false,
                    target: "es2020",
                    lib: {
                        entry: fileURLToPath(new URL("src/worker/sw.ts", import.meta.url)),
                        formats: ["iife"],
                        name: "worker",
                        fileName: () => "sw.js",
                    },
                },
            });
        },
    };
}
