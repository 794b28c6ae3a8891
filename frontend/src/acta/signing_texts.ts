import { askSignature, type Signature } from "../form-engine/signing";
import { t } from "../i18n";

export const REASONS = ["read", "hand", "sight"] as const;

/** Let somebody sign, with the words of the app around it; null when they went back. */
export function askToSign(name: string, hint: string): Promise<Signature | null> {
    return askSignature({
        title: t("people.signatureOf", { name }),
        hint,
        clear: t("engine.clear"),
        undo: t("engine.undo"),
        done: t("engine.done"),
        cancel: t("common.cancel"),
    });
}
