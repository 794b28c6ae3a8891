import type { FormEngine } from "./engine";

export * from "./engine";

/** Load the engine, a part of the app of its own: the shell starts without it. */
export async function loadFormEngine(): Promise<FormEngine> {
    const { enketoEngine } = await import("./enketo/enketo-form-engine");
    return enketoEngine;
}
