import { askYesNo } from "../dialogs";
import { text } from "./session";

type Content = string | { heading?: string; message?: string; msg?: string };

const words = (content: Content): string =>
    typeof content === "string" ? content : (content.heading ?? content.message ?? content.msg ?? "");

export default {
    async alert(content: Content): Promise<void> {
        console.warn(words(content));
    },
    confirm: (content: Content): Promise<boolean> => askYesNo(words(content), text("remove"), text("cancel")),
    async prompt(): Promise<null> {
        return null;
    },
};
