// A server of the protocol in docs/sync.md, in memory and by its letter, with a network that loses what it is told to lose.
import type { ServerActa, TemplatePackage } from "../../src/store/api";
import { createHash } from "node:crypto";

export interface StoredActa {
    name: string;
    version: number;
    content: string; // body and files
    revision: number;
    device: string;
    closed: boolean;
    digests: Set<string>;
    files: { uuid: string; sha256: string }[];
}

interface WireFile {
    uuid: string;
    sha256: string;
    size: number;
}

interface WireRecord {
    kind: string;
    uuid: string;
    revision: number;
    base: string | null;
    close: boolean;
    body: unknown;
    files: WireFile[];
}

interface WireChange {
    doctype: string;
    name: string;
    base: Record<string, unknown>;
    values: Record<string, unknown>;
}

export type Fate = "arrives" | "request lost" | "reply lost";

export class ProtocolServer {
    user = "ana@example.org";
    loggedIn = true;
    token = "token-1";
    revoked = false;
    wipedWith: number | null = null;
    actas = new Map<string, StoredActa>();
    uploads = new Map<string, Uint8Array>(); // whole, by hash
    partial = new Map<string, Uint8Array>();
    visible = new Map<string, { kind: string; id: string; version: string; data: unknown }>();
    private snapshots = new Map<string, Map<string, string>>();
    private cursors = 0;
    acknowledged: string | null = null;
    conflicts: string[] = [];
    papers = new Map<string, Pick<ServerActa, "name" | "template" | "status" | "files"> & Partial<ServerActa>>(); // by name
    forms = new Map<string, TemplatePackage>(); // by version
    files = new Map<string, Blob>(); // by address
    records: WireRecord[] = []; // as they came, again ones too
    prints: { fingerprints: { uuid: string; name: string }[]; fingerprints_refused: string[] } = { fingerprints: [], fingerprints_refused: [] };
    forgetFiles = false;
    calls: string[] = [];
    bytesReceived = 0;
    pageSize = 3;
    limits = { batch_bytes: 5_242_880, batch_records: 25, chunk_bytes: 1_048_576, file_bytes: 20_971_520, photo_max_px: 1600 };
    may: { create_acta: boolean; record_authorisation: boolean; left_open: string[] } | null = null;
    fate: (path: string) => Fate = () => "arrives";

    fetch = async (input: string, init: RequestInit): Promise<Response> => {
        const path = input.replace("/api/method/", "").replace("social_crm.field_records.services.sync.", "");
        this.calls.push(path);
        const fate = this.fate(path);
        if (fate === "request lost") throw new TypeError("network");
        const response = await this.answer(path, init);
        if (fate === "reply lost") throw new TypeError("network");
        return response;
    };

    private async answer(path: string, init: RequestInit): Promise<Response> {
        const reply = (message: unknown, status = 200) => Response.json({ message }, { status });
        const error = (status: number, exc_type: string, text = "") => Response.json({ exc_type, problem: { code: exc_type, text } }, { status });
        const user = this.loggedIn ? this.user : "Guest";
        if (path === "handshake.who") return reply({ user, full_name: "Ana Gómez", csrf_token: this.loggedIn ? this.token : null });
        if (path === "login") {
            this.loggedIn = true;
            this.token = `token-${Number(this.token.slice(6)) + 1}`;
            return reply("Logged In");
        }
        if (!this.loggedIn) return error(403, "PermissionError", "Log in");
        const file = this.files.get(path);
        if (file) return new Response(file);
        if (new Headers(init.headers).get("X-Frappe-CSRF-Token") !== this.token) return error(400, "CSRFTokenError");
        if (path === "logout") {
            this.loggedIn = false;
            return reply("ok");
        }
        const form = init.body instanceof FormData ? init.body : null;
        const body = form ? {} : (JSON.parse(String(init.body)) as Record<string, never>);
        if (path === "handshake.wiped") {
            this.wipedWith = body.unsent as unknown as number;
            return reply({});
        }
        if (path === "handshake.greet") return reply(this.greeting(user));
        if (this.revoked) return error(403, "DeviceRevokedError", "revoked");
        if (path === "changes.pull") return this.pull(body as never);
        if (path === "changes.acknowledge") {
            this.acknowledged = body.cursor as unknown as string;
            return reply({ cursor: body.cursor });
        }
        if (path === "papers.acta") {
            const { name, with_form } = body as unknown as { name: string; with_form: number };
            if (!this.visible.has(`acta/${name}`)) return error(403, "PermissionError", "Not yours");
            const acta = this.papers.get(name)!;
            return reply({ ...acta, form: with_form ? this.forms.get(acta.template) : null });
        }
        if (path === "uploads.status") {
            const files = body.files as unknown as string[];
            return reply(Object.fromEntries(files.map((hash) => [hash, this.uploads.has(hash) ? "complete" : (this.partial.get(hash)?.length ?? 0)])));
        }
        if (path === "uploads.chunk") return reply(await this.chunk(form!));
        if (path === "batches.push") return reply({ server_time: new Date().toISOString(), results: await this.push(form!) });
        return error(404, "NotFound");
    }

