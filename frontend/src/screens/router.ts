import { createRouter, createWebHistory } from "vue-router";
import StartScreen from "./StartScreen.vue";

// Every address lies below /campo; the server answers each of them with the shell.
export const router = createRouter({
    history: createWebHistory("/campo/"),
    routes: [{ path: "/:rest(.*)*", name: "start", component: StartScreen }],
});
