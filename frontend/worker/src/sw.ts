/**
 * The service worker: keeps the app itself, so that it opens without a signal. It never keeps an answer of the API: that is
 * the store's, sealed. The server puts `self.LX` before this text: the version, the shell and the files with their hashes.
 */
declare const self: ServiceWorkerGlobalScope & { LX: { version: string; shell: string; files: string[]; later: string[] } };

const PREFIX = "lianxin-worker-";
const { version, shell, files, later } = self.LX;
const NAME = PREFIX + version;
const ours = new Set([...files, ...later]);

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(NAME).then((cache) => cache.addAll([shell, ...files].map((each) => new Request(each, { credentials: "same-origin" })))));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    caches.keys().then((names) => Promise.all(names.filter((name) => name.startsWith(PREFIX) && name !== NAME).map((name) => caches.delete(name)))).then(() => self.clients.claim()),
  );
});

self.addEventListener("message", (event) => {
  if (event.data === "take over") event.waitUntil(self.skipWaiting());
  if (event.data === "warm") event.waitUntil(warm());
});

/** Fetch what only a map needs, when nothing else is wanted. */
async function warm(): Promise<void> {
  const cache = await caches.open(NAME);
  for (const each of later) if (!(await cache.match(each))) await cache.add(each).catch(() => undefined);
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (request.mode === "navigate" && isPage(url.pathname)) event.respondWith(kept(shell, request));
  else if (ours.has(url.pathname)) event.respondWith(kept(url.pathname, request));
});

function isPage(path: string): boolean {
  return path.startsWith(shell) && !/\.(js|webmanifest)$/.test(path) && path !== `${shell}session`;
}

async function kept(name: string, request: Request): Promise<Response> {
  const cache = await caches.open(NAME);
  const found = await cache.match(name);
  if (found) return found;
  const fresh = await fetch(request);
  if (fresh.ok && later.includes(name)) await cache.put(name, fresh.clone());
  return fresh;
}

export {};
