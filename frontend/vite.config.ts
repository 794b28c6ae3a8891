import vue from "@vitejs/plugin-vue";
import { defineConfig } from "vitest/config";

export default defineConfig({
    base: "/campo/",
    plugins: [vue()],
    define: { __APP_VERSION__: JSON.stringify("development") },
    build: {
        outDir: "../social_crm/public/field_app",
        emptyOutDir: true,
        target: "es2020",
        sourcemap: false,
        assetsInlineLimit: 0,
    },
    server: { host: "127.0.0.1", port: 8439, strictPort: false },
    test: { include: ["tests/**/*.test.ts"], environment: "node" },
});
