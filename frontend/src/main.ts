import { createApp } from "vue";
import App from "./App.vue";
import { router } from "./screens/router";
import { STORE, type FieldStore } from "./store/api";
import "./styles/base.css";

async function makeStore(): Promise<FieldStore> {
    if (import.meta.env.MODE === "development" && !import.meta.env.VITE_DEVICE_STORE) {
        const { memoryStore } = await import("./development/memory");
        return memoryStore();
    }
    const [{ deviceStore }, { WorkerUpdates }] = await Promise.all([import("./store/device"), import("./worker/register")]);
    const update = new WorkerUpdates();
    const store = await deviceStore({ locks: navigator.locks, appVersion: __APP_VERSION__, update });
    if (import.meta.env.PROD) {
        void update.register().then(() => {
            // Nothing is open yet: the version that waited since the last time may start.
            if (update.waiting.value && store.session.state.value.phase !== "unlocked") void update.apply().catch(() => undefined);
        });
    }
    return store;
}

// Keys, locks and the worker exist only over HTTPS or on this very machine.
if (!window.isSecureContext || !navigator.locks) {
    const text = "Esta aplicación necesita HTTPS y un navegador actual. / This application needs HTTPS and a current browser.";
    document.querySelector("#app")!.textContent = text;
} else {
    void makeStore().then((store) => createApp(App).use(router).provide(STORE, store).mount("#app"));
}
