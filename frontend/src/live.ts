/** The live connection: entries of the feed by server-sent events, read by fetch so that Last-Event-ID can be sent. */
import htmx from "./htmx";
import { all, hour, serverNow } from "./page";

const STALE_AFTER = 10_000;
const LONGEST_WAIT = 30_000;
const SETTLED = 5_000;

export interface Entry {
  id: string;
  type: string;
  data: unknown;
}

/** Read one event of the stream from its lines; a comment or an empty block gives nothing. */
export function parseEvent(block: string): Entry | null {
  const entry = { id: "", type: "message" };
  const data: string[] = [];
  for (const line of block.split("\n")) {
    const [, name, value] = /^(\w+):? ?(.*)$/.exec(line) ?? [];
    if (name === "id") entry.id = value ?? "";
    else if (name === "event") entry.type = value ?? "message";
    else if (name === "data") data.push(value ?? "");
  }
  if (!data.length) return null;
  const words = data.join("\n");
  try {
    return { ...entry, data: JSON.parse(words) as unknown };
  } catch {
    return { ...entry, data: words };
  }
}

/** Keep one connection; it comes back by itself, waiting a little longer each time. */
class Connection {
  private last = "";
  private tries = 0;
  private seen = serverNow();
  private lost = 0;
  private since = 0;

  constructor(private readonly address: string) {}

  async keep(): Promise<never> {
    for (;;) {
      try {
        await this.listen();
      } catch {
        // The reason does not matter: the strip says since when, and the next try follows.
      }
      this.drop();
      const wait = Math.min(LONGEST_WAIT, 500 * 1.6 ** this.tries) * (0.7 + Math.random() * 0.6);
      this.tries += 1;
      await new Promise((resolve) => setTimeout(resolve, wait));
    }
  }

  private async listen(): Promise<void> {
    const headers: Record<string, string> = { Accept: "text/event-stream" };
    if (this.last) headers["Last-Event-ID"] = this.last;
    const answer = await fetch(this.address, { headers, cache: "no-store", credentials: "include" });
    if (!answer.ok || !answer.body) throw new Error(String(answer.status));
    this.connect();
    const reader = answer.body.getReader();
    const decoder = new TextDecoder();
    let rest = "";
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      this.seen = serverNow();
      const blocks = (rest + decoder.decode(value, { stream: true }).replace(/\r/g, "")).split("\n\n");
      rest = blocks.pop() ?? "";
      blocks.forEach((block) => this.pass(parseEvent(block)));
    }
  }

  private pass(entry: Entry | null): void {
    if (!entry) return;
    if (entry.id) this.last = entry.id;
    document.dispatchEvent(new CustomEvent("lx:entry", { detail: entry }));
  }

  private connect(): void {
    this.lost = 0;
    this.since = this.seen = serverNow();
    this.show(true, "实时");
    for (const strip of all("[data-stale]")) strip.hidden = true;
  }

  private drop(): void {
    // A stream that ends as soon as it begins is no success: the pauses go on growing.
    if (!this.lost && serverNow() - this.since > SETTLED) this.tries = 0;
    if (!this.lost) this.lost = serverNow();
    setTimeout(() => this.warn(), STALE_AFTER);
  }

  private warn(): void {
    if (!this.lost || serverNow() - this.lost < STALE_AFTER - 100) return;
    this.show(false, "断开");
    const minutes = Math.floor((serverNow() - this.lost) / 60_000);
    const since = minutes ? ` ${minutes} 分钟` : "";
    for (const strip of all("[data-stale]")) {
      const words = strip.querySelector("[data-stale-words]");
      if (words) words.textContent = `实时连接断开${since}，下面是 ${hour(this.seen)} 的数据。正在重连，您可以照常工作。`;
      strip.hidden = false;
    }
  }

  private show(on: boolean, said: string): void {
    for (const state of all("[data-live-state]")) {
      state.dataset["liveState"] = on ? "on" : "off";
      state.querySelector(".dot")?.classList.toggle("dot-off", !on);
      const words = state.querySelector("[data-live-words]");
      if (words) words.textContent = said;
    }
  }
}

/** Tell whether an entry speaks of one of the words of data-live-on (its type, or any plain value in its data). */
export function concerns(entry: Entry, wanted: string): boolean {
  // After a reset too much was missed to tell it piece by piece.
  if (!wanted.trim() || entry.type === "reset") return true;
  const values = entry.data && typeof entry.data === "object" ? Object.values(entry.data).flat() : [entry.data];
  const said = new Set([entry.type, ...values.map(String)]);
  return wanted.trim().split(/\s+/).some((word) => said.has(word));
}

function refresh(element: HTMLElement): void {
  const address = element.dataset["liveRefresh"] || location.href;
  const target = element.id ? { select: `#${CSS.escape(element.id)}` } : {};
  void htmx.ajax("get", address, { target: element, swap: (element.dataset["liveSwap"] ?? "outerHTML") as "outerHTML", ...target });
}

/** Someone who is typing is not disturbed: the piece is fetched when they leave it. */
function refreshWhenFree(element: HTMLElement): void {
  const typing = document.activeElement;
  const held = typing instanceof HTMLElement && element.contains(typing) && typing.matches("input:not([type=checkbox]), textarea, select");
  if (!held) return refresh(element);
  element.addEventListener("focusout", () => setTimeout(() => element.isConnected && refreshWhenFree(element), 300), { once: true });
}

/** Connect when the page names a stream, and refresh the pieces that entries concern. */
export function startLive(): void {
  const address = document.body.dataset["live"];
  if (!address) return;
  const waiting = new Set<HTMLElement>();
  let timer = 0;
  document.addEventListener("lx:entry", (event) => {
    const entry = (event as CustomEvent<Entry>).detail;
    for (const element of all("[data-live-refresh]")) {
      if (concerns(entry, element.dataset["liveOn"] ?? "")) waiting.add(element);
    }
    clearTimeout(timer);
    // Many entries at once make one refresh.
    timer = window.setTimeout(() => {
      waiting.forEach((element) => element.isConnected && refreshWhenFree(element));
      waiting.clear();
    }, 400);
  });
  void new Connection(address).keep();
}
