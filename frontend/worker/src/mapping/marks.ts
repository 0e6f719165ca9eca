/** Things to do as marks on the map: the shape is the clock's. */
import { remaining } from "../parts/clockwords";
import type { Spot, TodayItem } from "../today/item";
import type { Mark } from "./paint";

/** Return the mark of each thing, the late ones last so that they lie on top. */
export function marksOf(items: readonly (TodayItem & { point: Spot })[], chosen: readonly string[], now: Date): Mark[] {
  const marks = items.map((item): Mark => ({
    lon: item.point.lon, lat: item.point.lat, key: item.to,
    shape: item.due ? remaining(item.due, item.warn ?? null, item.paused ?? false, now).state : "todo",
    chosen: chosen.includes(item.to),
  }));
  const rank = (mark: Mark): number => ["todo", "paused", "ok", "warn", "late"].indexOf(mark.shape) + (mark.chosen ? 10 : 0);
  return marks.sort((one, other) => rank(one) - rank(other));
}
