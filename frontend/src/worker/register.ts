// The service worker from the page's side: registered once, and a new version starts only when no draft is open anywhere.

import { shallowRef } from "vue";
import { FieldError, type UpdateApi } from "../store/api";
import { START_NOW } from "./messages";

const HOURLY = 3_600_000;

async function isDraftOpen(): Promise<boolean> {
    const locks = await navigator.locks.query();
    return (locks.held ?? []).some((lock) => lock.name?.startsWith("draft:"));
}

export class WorkerUpdates implements UpdateApi {
    readonly waiting = shallowRef(false);
    // Where no worker can be, there is nothing to wait for: the guide says why.
    readonly installed = shallowRef(!("serviceWorker" in navigator));
    private registration: ServiceWorkerRegistration | null = null;

    async register(): Promise<void> {
        if (!("serviceWorker" in navigator)) return; // http on another machine: no offline work, the guide says why
        let isFirst = !navigator.serviceWorker.controller;
        const registration = await navigator.serviceWorker.register("/campo-sw.js", { scope: "/campo", updateViaCache: "none" });
        this.registration = registration;
        void navigator.serviceWorker.ready.then(() => (this.installed.value = true));
        // The first worker takes over the page that installed it, as it is; any later one brings pages of its own.
        navigator.serviceWorker.addEventListener("controllerchange", () => (isFirst ? (isFirst = false) : location.reload()));
        const look = () => (this.waiting.value = Boolean(registration.waiting && navigator.serviceWorker.controller));
        registration.addEventListener("updatefound", () => registration.installing?.addEventListener("statechange", look));
        look();
        setInterval(() => void this.check(), HOURLY);
    }

    /** Asks the server for a newer worker; without a network nothing happens. */
    async check(): Promise<void> {
        await this.registration?.update().catch(() => undefined);
    }

    async apply(): Promise<void> {
        if (await isDraftOpen()) throw new FieldError("open-draft");
        this.registration?.waiting?.postMessage(START_NOW);
    }
}