    minVersion = "0";

    private greeting(user: string) {
        return {
            user, full_name: "Ana Gómez", language: "es", csrf_token: this.token, server_time: new Date().toISOString(), protocol: { min: 1, max: 1 },
            device: this.revoked ? { status: "Revoked", reason: "Se perdió" } : { status: "Active" }, limits: this.limits, ...(this.may && { may: this.may }), app: { min_version: this.minVersion, newest: "0" },
        };
    }

    private pull(asked: { cursor: string | null; page: number }): Response {
        const known = asked.cursor ? this.snapshots.get(asked.cursor) : undefined;
        if (asked.page > 0 && !known) return Response.json({ exc_type: "PullExpiredError" }, { status: 409 });
        const isFull = this.acknowledged === null || !this.snapshots.has(this.acknowledged);
        const held = isFull ? new Map<string, string>() : this.snapshots.get(this.acknowledged!)!;
        const now = new Map([...this.visible].map(([key, one]) => [key, one.version]));
        let cursor = asked.cursor;
        if (asked.page === 0) {
            this.cursors += 1;
            cursor = `cursor-${this.cursors}`;
            this.snapshots.set(cursor, now);
        }
        const changed = [...this.visible].filter(([key, one]) => held.get(key) !== one.version).map(([, one]) => one);
        const gone = [...held.keys()].filter((key) => !now.has(key)).map((key) => ({ kind: key.split("/")[0]!, id: key.slice(key.indexOf("/") + 1) }));
        const upserts = changed.slice(asked.page * this.pageSize, (asked.page + 1) * this.pageSize);
        const has_more = (asked.page + 1) * this.pageSize < changed.length;
        return Response.json({ message: { cursor, page: asked.page, has_more, full: isFull, total: changed.length, upserts, gone: asked.page ? [] : gone } });
    }

    private async chunk(form: FormData) {
        const hash = String(form.get("sha256"));
        const offset = Number(form.get("offset"));
        const before = this.partial.get(hash) ?? new Uint8Array(0);
        if (offset !== before.length) return { received: before.length, complete: false, refused: null };
        const piece = new Uint8Array(await (form.get("chunk") as Blob).arrayBuffer());
        this.bytesReceived += piece.length;
        const all = new Uint8Array([...before, ...piece]);
        this.partial.set(hash, all);
        if (all.length < Number(form.get("size"))) return { received: all.length, complete: false, refused: null };
        this.partial.delete(hash);
        if (createHash("sha256").update(all).digest("hex") !== hash) return { received: 0, complete: false, refused: "wrong hash" };
        this.uploads.set(hash, all);
        return { received: all.length, complete: true, refused: null };
    }

    private async push(form: FormData) {
        const batch = JSON.parse(await (form.get("batch") as Blob).text()) as { device: string; records: WireRecord[] };
        for (const [name, part] of form) {
            if (name === "batch" || typeof part === "string") continue;
            const bytes = new Uint8Array(await part.arrayBuffer());
            this.bytesReceived += bytes.length;
            if (createHash("sha256").update(bytes).digest("hex") === name) this.uploads.set(name, bytes);
        }
        this.records.push(...batch.records);
        return batch.records.map((record) => (record.kind === "change" ? this.change(record) : this.store(record, batch.device)));
    }

