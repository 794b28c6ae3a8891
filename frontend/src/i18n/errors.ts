import { FieldError } from "../store/api";
import { timeText } from "./format";
import { t, tn, type TextKey } from "./index";

const KEYS: Partial<Record<FieldError["code"], TextKey>> = {
    offline: "error.offline",
    login: "error.login",
    credentials: "error.credentials",
    "weak-pin": "error.weakPin",
    "open-draft": "error.openDraft",
    quota: "error.quota",
    "not-found": "error.notFound",
    "read-only": "error.readOnly",
    template: "error.template",
    "template-offline": "error.templateOffline",
    incomplete: "error.incomplete",
    revoked: "error.revoked",
    "old-app": "error.oldApp",
    forbidden: "new.mayNot",
};

/** What failed, in words that say what to do. */
export function errorText(error: unknown): string {
    if (!(error instanceof FieldError)) return t("error.unknown");
    const { code, detail, message } = error;
    if (code === "unsent") return tn("error.unsent", Number(detail.count ?? 1));
    if (code === "quota" && detail.count) return tn("error.quotaUnsent", Number(detail.count));
    if (code === "pin") return typeof detail.left === "number" ? tn("error.pinLeft", detail.left) : t("error.pin");
    if (code === "wait") return t("error.wait", { time: timeText(Number(detail.until ?? Date.now())) });
    if (code === "server") return message && message !== "server" ? message : t("error.server");
    const key = KEYS[code];
    return key ? t(key) : t("error.unknown");
}
