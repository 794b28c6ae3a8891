// Builds the JavaScript and CSS bundles of Frappe apps for the local bench, as Frappe's own build does:
// every `*.bundle.{js,ts,css,scss,sass,less}` below an app's public folder goes to public/dist/{js,css,css-rtl}, and
// assets.json names what was built.
//
//   node build.mjs --modules NODE_MODULES --apps APPS_FOLDER --out REPORT.json APP [APP ...]
//
// REPORT.json receives {app: {ltr: {key: url}, rtl: {key: url}}}. Only packages below NODE_MODULES are used.

import { createHash } from "node:crypto";
import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { parseArgs } from "node:util";

const { values: options, positionals: apps } = parseArgs({
    allowPositionals: true,
    options: { modules: { type: "string" }, apps: { type: "string" }, out: { type: "string" } },
});
const modules = path.resolve(options.modules);
const appsFolder = path.resolve(options.apps);
const load = createRequire(path.join(modules, "_"));
const esbuild = load("esbuild");
const sass = load("sass");
const postcss = load("postcss");
const autoprefixer = load("autoprefixer");
const rtlcss = load("rtlcss");
const compiler = load("vue/compiler-sfc");

const appRoots = fs.readdirSync(appsFolder).map((app) => path.join(appsFolder, app));
const publicFolder = (app) => path.join(appsFolder, app, app, "public");

// A .html file imported from JavaScript registers itself as a client-side template.
const templates = {
    name: "frappe-templates",
    setup(build) {
        build.onResolve({ filter: /\.html$/ }, (args) => ({
            path: path.resolve(args.resolveDir, args.path),
            namespace: "frappe-template",
        }));
        build.onLoad({ filter: /.*/, namespace: "frappe-template" }, ({ path: file }) => {
            const name = path.basename(file).split(".")[0];
            const text = fs.readFileSync(file, "utf-8").replace(/\s/g, " ").replace(/(<!--.*?-->)/g, "");
            return { contents: `frappe.templates[${JSON.stringify(name)}] = ${JSON.stringify(text)};` };
        });
    },
};

