/** Forms on 今天: one line for all of them; they wait until one is there anyway. */
import type { Packed, TodayItem } from "./item";

/** Return the screenful of the day as one thing to do. */
export function items(pack: Packed): TodayItem[] {
  const stops = pack.collect?.stops ?? [];
  const count = stops.reduce((sum, stop) => sum + stop.items.length, 0);
  if (!count) return [];
  const where = stops.length > 1 ? `${stops[0]?.building} 等 ${stops.length} 栋` : (stops[0]?.building ?? "");
  return [{ icon: "id", title: `顺路核实 ${count} 条登记信息`, line: where, when: "顺路", to: "/diary", weight: 5 }];
}
