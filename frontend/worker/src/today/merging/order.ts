/** The order of 今天: by due time, or by distance; who has no due time stands where its weight says. */
import { distance } from "../../store/place";
import type { Spot, TodayItem } from "../item";

export type Order = "time" | "distance";

/** An item with what the page adds: its distance and the instant it is sorted by. */
export interface Placed extends TodayItem {
  metres: number | null;
  at: number;
}

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** Return the end of the day in Beijing, where the platform's days are. */
function endOfDay(now: number): number {
  const offset = 8 * HOUR;
  return (Math.floor((now + offset) / DAY) + 1) * DAY - offset;
}

/** Return when a thing without a due time is wanted: 100 now, 50 at the day's end, 0 in a week. */
function wantedAt(weight: number, now: number): number {
  const evening = endOfDay(now);
  if (weight >= 50) return evening - ((Math.min(weight, 100) - 50) / 50) * (evening - now);
  return evening + ((50 - Math.max(weight, 0)) / 50) * 7 * DAY;
}

/** Return the items in their order, each with its distance from `here`. */
export function ordered(items: readonly TodayItem[], here: Spot | null, order: Order, now: number): Placed[] {
  const placed = items.map((item) => ({
    ...item,
    metres: here && item.point ? distance(here, item.point) : null,
    at: item.due && !item.paused ? Date.parse(item.due) : wantedAt(item.paused ? 0 : item.weight, now),
  }));
  const far = (item: Placed): number => item.metres ?? Number.POSITIVE_INFINITY;
  const byTime = (one: Placed, other: Placed): number => one.at - other.at || compare(far(one), far(other));
  return placed.sort(order === "time" ? byTime : (one, other) => compare(far(one), far(other)) || one.at - other.at);
}

function compare(one: number, other: number): number {
  return one === other ? 0 : one - other;
}

/** Leave out street and community at the beginning of an address, which are the worker's own. */
export function briefly(line: string): string {
  return line.replace(/^[^市县区]{0,12}?(?:街道|镇|乡)[^，,]{0,12}?(?:社区|村委会|村)(?=.)/u, "");
}
