import { current, fileUrl } from "./session";

/**
 * Files of the form on the screen, by the names they have in its XML. Enketo's own manager reads file inputs, which are
 * empty after a draft comes back.
 */
export default {
    init: async (): Promise<boolean> => true,
    isWaitingForPermissions: (): boolean => false,
    getFileUrl: async (subject: string | Blob | null): Promise<string | null> => {
        if (!subject) return null;
        return typeof subject === "string" ? fileUrl(subject) : URL.createObjectURL(subject);
    },
    getObjectUrl: async (subject: string): Promise<string | null> => fileUrl(subject),
    getCurrentFiles: (): Blob[] => [...current().media.values()],
    isTooLarge: (): boolean => false,
    getMaxSizeReadable: (): string => "",
};
