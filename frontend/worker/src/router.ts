/** All pages of the app, one line each; each is a chunk of its own. */
import { watch } from "vue";
import { createRouter, createWebHistory, type RouteRecordRaw } from "vue-router";
import { mustChangePassword, useMe } from "./store/session";

const found = import.meta.glob<{ default: object }>("./pages/*.vue");

/** A page by its file name in pages/. */
function page(path: string, name: string): RouteRecordRaw[] {
  const load = found[`./pages/${name}.vue`];
  return load ? [{ path, name, component: load }] : [];
}

const routes: RouteRecordRaw[] = [
  ...page("/sign-in", "sign-in"),
  ...page("/", "today"),
  ...page("/report", "report"),
  ...page("/spot/:draft", "spot"),
  ...page("/case/:number", "case"),
  ...page("/check/:number", "check"),
  ...page("/map", "map"),
  ...page("/sync", "sync"),
  ...page("/sync/:id", "entry"),
  ...page("/me", "me"),
  ...page("/patrols", "patrols"),
  ...page("/patrol/:key", "patrol"),
  ...page("/patrol/:key/point/:point", "patrol-point"),
  ...page("/hazards", "hazards"),
  ...page("/hazard/new", "hazard-new"),
  ...page("/hazard/:key", "hazard"),
  ...page("/things", "things"),
  ...page("/thing/:key", "thing"),
  ...page("/thing-new", "thing-new"),
  ...page("/diary", "diary"),
  ...page("/visit/:key", "visit"),
  ...page("/sign/:key", "sign"),
  ...page("/collect/:key", "collect"),
  ...page("/inbox", "inbox"),
  ...page("/notice/:key", "notice"),
  ...page("/month", "month"),
  { path: "/:rest(.*)*", redirect: found["./pages/today.vue"] ? "/" : "/sync" },
];

export const router = createRouter({
  history: createWebHistory("/worker/"),
  routes,
  scrollBehavior: (_to, _from, saved) => saved ?? { top: 0 },
});

// Who is not signed in sees the sign-in page, and comes back to where they wanted to go.
const me = useMe();
const isOut = (): boolean => !me.value || mustChangePassword.value;
router.beforeEach((to) => (to.name !== "sign-in" && isOut() ? { name: "sign-in", query: { next: to.fullPath } } : true));
watch(isOut, (out) => {
  const here = router.currentRoute.value;
  if (out && here.name && here.name !== "sign-in") void router.replace({ name: "sign-in", query: { next: here.fullPath } });
});
