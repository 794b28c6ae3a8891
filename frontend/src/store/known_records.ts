// What the server sent: encrypted on the device, opened into memory when the vault is unlocked. Templates stay sealed
// until they are asked for; they are large.

import { ref } from "vue";
import { written, type SealedRow } from "./database";
import { FieldError, KINDS, type ActaHeader, type AuthorisationText, type Community, type Corrected, type Family, type Hit, type Kind, type Kinds, type KnownCommitment, type OpenConflict, type Person, type SearchKind, type TemplateHeader, type TemplatePackage, type Unit } from "./api";
import { routeOf, type Route } from "./route";
import { SearchIndex } from "./search";
import type { Vault } from "./vault";

interface Kept {
    kind: Kind;
    id: string;
    version: string;
    data: unknown;
}

export interface Upsert {
    kind: string;
    id: string;
    version: string;
    data: unknown;
}

export const KIND_OF = { Family: "family", Beneficiary: "person", "Productive Unit": "unit" } as const;
const SEARCHED: readonly SearchKind[] = ["family", "person", "unit"];
const BATCH = 500; // rows opened between two breaths, so that a cheap phone stays usable meanwhile

export const isKind = (kind: string): kind is Kind => (KINDS as readonly string[]).includes(kind);
const key = (kind: string, id: string) => `${kind}/${id}`;

export class KnownRecords {
    readonly revision = ref(0);
    private rows = new Map<Kind, Map<string, unknown>>(KINDS.map((kind) => [kind, new Map()]));
    private names = new Map<string, string>(); // row name -> kind/id
    private index = new SearchIndex();
    private stopListening: () => void;

    constructor(private readonly vault: Vault) {
        this.stopListening = vault.listen((news) => {
            if (news.kind === "records" && !this.writing) void this.load();
        });
    }

    private writing = false;

    /** When what was kept before is in memory. */
    loaded: Promise<void> = Promise.resolve();

    load(): Promise<void> {
        this.loaded = this.loaded.then(() => this.read());
        return this.loaded;
    }

    private async read(): Promise<void> {
        const fresh = new Map<Kind, Map<string, unknown>>(KINDS.map((kind) => [kind, new Map()]));
        const names = new Map<string, string>();
        const ids = (await this.vault.db.records.toCollection().primaryKeys()) as string[];
        for (let start = 0; start < ids.length; start += BATCH) {
            const rows = (await this.vault.db.records.bulkGet(ids.slice(start, start + BATCH))).filter((row): row is SealedRow => Boolean(row));
            const opened = await Promise.all(rows.map((row) => this.vault.unseal<Kept>("records", row.id, row.sealed).catch(() => null)));
            opened.forEach((one, place) => {
                if (!one) return; // a row that does not open is not trusted; the next full pull replaces it
                fresh.get(one.kind)?.set(one.id, one.kind === "template" ? headerOf(one.data as TemplatePackage) : one.data);
                names.set(rows[place]!.id, key(one.kind, one.id));
            });
        }
        this.rows = fresh;
        this.names = names;
        this.rebuildIndex();
        this.revision.value += 1;
    }

    forget(): void {
        this.stopListening();
        for (const rows of this.rows.values()) rows.clear();
        this.index.clear();
        this.names.clear();
    }

    private of<K extends Kind>(kind: K): Map<string, Kinds[K]> {
        return this.rows.get(kind) as Map<string, Kinds[K]>;
    }

    private list<K extends Kind>(kind: K): Kinds[K][] {
        return [...this.of(kind).values()];
    }

    private async listed<K extends Kind>(kind: K): Promise<Kinds[K][]> {
        await this.loaded;
        return this.list(kind);
    }

    get size(): number {
        return this.names.size;
    }

