// The service worker of /campo, served from the site's root as /campo-sw.js. It keeps the shell of the app on the device;
// records and answers never pass through it.

import { clientsClaim } from "workbox-core";
import { PrecacheController, PrecacheRoute } from "workbox-precaching";
import { NavigationRoute, registerRoute } from "workbox-routing";
import { START_NOW } from "./messages";

declare const self: ServiceWorkerGlobalScope;
declare const __PRECACHE__: { url: string; revision: string | null; integrity: string }[];

const SHELL = "/campo";

const controller = new PrecacheController({
    plugins: [
        {
            // The shell is the same for everyone. Without cookies the answer cannot end or change a session:
            // the platform sets one with every answer.
            requestWillFetch: async ({ request }) => new Request(request, { credentials: "omit" }),
        },
    ],
});
controller.addToCacheList(__PRECACHE__);
self.addEventListener("install", (event) => void controller.install(event));
self.addEventListener("activate", (event) => void controller.activate(event));

registerRoute(new PrecacheRoute(controller, { cleanURLs: false, directoryIndex: "" }));
// An address with a file's ending below /campo is no screen: the server answers it.
registerRoute(new NavigationRoute(controller.createHandlerBoundToURL(SHELL), { allowlist: [/^\/campo(\/[^.]*)?(\?.*)?$/] }));

// The first worker takes over the page that installed it, so that it works offline without a reload.
clientsClaim();

// A new version waits until a page says that no draft is open; asked again here, because another tab may have opened one.
self.addEventListener("message", (event) => {
    if (event.data !== START_NOW) return;
    event.waitUntil(
        navigator.locks.query().then((locks) => {
            const open = (locks.held ?? []).some((lock) => lock.name?.startsWith("draft:"));
            return open ? undefined : self.skipWaiting();
        }),
    );
});
