// What the Desk and the preview of a template say to each other, as windows of one site.

export const READY = "campo-preview-ready";
export const SHOW = "campo-preview-show";
/** The answers were checked: {instance: as they would be sent, problems: how many}. */
export const CHECKED = "campo-preview-checked";

export interface PreviewForm {
    type: typeof SHOW;
    title: string;
    html: string;
    model: string;
    /** Two letters: the language of the template to show. */
    language: string;
    /** Two letters: the language of whoever looks, for the buttons where the app does not speak the template's. */
    reader: string;
    /** A record to begin with; without it the form is new. */
    instance?: string;
}

/** Return the form that a message brings; null for any other message, and for one from another site or window. */
export function formOf(event: Pick<MessageEvent, "data" | "origin" | "source">, opener: Window): PreviewForm | null {
    if (event.origin !== window.location.origin || event.source !== opener) return null;
    const data = event.data as Partial<PreviewForm> | null;
    if (!data || typeof data !== "object" || data.type !== SHOW) return null;
    const texts = [data.title, data.html, data.model, data.language, data.reader];
    return texts.every((text) => typeof text === "string") ? (data as PreviewForm) : null;
}
