// Calls of the server (docs/sync.md). The CSRF token is asked for and kept in memory alone.

import { FieldError, type FieldErrorCode } from "../store/api";
import type { ServerActa } from "../store/server_acta";
import type { PushResult } from "./outbox";

export interface Who {
    user: string;
    full_name?: string | null;
    language?: string | null;
    csrf_token: string | null;
}

export interface Limits {
    batch_bytes: number;
    batch_records: number;
    chunk_bytes: number;
    file_bytes: number;
    photo_max_px: number;
    fingerprint_quality?: number; // 0 to 100; servers before it do not say
}

export interface Greeting extends Who {
    server_time: string;
    protocol: { min: number; max: number };
    device: { status: "Active" | "Revoked"; reason?: string | null };
    limits: Limits;
    may?: { create_acta: boolean; record_authorisation: boolean; left_open: string[] }; // servers before it do not say
    app: { min_version: string; newest: string };
}

export interface Greeter {
    device: string;
    label: string;
    app_version: string;
    protocol: number;
    unsent: number;
    storage_used: number;
    storage_quota: number;
    device_time: string;
}

export interface PullPage {
    cursor: string;
    page: number;
    has_more: boolean;
    full?: boolean;
    total: number;
    upserts: { kind: string; id: string; version: string; data: unknown }[];
    gone: { kind: string; id: string }[];
}

export interface ChunkAnswer {
    received: number;
    complete: boolean;
    refused?: string | null;
}

const BASE = "/api/method/social_crm.field_records.services.sync.";
const PATIENCE = 90_000; // milliseconds until a silent connection counts as lost

export class ServerError extends FieldError {
    constructor(
        code: FieldErrorCode,
        message: string,
        readonly status: number,
        readonly kind: string,
        readonly retryAfter: number | null,
    ) {
        super(code, message, { status, kind });
    }

    /** Whether the same call may be repeated as it is. */
    get isPassing(): boolean {
        return this.status === 0 || this.status === 429 || this.status >= 500;
    }
}

type Fetch = (input: string, init: RequestInit) => Promise<Response>;

export class Transport {
    private token: string | null = null;
    /** Whose vault this is: under another person's session nothing is sent or fetched. */
    expectedUser: string | null = null;

    constructor(private readonly fetcher: Fetch = (input, init) => fetch(input, init)) {}

    forgetToken(): void {
        this.token = null;
    }

    async who(): Promise<Who> {
        const answer = await this.once<Who>("handshake.who", null, "GET");
        this.token = answer.csrf_token;
        return answer;
    }

    async greet(greeter: Greeter): Promise<Greeting> {
        const answer = await this.call<Greeting>("handshake.greet", greeter);
        if (answer.csrf_token) this.token = answer.csrf_token;
        return answer;
    }

    wiped = (device: string, unsent: number) => this.call<unknown>("handshake.wiped", { device, unsent });
    pull = (device: string, cursor: string | null, page: number) => this.call<PullPage>("changes.pull", { device, cursor, page });
    acknowledge = (device: string, cursor: string) => this.call<unknown>("changes.acknowledge", { device, cursor });
    acta = (device: string, name: string, withForm: boolean) => this.call<ServerActa>("papers.acta", { device, name, with_form: withForm ? 1 : 0 });
    pdfUrl = (name: string) => `${BASE}papers.pdf?acta=${encodeURIComponent(name)}`;
    uploadStatus = (device: string, files: string[]) => this.call<Record<string, number | "complete">>("uploads.status", { device, files });

    chunk(device: string, sha256: string, size: number, offset: number, bytes: Blob): Promise<ChunkAnswer> {
        const form = new FormData();
        form.set("device", device);
        form.set("sha256", sha256);
        form.set("size", String(size));
        form.set("offset", String(offset));
        form.set("chunk", bytes, "chunk");
        return this.call<ChunkAnswer>("uploads.chunk", form);
    }

    push(batch: string, files: ReadonlyMap<string, Blob>): Promise<{ server_time: string; results: PushResult[] }> {
        const form = new FormData();
        form.set("batch", new Blob([batch], { type: "application/json" }), "batch.json");
        for (const [hash, blob] of files) form.set(hash, blob, hash);
        return this.call("batches.push", form);
    }

