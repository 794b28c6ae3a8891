import { createApp } from "vue";
import App from "./App.vue";
import { router } from "./screens/router";
import { STORE, type FieldStore } from "./store/api";
import "./styles/base.css";

async function makeStore(): Promise<FieldStore> {
    // Without a server: `npm run dev`. The build leaves this branch out.
    const { memoryStore } = await import("./development/memory");
    return memoryStore();
}

void makeStore().then((store) => createApp(App).use(router).provide(STORE, store).mount("#app"));
