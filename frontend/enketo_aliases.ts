import { fileURLToPath } from "node:url";

const own = (file: string) => fileURLToPath(new URL(`./src/form-engine/enketo/${file}`, import.meta.url));

/** enketo-core takes its settings, texts, dialogs, files and widgets from these names, so that an application can give its own. */
export const enketoAliases = [
    { find: "enketo/config", replacement: own("config.ts") },
    { find: "enketo/translator", replacement: own("translator.ts") },
    { find: "enketo/dialog", replacement: own("dialog.ts") },
    { find: "enketo/file-manager", replacement: own("file-manager.ts") },
    { find: "enketo/widgets", replacement: own("widgets.ts") },
    { find: "enketo/xpath-evaluator-binding", replacement: "enketo-core/src/js/xpath-evaluator-binding" },
    { find: "node-forge", replacement: own("no-digest.ts") },
    // The number fields ask the stand-in for a translator by its path.
    { find: /^.*\/js\/fake-translator$/, replacement: own("translator.ts") },
];

/** Vite bundles dependencies ahead for its development server; enketo-core must stay out, or it would carry a second copy of ours. */
export const enketoDependencies = {
    exclude: ["enketo-core"],
    include: ["jquery", "jquery-touchswipe", "mergexml/mergexml", "openrosa-xpath-evaluator", "openrosa-xpath-evaluator/src/date-extensions"],
};