    private store(record: WireRecord, device: string) {
        const files = (record.files ?? []).map(({ uuid, sha256 }) => ({ uuid, sha256 }));
        const content = JSON.stringify([record.body, files]);
        const digest = JSON.stringify([record.kind, record.close, content]);
        const answer = (state: string, acta: StoredActa | null, missing: string[] = []) => ({
            uuid: record.uuid, state, name: acta?.name ?? null, version: acta ? String(acta.version) : null, status: acta?.closed ? "Closed" : "Draft",
            files: acta && !this.forgetFiles ? files : [], ...this.prints, missing, message: null, conflict: null, retry: false,
        });
        const known = this.actas.get(record.uuid);
        if (known?.digests.has(digest)) return answer("known", known);
        const missing = files.map((file) => file.sha256).filter((hash) => !this.uploads.has(hash));
        if (missing.length) return answer("missing_files", null, missing);
        if (!known) {
            const made = { name: `ACTA-${this.actas.size + 1}`, version: 1, content, revision: record.revision, device, closed: record.close, digests: new Set([digest]), files };
            this.actas.set(record.uuid, made);
            return answer("stored", made);
        }
        const follows = known.device === device && record.revision > known.revision;
        if (!known.closed && (record.base === String(known.version) || follows)) {
            Object.assign(known, { version: known.version + 1, content, revision: record.revision, device, closed: record.close, files });
            known.digests.add(digest);
            return answer("stored", known);
        }
        if (!known.closed && known.device === device) return answer("known", known);
        this.conflicts.push(content);
        known.digests.add(digest);
        return answer("conflict", known);
    }

    changes = new Map<string, { digest: string; conflict: string | null }>();
    refuses: (record: WireChange) => string | null = () => null;

    /** A correction, merged field by field into the row that devices see. */
    private change(record: WireRecord) {
        const { doctype, name, base, values } = record.body as WireChange;
        const kind = doctype === "Family" ? "family" : doctype === "Beneficiary" ? "person" : "unit";
        const row = this.visible.get(`${kind}/${name}`)!;
        const answer = (state: string, conflict: string | null, message: string | null = null) => ({
            uuid: record.uuid, state, name, version: null, status: null, files: [], missing: [], message, conflict, retry: false,
        });
        const digest = JSON.stringify(record.body);
        const known = this.changes.get(record.uuid);
        if (known) return known.digest === digest ? answer(known.conflict ? "conflict" : "known", known.conflict) : answer("refused", null, "UUID used");
        const words = this.refuses(record.body as WireChange);
        if (words) return answer("refused", null, words);
        const data = { ...(row.data as Record<string, unknown>) };
        const text = (value: unknown) => String(value ?? "");
        const differ: string[] = [];
        for (const field of Object.keys(values)) {
            if (text(values[field]) === text(data[field])) continue;
            if (text(base[field]) === text(data[field])) data[field] = values[field];
            else differ.push(field);
        }
        const conflict = differ.length ? `CONF-${this.changes.size + 1}` : null;
        if (conflict) data.open_conflicts = [...((data.open_conflicts as object[]) ?? []), { name: conflict, fields: differ }];
        this.visible.set(`${kind}/${name}`, { ...row, data, version: `${row.version}+` });
        this.changes.set(record.uuid, { digest, conflict });
        return answer(conflict ? "conflict" : "stored", conflict);
    }

    /** Somebody writes a field of a row in the Desk; conflicts about it are decided by that. */
    writeInDesk(key: string, values: Record<string, unknown>): void {
        const row = this.visible.get(key)!;
        this.visible.set(key, { ...row, data: { ...(row.data as object), open_conflicts: [], ...values }, version: `${row.version}*` });
    }

    /** Somebody changes the acta in the Desk. */
    editInDesk(uuid: string): void {
        const acta = this.actas.get(uuid)!;
        Object.assign(acta, { version: acta.version + 1, content: "desk", device: "" });
    }
}
