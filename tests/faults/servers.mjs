// Kills the bench's servers and brings them back; the tool is local_bench/testing/wreck.py.

import { execFile } from "node:child_process";
import { promisify } from "node:util";

const [program, ...words] = JSON.parse(process.env.SOCIAL_CRM_WRECK);
const run = promisify(execFile);

async function wreck(action, what) {
    await run(program, [...words, action, what], { cwd: process.env.SOCIAL_CRM_APP });
}

export const kill = (what) => wreck("kill", what);
export const back = (what) => wreck("back", what);
/** Runs a function of the app inside Frappe, as its scheduler does. */
export const call = (name) => wreck("call", name);