    /** A file of the server, for whoever is logged in. */
    async file(url: string): Promise<Blob> {
        if (!this.token) await this.needUser();
        const response = await this.send(url, {});
        if (!response.ok) throw new ServerError("server", "", response.status, "file", null);
        return response.blob();
    }

    async logIn(user: string, password: string): Promise<void> {
        const body = new URLSearchParams({ usr: user, pwd: password });
        const response = await this.send("/api/method/login", { method: "POST", body });
        if (response.status === 401 || response.status === 403) throw new FieldError("credentials");
        const answer = (await response.json().catch(() => ({}))) as { message?: string; verification?: unknown };
        if (!response.ok) throw new FieldError("server", wordsOf(answer));
        // A second factor is asked on the server's own page.
        if (answer.verification || answer.message === "Password Reset") throw new FieldError("login");
        this.token = null;
    }

    async logOut(): Promise<void> {
        await this.who();
        await this.send("/api/method/logout", { method: "POST", headers: this.headers() });
        this.token = null;
    }

    /** One call; a token of another session is replaced and the call repeated once. */
    private async call<T>(name: string, body: object): Promise<T> {
        if (!this.token) await this.needUser();
        try {
            return await this.once<T>(name, body);
        } catch (problem) {
            if (!(problem instanceof ServerError) || ![400, 401, 403].includes(problem.status) || problem.code === "revoked") throw problem;
            const isToken = problem.kind === "CSRFTokenError";
            await this.needUser();
            if (!isToken) throw problem;
            return this.once<T>(name, body);
        }
    }

    private async needUser(): Promise<void> {
        const who = await this.who();
        if (who.user !== "Guest" && (!this.expectedUser || who.user === this.expectedUser)) return;
        this.token = null;
        throw new FieldError("login");
    }

    private headers(): Record<string, string> {
        return { Accept: "application/json", ...(this.token ? { "X-Frappe-CSRF-Token": this.token } : {}) };
    }

    private async once<T>(name: string, body: object | null, method = "POST"): Promise<T> {
        const headers = this.headers();
        const isForm = body instanceof FormData;
        if (body && !isForm) headers["Content-Type"] = "application/json";
        const response = await this.send(BASE + name, { method, headers, body: body === null ? undefined : isForm ? body : JSON.stringify(body) });
        const answer = (await response.json().catch(() => null)) as { message?: T } | null;
        if (response.ok && answer && answer.message !== undefined) return answer.message;
        throw errorOf(response, answer as Answer | null);
    }

    private async send(path: string, init: RequestInit): Promise<Response> {
        const patience = new AbortController();
        const timer = setTimeout(() => patience.abort(), PATIENCE);
        try {
            return await this.fetcher(path, { credentials: "same-origin", cache: "no-store", ...init, signal: patience.signal });
        } catch {
            throw new ServerError("offline", "", 0, "network", null);
        } finally {
            clearTimeout(timer);
        }
    }
}

interface Answer {
    exc_type?: string;
    problem?: { code?: string; text?: string };
    _server_messages?: string;
    message?: unknown;
}

/** The server's own words, as plain text. */
function wordsOf(answer: Answer | null): string {
    if (answer?.problem?.text) return answer.problem.text;
    try {
        const list = JSON.parse(answer?._server_messages ?? "[]") as string[];
        const texts = list.map((one) => (JSON.parse(one) as { message?: string }).message ?? "");
        return texts.join(" ").replace(/<[^>]*>/g, " ").trim();
    } catch {
        return "";
    }
}

function errorOf(response: Response, answer: Answer | null): ServerError {
    const kind = answer?.exc_type ?? "";
    const wait = Number(response.headers.get("Retry-After"));
    const code: FieldErrorCode = kind === "DeviceRevokedError" ? "revoked" : response.status === 426 ? "old-app" : response.status === 401 ? "login" : "server";
    // An answer of 200 that is not ours comes from a hotel's or an operator's page: like no answer.
    const status = response.ok ? 0 : response.status;
    return new ServerError(status ? code : "offline", wordsOf(answer), status, kind, Number.isFinite(wait) && wait > 0 ? wait * 1000 : null);
}