    /** Keeps rows of a pull; unknown kinds are ignored. Encrypted before the transaction begins. */
    async put(upserts: readonly Upsert[]): Promise<string[]> {
        const known = upserts.filter((one) => isKind(one.kind));
        const rows: SealedRow[] = await Promise.all(
            known.map(async (one) => {
                const id = await this.vault.name(key(one.kind, one.id));
                return { id, sealed: await this.vault.seal("records", id, one) };
            }),
        );
        await written(() => this.vault.db.records.bulkPut(rows));
        known.forEach((one, place) => {
            const data = one.kind === "template" ? headerOf(one.data as TemplatePackage) : one.data;
            this.rows.get(one.kind as Kind)!.set(one.id, data);
            this.names.set(rows[place]!.id, key(one.kind, one.id));
        });
        return rows.map((row) => row.id);
    }

    /** Deletes rows that are no longer the user's; templates that `keep` names stay. */
    async remove(gone: readonly { kind: string; id: string }[], keep: ReadonlySet<string>): Promise<void> {
        const leaving = gone.filter((one) => isKind(one.kind) && !(one.kind === "template" && keep.has(one.id)));
        const ids = await Promise.all(leaving.map((one) => this.vault.name(key(one.kind, one.id))));
        await this.vault.db.records.bulkDelete(ids);
        leaving.forEach((one, place) => {
            this.rows.get(one.kind as Kind)!.delete(one.id);
            this.names.delete(ids[place]!);
        });
        for (const one of gone) {
            if (one.kind !== "template" || !keep.has(one.id)) continue;
            const header = this.of("template").get(one.id);
            if (header) this.of("template").set(one.id, { ...header, status: "Withdrawn" });
        }
    }

    /** After a full pull: everything that it did not bring goes. */
    async keepOnly(brought: ReadonlySet<string>, keep: ReadonlySet<string>): Promise<number> {
        const left = [...this.names].filter(([id]) => !brought.has(id)).map(([, text]) => text);
        const gone = left.map((text) => ({ kind: text.slice(0, text.indexOf("/")), id: text.slice(text.indexOf("/") + 1) }));
        await this.remove(gone, keep);
        return gone.length;
    }

    /** Tells screens and other tabs, once, after a pull. */
    announce(): void {
        this.rebuildIndex();
        this.revision.value += 1;
        this.writing = true;
        this.vault.tell({ kind: "records" });
        this.writing = false;
    }

    private rebuildIndex(): void {
        const index = new SearchIndex();
        const place = (id: string | null | undefined) => (id ? (this.of("community").get(id)?.community_name ?? "") : "");
        for (const one of this.list("family")) {
            const hit: Hit = { kind: "family", id: one.name, title: one.family_name, detail: place(one.community), family: one.name };
            index.put(hit, [one.family_name, one.head_name ?? (one.head ? this.of("person").get(one.head)?.full_name : null), one.name]);
        }
        for (const one of this.list("person")) {
            const numbers = (one.documents ?? []).map((document) => document.document_number);
            const family = one.family ? this.of("family").get(one.family)?.family_name : null;
            const detail = [numbers[0], family].filter(Boolean).join(" · ");
            index.put({ kind: "person", id: one.name, title: one.full_name, detail, family: one.family }, [one.full_name, ...numbers]);
        }
        for (const one of this.list("unit")) {
            const family = one.family ?? (one.beneficiary ? (this.of("person").get(one.beneficiary)?.family ?? null) : null);
            index.put({ kind: "unit", id: one.name, title: one.unit_name, detail: family ? (this.of("family").get(family)?.family_name ?? "") : "", family }, [one.unit_name]);
        }
        this.index = index;
    }

    search(words: string, kinds: readonly SearchKind[] = SEARCHED, limit = 30): Hit[] {
        void this.revision.value;
        return this.index.find(words, kinds, limit);
    }

    /** Whether a record is among what this user has now. */
    has(kind: Exclude<Kind, "template">, id: string): boolean {
        return this.of(kind).has(id);
    }

    /** Whether the family of an acta, or the community of one without a family, is among them. */
    hasSubject(acta: { family: string | null; community?: string | null }): boolean {
        if (acta.family) return this.has("family", acta.family);
        return !acta.community || this.has("community", acta.community);
    }

    /** Whether what a correction or a decision is about is among them. */
    isOf(row: { doctype: string; name: string; decision?: { body: { beneficiary: string } } }): boolean {
        if (row.decision) return this.has("person", row.decision.body.beneficiary);
        const kind = KIND_OF[row.doctype as Corrected];
        return !kind || this.has(kind, row.name);
    }

