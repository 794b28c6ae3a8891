// An acta while it is written: the form engine and the draft on the device, kept together.

import { computed, reactive, ref, shallowRef, type Ref } from "vue";
import { loadFormEngine, type FormProblem, type MountedForm } from "../form-engine";
import { t, type TextKey } from "../i18n";
import type { Draft, DraftBody, FieldStore, Media, MediaPurpose, OpenDraft, TemplateWrite } from "../store/api";

type Part = Partial<Omit<DraftBody, "template">>;
const SETTLE_MS = 500;
const LONGEST_MS = 2_000; // what is being written is kept at least so often

export class WorkingActa {
    readonly draft = shallowRef<Draft | null>(null);
    readonly formReady = ref(false);
    readonly saveState = reactive({ pending: 0, savedAt: null as number | null, error: null as unknown });
    readonly readOnly = ref(false);
    readonly mapping = shallowRef<TemplateWrite[] | null>(null); // what its template writes when it is closed
    readonly body = computed(() => this.draft.value?.body ?? null);
    private open: OpenDraft | null = null;
    private form: MountedForm | null = null;
    private chain: Promise<void> = Promise.resolve();
    private timer: ReturnType<typeof setTimeout> | undefined;
    private formDirty = false;
    private dirtySince = 0;
    private stopListening: () => void = () => undefined;
    private ended = false;

    constructor(
        private readonly store: FieldStore,
        private readonly uuid: string,
        private readonly language: string,
    ) {}

    /** Open the draft. Rejects with a FieldError. */
    async start(): Promise<void> {
        const open = await this.store.drafts.open(this.uuid);
        if (this.ended) return open.release();
        this.open = open;
        this.draft.value = open.draft;
        this.readOnly.value = open.readOnly;
        this.stopListening = open.onChange((draft) => (this.draft.value = draft));
    }

    /** Draw the form of the version that the draft began with. */
    async drawForm(host: HTMLElement): Promise<void> {
        const { open, draft } = this;
        if (!open || !draft.value) return;
        const [engine, template] = await Promise.all([loadFormEngine(), this.store.templates.load(draft.value.body.template)]);
        this.mapping.value = template.mapping;
        const media = new Map<string, Blob>();
        for (const one of draft.value.media.filter(isOfForm)) media.set(one.name, await open.readMedia(one.id));
        if (this.ended) return;
        this.form = await engine.mount(host, {
            html: template.html,
            model: template.model,
            instance: draft.value.body.instance ?? undefined,
            media,
            language: this.language,
            readOnly: this.readOnly.value,
            photoMaxPx: this.store.device.photoPixels.value,
            text: (key, values) => t(`engine.${key}` as TextKey, values),
        });
        this.form.onChange(() => this.formChanged());
        this.formReady.value = true;
    }

    private formChanged(): void {
        const now = Date.now();
        if (!this.formDirty) this.dirtySince = now;
        this.formDirty = true;
        clearTimeout(this.timer);
        // A photo, a drawing or a sound is kept at once: a phone that dies now has it.
        const known = this.draft.value?.media ?? [];
        const hasNewFile = [...(this.form?.media().keys() ?? [])].some((name) => !known.some((one) => one.name === name));
        const wait = hasNewFile ? 0 : Math.max(0, Math.min(SETTLE_MS, this.dirtySince + LONGEST_MS - now));
        this.timer = setTimeout(() => void this.saveForm().catch(() => undefined), wait); // the state line says it
    }

    /** Questions that still need an answer. */
    async problems(): Promise<FormProblem[]> {
        if (!this.form) return [];
        const found = await this.form.validate();
        this.formDirty = true; // answers of hidden questions are emptied
        return found;
    }

    /** Save a part of the acta; resolves when it is durable. */
    save(part: Part): Promise<void> {
        return this.inTurn(async (open) => open.save(part));
    }

    saveForm(): Promise<void> {
        clearTimeout(this.timer);
        const { form } = this;
        if (!form || !this.formDirty || this.readOnly.value) return this.chain;
        this.formDirty = false;
        return this.inTurn(async (open) => {
            const instance = form.instance();
            const files = form.media();
            const known = open.draft.media.filter(isOfForm);
            for (const [name, blob] of files) {
                if (!known.some((one) => one.name === name)) await open.addMedia(blob, name, purposeOf(blob));
            }
            await open.save({ instance });
            // Only once the answers no longer name them: a phone that dies in between has lost nothing.
            for (const one of known) if (!files.has(one.name)) await open.removeMedia(one.id);
        }).catch((error: unknown) => {
            this.formDirty = true;
            throw error;
        });
    }

    /** Keep a signature's image. */
    async keep(image: Blob, name: string, purpose: MediaPurpose): Promise<Media> {
        let kept: Media | null = null;
        await this.inTurn(async (open) => {
            kept = await open.addMedia(image, name, purpose);
        });
        return kept as unknown as Media;
    }

    forget(id: string | null): Promise<void> {
        return id ? this.inTurn(async (open) => open.removeMedia(id)) : Promise.resolve();
    }

    async read(id: string): Promise<Blob> {
        if (!this.open) throw new Error("The acta is not open");
        return this.open.readMedia(id);
    }

    /** Save what is pending; resolves when all of it is durable. */
    async settle(): Promise<void> {
        await this.saveForm();
        await this.chain;
    }

    /** Save and put it into the outbox. */
    async send(close: boolean): Promise<void> {
        await this.settle();
        await this.stop();
        await this.store.drafts.ready(this.uuid, close);
    }

    /** Save, take the form away and let go of the draft. */
    async stop(): Promise<void> {
        if (this.ended) return;
        try {
            await this.settle();
        } finally {
            this.ended = true;
            this.stopListening();
            this.form?.destroy();
            this.form = null;
            await this.open?.release();
        }
    }

    private inTurn(work: (open: OpenDraft) => Promise<void>): Promise<void> {
        const { open } = this;
        if (!open || this.readOnly.value) return Promise.resolve();
        this.saveState.pending += 1;
        const turn = this.chain.then(async () => {
            await work(open);
            this.draft.value = open.draft;
        });
        this.chain = turn.catch(() => undefined);
        return turn.then(
            () => {
                this.saveState.pending -= 1;
                this.saveState.savedAt = Date.now();
                this.saveState.error = null;
            },
            (error: unknown) => {
                this.saveState.pending -= 1;
                this.saveState.error = error;
                throw error;
            },
        );
    }
}

/** Signatures of those present are no files of the form. */
export function isOfForm(media: Media): boolean {
    return media.purpose !== "signature" && media.purpose !== "witness" && media.purpose !== "fingerprint";
}

export function purposeOf(blob: Blob): MediaPurpose {
    if (blob.type.startsWith("image/")) return "photo";
    return blob.type.startsWith("audio/") ? "audio" : "file";
}

/** Save when the app is sent to the background: a phone may end it there without another word. */
export function saveWhenHidden(save: () => Promise<void>, failed: Ref<unknown>): () => void {
    const hide = (): void => {
        if (document.visibilityState === "hidden") void save().catch((error: unknown) => (failed.value = error));
    };
    document.addEventListener("visibilitychange", hide);
    window.addEventListener("pagehide", hide);
    return () => {
        document.removeEventListener("visibilitychange", hide);
        window.removeEventListener("pagehide", hide);
    };
}
