/** Who else has which case open: asked every few seconds while the page is seen. */
import { all } from "./page";

const EVERY = 5_000;

/** Return the number of the case that is open beside the queue, or nothing. */
export function numberOpen(): string {
  return document.querySelector<HTMLElement>("#seat-case [data-open-case]")?.dataset["openCase"] ?? "";
}

function show(found: Record<string, string>): void {
  for (const words of all("[data-lock]")) {
    const who = found[words.dataset["lock"] ?? ""];
    if (who === undefined) continue;
    words.textContent = who && words.dataset["lockSays"] ? `${who} ${words.dataset["lockSays"]}` : who;
    const around = words.closest<HTMLElement>(".queue-lock");
    if (around) around.hidden = !who;
  }
}

async function ask(address: string): Promise<void> {
  const open = numberOpen();
  const numbers = new Set(all("[data-lock]").map((words) => words.dataset["lock"] ?? ""));
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