    async get<K extends Kind>(kind: K, id: string): Promise<Kinds[K] | null> {
        await this.loaded;
        if (kind === "template") return (await this.template(id).catch(() => null)) as Kinds[K] | null;
        return this.of(kind).get(id) ?? null;
    }

    async all<K extends Exclude<Kind, "template">>(kind: K): Promise<Kinds[K][]> {
        return this.listed(kind);
    }

    async families(community?: string): Promise<Family[]> {
        const found = (await this.listed("family")).filter((one) => !community || one.community === community);
        return found.sort((a, b) => a.family_name.localeCompare(b.family_name, "es"));
    }

    communities = async (): Promise<Community[]> => (await this.listed("community")).sort((a, b) => a.community_name.localeCompare(b.community_name, "es"));
    personsOf = async (family: string): Promise<Person[]> => (await this.listed("person")).filter((one) => one.family === family);
    actasOf = async (family: string): Promise<ActaHeader[]> => (await this.listed("acta")).filter((one) => one.family === family);
    commitmentsOf = async (family: string): Promise<KnownCommitment[]> => (await this.listed("commitment")).filter((one) => one.family === family);

    route = async (day: string = today()): Promise<Route> => routeOf(await this.listed("visit"), day);

    async unitsOf(family: string): Promise<Unit[]> {
        const persons = new Set((await this.personsOf(family)).map((one) => one.name));
        return (await this.listed("unit")).filter((one) => one.family === family || (one.beneficiary !== null && persons.has(one.beneficiary)));
    }

    /** The open conflicts of a record; none of one that is no longer here, null where the server does not tell. */
    conflictsOf(doctype: Corrected, name: string): readonly OpenConflict[] | null {
        const kind = KIND_OF[doctype];
        const record = this.of(kind).get(name) as { open_conflicts?: OpenConflict[] } | undefined;
        return record ? (record.open_conflicts ?? null) : [];
    }

    /** The newest text for a purpose that is in force on a day. */
    async authorisationText(purpose: string, day: string): Promise<AuthorisationText | null> {
        const valid = (await this.listed("authorisation_text")).filter(
            (one) => one.purpose === purpose && (one.valid_from ?? "") <= day && (!one.valid_to || one.valid_to >= day),
        );
        return valid.sort((a, b) => (b.valid_from ?? "").localeCompare(a.valid_from ?? ""))[0] ?? null;
    }

    /** Published templates, the newest version of each. */
    async templates(): Promise<TemplateHeader[]> {
        await this.loaded;
        const newest = new Map<string, TemplateHeader>();
        for (const one of this.of("template").values() as Iterable<TemplateHeader>) {
            if (one.status === "Published" && one.version > (newest.get(one.key)?.version ?? 0)) newest.set(one.key, one);
        }
        return [...newest.values()].sort((a, b) => a.title.localeCompare(b.title, "es"));
    }

    async templateTitle(id: string): Promise<string | null> {
        await this.loaded;
        return this.of("template").get(id)?.title ?? null;
    }

    /** Keeps a version that came with an acta; it stays while something here is written with it. */
    async keepTemplate(form: TemplatePackage): Promise<void> {
        await this.put([{ kind: "template", id: form.template, version: form.hash, data: form }]);
        this.announce();
    }

    async template(id: string): Promise<TemplatePackage> {
        const name = await this.vault.name(key("template", id));
        const row = await this.vault.db.records.get(name);
        if (!row) throw new FieldError("template");
        const data = (await this.vault.unseal<Kept>("records", name, row.sealed)).data as TemplatePackage & { name?: string };
        return { ...data, template: data.template ?? data.name ?? id };
    }
}

/** The day on the device's clock, where its user is. */
function today(): string {
    const now = new Date();
    return new Date(now.getTime() - now.getTimezoneOffset() * 60_000).toISOString().slice(0, 10);
}

function headerOf(data: TemplatePackage & { name?: string }): TemplatePackage {
    return { ...data, template: data.template ?? data.name ?? "", html: "", model: "" };
}

