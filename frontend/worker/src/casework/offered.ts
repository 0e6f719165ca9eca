/** What may be done with a case now, when what was done without a signal is reckoned in. */
import type { OutItem } from "../store/outbox";
import { evidenceName } from "../proposing/evidence";
import { actOf } from "./afterwards";
import type { PackAct, PackCase, PackCategory } from "./shapes";

/** Acts that end the case for me: while one waits, nothing more is offered. */
const ENDS = new Set(["handle", "return", "report_check", "verify", "rework", "resolve_on_spot", "answer", "escalate"]);
/** What the server will offer once an acceptance has arrived. */
const AFTER_ACCEPTANCE = ["handle", "progress", "contact", "return"];
const LABELS: Record<string, string> = { handle: "办好了", progress: "阶段反馈", contact: "首次联系", return: "回退" };

/** Return the acts to offer; `pending` are my records for this case that are not yet taken. */
export function offered(of: PackCase, pending: readonly OutItem[], categories: readonly PackCategory[]): PackAct[] {
  const waiting = new Set(pending.filter((item) => item.state === "ready").map(actOf));
  if ([...waiting].some((name) => ENDS.has(name))) return [];
  const left = of.acts.filter((act) => !waiting.has(act.name) || act.name === "annotate" || act.name === "progress");
  if (!waiting.has("accept")) return left;
  // Accepted without a signal: the work goes on, and both arrive in their order.
  const there = new Set(of.photos.map((photo) => photo.label));
  const photos = (categories.find((each) => each.code === of.category)?.photos ?? []).map((label) => ({ label, name: evidenceName(label), is_there: there.has(label) }));
  const more = AFTER_ACCEPTANCE.filter((name) => !left.some((act) => act.name === name)).map((name): PackAct => ({
    name, label: LABELS[name] ?? name, needs_note: true, reasons: {}, photos: name === "handle" ? photos : [],
  }));
  // Returning asks for a reason from the place's own list, which only the server's offer carries.
  return [...left, ...more.filter((act) => act.name !== "return")];
}
