import { t } from "../i18n";
import type { ReaderError } from "./reader";

/** What went wrong with a reader, in words that say what to do. */
export function readerText({ problem, detail }: ReaderError, least: number): string {
    if (problem === "quality" && detail.quality !== undefined) return t("reader.problem.low", { quality: detail.quality, least });
    return t(`reader.problem.${problem}`, { code: detail.code ?? "?" });
}
