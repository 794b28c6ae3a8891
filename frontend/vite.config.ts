import fs from "node:fs";
import { fileURLToPath } from "node:url";
import vue from "@vitejs/plugin-vue";
import { defineConfig } from "vitest/config";
import { enketoAliases, enketoDependencies } from "./enketo_aliases";
import { PREVIEW_PAGE, serviceWorker } from "./worker_build";

// The local bench builds a copy of this folder alone and says where the result goes and which version it is.
const outDir = process.env.FIELD_APP_OUT || fileURLToPath(new URL("../social_crm/public/field_app", import.meta.url));

function appVersion(): string {
    if (process.env.FIELD_APP_VERSION) return process.env.FIELD_APP_VERSION;
    const text = fs.readFileSync(new URL("../social_crm/__init__.py", import.meta.url), "utf-8");
    return /__version__ = "([^"]+)"/.exec(text)?.[1] ?? "0";
}

// The vendor's library asks for its script under a name of its own; see src/readers/digital_persona_vendor.ts.
const readerAliases = [
    { find: /^WebSdk$/, replacement: fileURLToPath(new URL("src/readers/websdk_global.ts", import.meta.url)) },
    { find: /^@digitalpersona\/core$/, replacement: "@digitalpersona/core/dist/es6/index.js" },
];
const define = { __APP_VERSION__: JSON.stringify(appVersion()) };

export default defineConfig(({ command }) => ({
    base: "/campo/",
    // The packages may lie in a cache that others share.
    cacheDir: ".vite",
    plugins: [vue(), ...(command === "build" ? [serviceWorker(outDir)] : [])],
    define,
    resolve: { alias: [...enketoAliases, ...readerAliases] },
    optimizeDeps: enketoDependencies,
    build: {
        outDir,
        emptyOutDir: true,
        target: "es2020",
        sourcemap: false,
        assetsInlineLimit: 0,
        // The policy of the page allows no inline script; every browser with Web Locks preloads modules by itself.
        modulePreload: { polyfill: false },
        rollupOptions: { input: { index: "index.html", preview: PREVIEW_PAGE } },
    },
    server: {
        host: "127.0.0.1",
        port: 8439,
        // With FIELD_APP_SERVER=http://127.0.0.1:PORT the screens work against a real site.
        proxy: process.env.FIELD_APP_SERVER ? { "^/(api|login|private|files)": process.env.FIELD_APP_SERVER } : undefined,
    },
    test: { include: ["tests/**/*.test.ts"], environment: "node", setupFiles: ["./tests/support/setup.ts"], testTimeout: 30_000, server: { deps: { inline: [/@digitalpersona/] } } },
}));
