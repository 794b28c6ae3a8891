/**
 * The seam between the field app and whatever draws the forms. The screens know these types and nothing of the engine,
 * so that another one can take its place.
 */

/** The texts an engine shows, already in the person's language. */
export type EngineText = (key: EngineTextKey, values?: Record<string, string | number>) => string;

export const ENGINE_TEXT_KEYS = [
    "required",
    "notPossible",
    "notANumber",
    "addRow",
    "removeRow",
    "removeRowAsk",
    "rowNumber",
    "takePhoto",
    "choosePhoto",
    "replacePhoto",
    "photoOf",
    "photoWorking",
    "photoUnreadable",
    "remove",
    "removeAsk",
    "missingFile",
    "fileOnServer",
    "sign",
    "signAgain",
    "draw",
    "drawAgain",
    "signHere",
    "signatureOf",
    "clear",
    "undo",
    "done",
    "cancel",
    "record",
    "recordAgain",
    "stop",
    "recording",
    "chooseAudio",
    "chooseFile",
    "audioDenied",
    "audioLimit",
    "takePlace",
    "takePlaceAgain",
    "searchingPlace",
    "usePlace",
    "placeFound",
    "placeDenied",
    "placeUnavailable",
    "placeTimeout",
    "placeByHand",
    "latitude",
    "longitude",
    "placeRange",
    "noneSelected",
    "numberSelected",
    "noAnswer",
] as const;
export type EngineTextKey = (typeof ENGINE_TEXT_KEYS)[number];

export interface MountOptions {
    /** The form's HTML, as the server made it when the version was published. */
    html: string;
    /** The form's XML model, from the same place. */
    model: string;
    /** A record begun earlier; without it the form is new. */
    instance?: string;
    /** Files of that record, by the name they have in its XML. */
    media: ReadonlyMap<string, Blob>;
    /** Two letters; where the template lacks it, the template's own default is shown. */
    language: string;
    readOnly: boolean;
    /** Longest side of a photo in pixels; 0 keeps photos as the camera made them. */
    photoMaxPx: number;
    text: EngineText;
}

/** A question that needs the person, in the order of the form. */
export interface FormProblem {
    label: string;
    message: string;
    /** Bring the question into view and put the focus on it. */
    show: () => void;
    /** Whether the question still shows it: an answer given since may have mended it. */
    remains: () => boolean;
}

export interface MountedForm {
    /** The record as XML, complete or not: what a draft keeps and what is sent. */
    instance(): string;
    /** The files that the record names. Two equal photos are two files. */
    media(): Map<string, Blob>;
    /** What is still missing or wrong; empty when the form can be closed. Values of hidden questions are emptied. */
    validate(): Promise<FormProblem[]>;
    /** Call when an answer or a file changed. Returns how to stop. */
    onChange(listener: () => void): () => void;
    /** Take the form away and let go of cameras, microphones and object URLs. */
    destroy(): void;
}

export interface FormEngine {
    /**
     * Draw a form inside an element.
     *
     * @throws FormEngineError the template or the record cannot be shown
     */
    mount(element: HTMLElement, options: MountOptions): Promise<MountedForm>;
}

export class FormEngineError extends Error {
    readonly details: readonly string[];

    constructor(details: readonly string[]) {
        super(details.join("; "));
        this.name = "FormEngineError";
        this.details = details;
    }
}
