/** Who else has which case open: asked every few seconds while the page is seen. */
import { all } from "./page";

const EVERY = 5_000;

/** Return the number of the case that is open beside the queue, or nothing. */
export function numberOpen(): string {
  return document.querySelector<HTMLElement>("#seat-case [data-open-case]")?.dataset["openCase"] ?? "";
}

/** The place of the lock at a row; rows that nobody else looks at have none. */
function lockOf(number: string): HTMLElement | null {
  const row = document.querySelector(`.queue-row[data-number="${CSS.escape(number)}"]`);
  const known = row?.querySelector<HTMLElement>("[data-lock]");
  if (!row || known) return known ?? null;
  const shape = document.querySelector<HTMLTemplateElement>("#lock-shape")?.content.firstElementChild?.cloneNode(true);
  if (!(shape instanceof HTMLElement)) return null;
  shape.dataset["lock"] = number;
  const line = row.querySelector(":scope > .queue-line:last-child");
  line?.insertBefore(shape, line.querySelector(".is-warn"));
  return shape;
}

function say(lock: HTMLElement | null, who: string): void {
  const words = lock?.querySelector("span");
  if (!lock || !words) return;
  words.textContent = who && `${who} 正在看`;
  lock.hidden = !who;
}

function show(found: Record<string, string>): void {
  for (const [number, who] of Object.entries(found)) {
    if (who || document.querySelector(`.queue-row [data-lock="${CSS.escape(number)}"]`)) say(lockOf(number), who);
    say(document.querySelector<HTMLElement>(`#seat-case [data-lock="${CSS.escape(number)}"]`), who);
  }
}

async function ask(address: string): Promise<void> {
  const open = numberOpen();
  const numbers = new Set([open, ...all(".queue-row[data-number]").map((row) => row.dataset["number"] ?? "")].filter(Boolean));
  if (!numbers.size) return;
  const query = new URLSearchParams([["open", open], ...[...numbers].map((number) => ["case", number] as [string, string])]);
  const answer = await fetch(`${address}?${query.toString()}`, { headers: { Accept: "application/json" } });
  if (answer.ok) show((await answer.json()) as Record<string, string>);
}

/** Ask while the page is seen, and at once when a case is opened. */
export function startLooking(seat: HTMLElement): void {
  const address = seat.dataset["looking"];
  if (!address) return;
  const round = () => {
    // A lost line is told by the strip; the next round follows.
    if (document.visibilityState === "visible") void ask(address).catch(() => undefined);
  };
  setInterval(round, EVERY);
  document.addEventListener("visibilitychange", round);
}
