import { text } from "./session";
import type { EngineTextKey } from "../engine";

const KEYS: Record<string, EngineTextKey> = {
    "constraint.invalid": "notPossible",
    "constraint.required": "required",
    "form.required": "required",
    "confirm.repeatremove.heading": "removeRowAsk",
    "confirm.repeatremove.msg": "removeRowAsk",
    "selectpicker.noneselected": "noneSelected",
    "selectpicker.numberselected": "numberSelected",
};

/** Enketo's own texts, through ours. */
export function t(key: string, values?: Record<string, string | number>): string {
    const known = KEYS[key];
    return known ? text(known, values) : "";
}
