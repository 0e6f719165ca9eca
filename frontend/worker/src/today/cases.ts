/** Cases on 今天: what each waits for from me, in its verb. */
import type { Packed, TodayItem } from "./item";

const TASKS: Record<string, { icon: string; verb: string; to: string; weight: number }> = {
  check: { icon: "pin", verb: "核实", to: "/check/", weight: 90 },
  verify: { icon: "eye", verb: "核查", to: "/check/", weight: 80 },
  accept: { icon: "receipt", verb: "签收", to: "/case/", weight: 95 },
  handle: { icon: "alert", verb: "办理", to: "/case/", weight: 85 },
  resolve: { icon: "bulb", verb: "看看", to: "/case/", weight: 40 },
  desk: { icon: "inbox", verb: "处理", to: "/case/", weight: 60 },
};

/** Return what cases ask of me. */
export function items(pack: Packed): TodayItem[] {
  return (pack.cases?.items ?? []).map((each) => {
    const task = TASKS[each.task] ?? (TASKS["desk"] as (typeof TASKS)[string]);
    return {
      icon: each.severity === "urgent" ? "alert" : task.icon,
      title: `${task.verb}：${each.title}`,
      line: [each.address || each.area, each.request].filter(Boolean).join(" · "),
      // Nobody waits for who merely might put it right; the desk's clock is not theirs.
      due: each.task === "resolve" ? null : each.due_at,
      warn: each.warn_at,
      paused: each.is_paused,
      ...(each.task === "resolve" ? { when: "可当场解决" } : {}),
      point: each.point,
      to: `${task.to}${each.number}`,
      weight: each.severity === "urgent" ? 100 : task.weight,
      subject: each.number,
    };
  });
}