// Addresses below /assets/ are served as they are.
const servedAssets = {
    name: "served-assets",
    setup(build) {
        build.onResolve({ filter: /^\/assets\// }, (args) => ({ path: args.path, external: true }));
    },
};

function compileSass(data, file) {
    const importer = (url) => ({ file: url.replace(/^~/, "").replace(/\.css$/, "") });
    const includePaths = [path.dirname(file), modules, ...appRoots];
    return sass.renderSync({ data, file, includePaths, importer, quietDeps: true, logger: sass.Logger.silent, indentedSyntax: file.endsWith(".sass") }).css.toString();
}

const stylesheets = (rightToLeft) => ({
    name: "stylesheets",
    setup(build) {
        build.onLoad({ filter: /\.(scss|sass|css|less)$/ }, async ({ path: file }) => {
            let text = fs.readFileSync(file, "utf-8");
            if (/\.(scss|sass)$/.test(file)) text = compileSass(text, file);
            const steps = rightToLeft ? [autoprefixer, rtlcss] : [autoprefixer];
            const result = await postcss(steps).process(text, { from: file });
            return { contents: result.css, loader: "css", resolveDir: path.dirname(file) };
        });
    },
});

// A plain `@import "x.css"` inside a component's style brings rules for elements of other components: they stay as
// they are, before the component's own rules, which are scoped. Scoped with them they would match nothing.
function componentStyle(style, file, id) {
    const imported = [];
    const own = style.content.replace(/@import\s+["']([^"']+\.css)["'];?/g, (_all, name) => {
        const source = name.startsWith(".") ? path.resolve(path.dirname(file), name) : load.resolve(name);
        imported.push(fs.readFileSync(source, "utf-8"));
        return "";
    });
    const source = style.lang === "scss" || style.lang === "sass" ? compileSass(own, `${file}.scss`) : own;
    const result = compiler.compileStyle({ source, filename: file, id: `data-v-${id}`, scoped: Boolean(style.scoped) });
    if (result.errors.length) throw result.errors[0];
    return [...imported, result.code].join("\n");
}

const components = {
    name: "vue-components",
    setup(build) {
        build.onLoad({ filter: /\.vue$/ }, ({ path: file }) => {
            const source = fs.readFileSync(file, "utf-8");
            const { descriptor, errors } = compiler.parse(source, { filename: file });
            if (errors.length) throw errors[0];
            const id = createHash("sha256").update(path.relative(appsFolder, file)).digest("hex").slice(0, 8);
            const scoped = descriptor.styles.some((style) => style.scoped);
            const templateOptions = { id, scoped, compilerOptions: { scopeId: scoped ? `data-v-${id}` : undefined } };
            const parts = [];
            let loader = "js";
            if (descriptor.script || descriptor.scriptSetup) {
                const script = compiler.compileScript(descriptor, {
                    id,
                    inlineTemplate: Boolean(descriptor.scriptSetup),
                    genDefaultAs: "__component",
                    isProd: true,
                    templateOptions,
                });
                if (script.lang === "ts") loader = "ts";
                parts.push(script.content);
            } else {
                parts.push("const __component = {};");
            }
            if (descriptor.template && !descriptor.scriptSetup) {
                const template = compiler.compileTemplate({
                    source: descriptor.template.content,
                    filename: file,
                    isProd: true,
                    ...templateOptions,
                });
                if (template.errors.length) throw template.errors[0];
                parts.push(template.code, "__component.render = render;");
            }
            if (scoped) parts.push(`__component.__scopeId = "data-v-${id}";`);
            const css = descriptor.styles.map((style) => componentStyle(style, file, id)).join("\n");
            if (css) {
                parts.push(
                    `{ const style = document.createElement("style"); style.textContent = ${JSON.stringify(css)};` +
                        " document.head.appendChild(style); }",
                );
            }
            parts.push("export default __component;");
            return { contents: parts.join("\n"), loader, resolveDir: path.dirname(file) };
        });
    },
};

function bundlesOf(app) {
    const found = [];
    const walk = (folder) => {
        for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
            if (["dist", "node_modules"].includes(entry.name)) continue;
            const full = path.join(folder, entry.name);
            if (entry.isDirectory()) walk(full);
            else if (/\.bundle\.(js|ts|css|scss|sass|less)$/.test(entry.name)) found.push(full);
        }
    };
    if (fs.existsSync(publicFolder(app))) walk(publicFolder(app));
    return found.sort();
}

async function buildInto(app, entries, folder, plugins, prefix) {
    // The names of the results carry a hash over the contents and the relative paths of the sources. All paths are
    // taken from the app's real folder, so that two benches of one checkout give the same names and share the files.
    const root = fs.realpathSync(publicFolder(app));
    const out = path.join(root, "dist", folder);
    if (!entries.length) {
        fs.rmSync(out, { recursive: true, force: true });
        return {};
    }
    const result = await esbuild.build({
        entryPoints: entries.map((file) => fs.realpathSync(file)),
        outdir: out,
        outbase: root,
        entryNames: "[name].[hash]",
        assetNames: "[name].[hash]",
        bundle: true,
        minify: true,
        sourcemap: true,
        metafile: true,
        target: ["es2017"],
        nodePaths: [modules, ...appRoots],
        loader: { ".woff": "file", ".woff2": "file", ".ttf": "file", ".svg": "file", ".png": "file", ".gif": "file" },
        define: {
            "process.env.NODE_ENV": '"production"',
            __VUE_OPTIONS_API__: "true",
            __VUE_PROD_DEVTOOLS__: "false",
        },
        plugins,
        logLevel: "error",
        absWorkingDir: root,
    });
    const assets = {};
    for (const [file, info] of Object.entries(result.metafile.outputs)) {
        if (!info.entryPoint) continue;
        const source = path.basename(info.entryPoint);
        const key = prefix + source.replace(/\.(scss|sass|less)$/, ".css").replace(/\.ts$/, ".js");
        assets[key] = `/assets/${app}/dist/${folder}/${path.basename(file)}`;
    }
    const built = new Set(Object.keys(result.metafile.outputs).map((file) => path.basename(file)));
    for (const name of fs.readdirSync(out)) {
        if (!built.has(name)) fs.rmSync(path.join(out, name));
    }
    return assets;
}

const report = {};
for (const app of apps) {
    const bundles = bundlesOf(app);
    const scripts = bundles.filter((file) => /\.(js|ts)$/.test(file));
    const styles = bundles.filter((file) => !scripts.includes(file));
    report[app] = {
        ltr: {
            ...(await buildInto(app, scripts, "js", [templates, servedAssets, components, stylesheets(false)], "")),
            ...(await buildInto(app, styles, "css", [servedAssets, stylesheets(false)], "")),
        },
        rtl: await buildInto(app, styles, "css-rtl", [servedAssets, stylesheets(true)], "rtl_"),
    };
}
fs.writeFileSync(options.out, JSON.stringify(report, null, 1));
