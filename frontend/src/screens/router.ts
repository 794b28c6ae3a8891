import { nextTick } from "vue";
import { createRouter, createWebHistory, type RouteLocationNormalized } from "vue-router";
import TodayScreen from "./TodayScreen.vue";

// What a planned visit says of its acta goes along in the address.
const planned = ({ params, query }: RouteLocationNormalized) => {
    const said = (value: unknown) => (typeof value === "string" && value ? value : undefined);
    return { family: said(params.family), community: said(params.community), person: said(query.persona), unit: said(query.unidad), template: said(query.plantilla) };
};

// Every address lies below /campo; the server answers each of them with the shell.
export const router = createRouter({
    history: createWebHistory("/campo/"),
    routes: [
        { path: "/", name: "today", component: TodayScreen },
        { path: "/familias", name: "families", component: () => import("./FamiliesScreen.vue") },
        { path: "/familias/:id", name: "family", component: () => import("./FamilyScreen.vue"), props: true },
        { path: "/familias/:family/corregir/:kind(family|person|unit)/:id", name: "correct", component: () => import("./CorrectScreen.vue"), props: true },
        { path: "/comunidades", name: "communities", component: () => import("./CommunitiesScreen.vue") },
        { path: "/comunidades/:id", name: "community", component: () => import("./CommunityScreen.vue"), props: true },
        { path: "/comunidades/:community/nueva", name: "new-community", component: () => import("./NewActaScreen.vue"), props: planned },
        { path: "/nueva/:family", name: "new", component: () => import("./NewActaScreen.vue"), props: planned },
        { path: "/nueva", redirect: { name: "communities" } },
        { path: "/actas/:uuid", name: "acta", component: () => import("./ActaScreen.vue"), props: true },
        { path: "/actas/:uuid/enviada", name: "done", component: () => import("./DoneScreen.vue"), props: true },
        { path: "/actas/:id/ver", name: "paper", component: () => import("./PaperScreen.vue"), props: true },
        { path: "/borradores", name: "drafts", component: () => import("./DraftsScreen.vue") },
        { path: "/envios", name: "outbox", component: () => import("./OutboxScreen.vue") },
        { path: "/cambios", name: "changes", component: () => import("./ChangesScreen.vue") },
        { path: "/ajustes", name: "settings", component: () => import("./SettingsScreen.vue") },
        { path: "/:rest(.*)*", redirect: { name: "today" } },
    ],
    scrollBehavior: (_to, _from, saved) => saved ?? { top: 0 },
});

// A screen reader begins at the heading of the new screen, and the tab says where one is.
router.afterEach((to, from) => {
    if (to.path === from.path) return;
    void nextTick(() => {
        const heading = document.querySelector<HTMLElement>("h1");
        heading?.focus({ preventScroll: true });
        if (heading) document.title = `${heading.textContent?.trim()} · Campo`;
    });
});
