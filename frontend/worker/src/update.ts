/** The service worker: registered once the first page stands; a new version waits until the worker takes it. */
import { ref } from "vue";
import { flushDrafts } from "./store/drafts";

/** Whether a new version waits. */
export const newVersion = ref(false);

let waiting: ServiceWorker | null = null;
let isTaking = false;

/** Register, and look for new versions when the app is looked at again. */
export async function startUpdates(): Promise<void> {
  if (!("serviceWorker" in navigator)) return;
  const asked = navigator.serviceWorker.register("/worker/sw.js", { scope: "/worker/", updateViaCache: "none" });
  // Where a browser keeps no worker the app still runs, with a signal.
  const registration: ServiceWorkerRegistration | null | undefined = await asked.catch(() => null);
  if (!registration) return;
  offer(registration.waiting);
  registration.addEventListener("updatefound", () => {
    const fresh = registration.installing;
    fresh?.addEventListener("statechange", () => {
      if (fresh.state === "installed" && navigator.serviceWorker.controller) offer(fresh);
    });
  });
  navigator.serviceWorker.addEventListener("controllerchange", () => {
    if (isTaking) window.location.reload();
  });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") void registration.update().catch(() => undefined);
  });
  void navigator.serviceWorker.ready.then((ready) => ready.active?.postMessage("warm"));
}

function offer(worker: ServiceWorker | null): void {
  if (!worker || !navigator.serviceWorker.controller) return;
  waiting = worker;
  newVersion.value = true;
}

/** Change over: what is typed is kept first, and the page comes back where it was. */
export async function takeNewVersion(): Promise<void> {
  await flushDrafts();
  isTaking = true;
  waiting?.postMessage("take over");
}
