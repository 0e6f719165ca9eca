/** The seat: a row pressed in the queue opens beside it, and the queue shows which one is open. */
import { all } from "./page";

function opened(event: Event): void {
  const row = (event as CustomEvent<{ elt?: Element }>).detail.elt;
  if (!row?.matches(".seat-list .queue-row")) return;
  for (const other of all(".seat-list .queue-row[aria-current]")) other.removeAttribute("aria-current");
  row.setAttribute("aria-current", "true");
  // On a phone the case takes the place of the queue.
  const seat = row.closest<HTMLElement>(".seat");
  if (seat) seat.dataset["open"] = "case";
}

/** Follow what htmx has fetched for a row of the queue. */
export function startSeat(): void {
  document.addEventListener("htmx:afterRequest", opened);
}
