/** Small helpers over the document that every script shares. */

/** Find the elements of a selector inside a root (the root itself counts), typed. */
export function all<T extends Element = HTMLElement>(selector: string, root: ParentNode = document): T[] {
  const found = Array.from(root.querySelectorAll<T>(selector));
  if (root instanceof Element && root.matches(selector)) found.unshift(root as unknown as T);
  return found;
}

/** Make an element with a class and words; words are text, never markup. */
export function make<K extends keyof HTMLElementTagNameMap>(tag: K, className = "", words = ""): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (words) element.textContent = words;
  return element;
}

/** Return the closest element of a selector around the target of an event. */
export function around<T extends Element = HTMLElement>(event: Event, selector: string): T | null {
  return event.target instanceof Element ? event.target.closest<T>(selector) : null;
}

/** Return the token that Django asks of every form. */
export function csrfToken(): string {
  return document.querySelector<HTMLMetaElement>('meta[name="csrf-token"]')?.content ?? "";
}

/** Run now for the whole page and again for every piece that htmx puts in. */
export function onContent(run: (root: ParentNode) => void): void {
  run(document);
  document.addEventListener("htmx:load", (event) => {
    if (event.target instanceof Element && event.target !== document.body) run(event.target);
  });
}

const loaded = performance.now();
const told = Date.parse(document.documentElement.dataset["now"] ?? "");
const serverAtLoad = Number.isNaN(told) ? Date.now() : told;

/** Return the server's time in milliseconds; the phone's own clock may be wrong. */
export function serverNow(): number {
  return serverAtLoad + (performance.now() - loaded);
}

/** Say a time of day in the place: 14:03. */
export function hour(milliseconds: number, seconds = false): string {
  return new Intl.DateTimeFormat("zh-CN", {
    timeZone: "Asia/Shanghai",
    hour: "2-digit",
    minute: "2-digit",
    ...(seconds ? { second: "2-digit" as const } : {}),
    hourCycle: "h23",
  }).format(milliseconds);
}
