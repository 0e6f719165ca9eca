/** What the phone already knows of a case that the pack does not: acts of mine that wait, or that were taken since. */
import type { OutItem } from "../store/outbox";

/** Acts after which the case no longer waits for me. */
const ENDING = new Set(["report_check", "accept", "handle", "return", "verify", "rework", "resolve_on_spot", "answer", "escalate", "report_in"]);

/** Return the act of a record on a case; "" for any other record. */
export function actOf(item: OutItem): string {
  return item.kind === "case.act" ? ((item.data as { act?: string } | null)?.act ?? "") : "";
}

/** How a case stands for me beyond the pack: `waiting` for a signal, `sent` but not yet in the pack, `troubled`. */
export type Afterwards = "" | "waiting" | "sent" | "troubled";

/** Return how my last act on a case stands, as of a pack; "" when the pack says it all. */
export function afterwards(number: string, items: readonly OutItem[], packAt: Date | null): Afterwards {
  const own = items.filter((item) => item.subject === number && ENDING.has(actOf(item)));
  if (own.some((item) => item.state === "refused" || item.state === "conflict")) return "troubled";
  if (own.some((item) => item.state === "ready")) return "waiting";
  const isNewer = (item: OutItem): boolean => item.state === "done" && item.doneAt !== null && (!packAt || item.doneAt > packAt);
  return own.some(isNewer) ? "sent" : "";
}
