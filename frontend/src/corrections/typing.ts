// A correction while it is typed: what the person saw, what they write, and the draft of it on the device.

import { computed, reactive, ref, watch } from "vue";
import type { CorrectionField, FieldStore } from "../store/api";
import { begun, changed, DOCTYPES, takenUp, withOwn, type CorrectedKind, type TakenUp, type Values } from "./fields";

export class WorkingCorrection {
    readonly fields = ref<readonly CorrectionField[] | null>(null);
    readonly title = ref("");
    readonly typed = reactive<Record<string, string>>({});
    readonly resumed = ref<number | null>(null); // when what was begun before was typed, milliseconds
    readonly meanwhile = ref<TakenUp["meanwhile"]>([]);
    readonly saving = reactive({ pending: 0, savedAt: null as number | null, error: null as unknown });
    readonly isBegun = computed(() => Object.keys(this.part().typed).length > 0);
    private readonly doctype;
    private seen: Values = {};
    private isOver = false;

    constructor(
        private readonly store: FieldStore,
        private readonly kind: CorrectedKind,
        private readonly id: string,
        private readonly family: string,
    ) {
        this.doctype = DOCTYPES[kind];
    }

    async start(): Promise<void> {
        const { store, doctype, id } = this;
        const record = (await store.records.get(this.kind, id)) as Values | null;
        const form = await store.records.get("form", doctype);
        const own = store.outbox.changes.value.filter((one) => one.doctype === doctype && one.name === id);
        const draft = store.corrections.list.value.find((one) => one.doctype === doctype && one.name === id) ?? null;
        this.title.value = String(record?.family_name ?? record?.full_name ?? record?.unit_name ?? id);
        // What did not come down is not known here: nobody corrects it unseen.
        const found = record ? (form?.fields ?? []).filter((one) => one.fieldname in record) : [];
        const taken = takenUp(found, record ? withOwn(record, own) : {}, draft);
        this.seen = taken.seen;
        Object.assign(this.typed, taken.typed);
        this.meanwhile.value = taken.meanwhile;
        this.resumed.value = draft && taken.count ? draft.changedAt : null;
        this.fields.value = found;
        // What was begun is said by the record itself meanwhile.
        if (draft && found.length && !taken.count) await store.corrections.discard(doctype, id);
        watch(this.typed, () => void this.keep());
    }

    private part() {
        return begun(this.fields.value ?? [], this.seen, this.typed);
    }

    private async keep(): Promise<void> {
        const { store, doctype, id: name, family, saving } = this;
        if (this.isOver) return;
        saving.pending += 1;
        try {
            if (this.isBegun.value) await store.corrections.keep({ doctype, name, family, title: this.title.value, ...this.part(), changedAt: Date.now() });
            else await store.corrections.discard(doctype, name);
            saving.savedAt = this.isBegun.value ? Date.now() : null;
            saving.error = null;
        } catch (problem) {
            saving.error = problem;
        }
        saving.pending -= 1;
    }

    /** Into the outbox; the draft goes. */
    async save(): Promise<void> {
        const { base, values } = changed(this.fields.value ?? [], this.seen, this.typed);
        if (Object.keys(values).length) await this.store.records.propose(this.doctype, this.id, base, values);
        await this.discard();
    }

    async discard(): Promise<void> {
        this.isOver = true;
        try {
            await this.store.corrections.discard(this.doctype, this.id);
        } catch (problem) {
            this.isOver = false;
            throw problem;
        }
    }
}
