/** All rooms that put things on 今天: each `today/<room>.ts` with a function `items`. */
import { computed, type ComputedRef } from "vue";
import { usePack, type Pack } from "../../store/pack";
import type { Packed, Provider, TodayItem } from "../item";

const rooms = import.meta.glob<{ items?: Provider }>("../*.ts", { eager: true });
const SECTIONS = ["me", "cases", "categories", "places", "patrols", "visits", "collect", "notices", "month"] as const;

/** Return everything to do today, of all rooms, unordered. */
export function useTodayItems(): ComputedRef<TodayItem[]> {
  const sections = SECTIONS.map((name) => [name, usePack(name)] as const);
  return computed(() => {
    const pack = Object.fromEntries(sections.map(([name, section]) => [name, section.value])) as { [K in keyof Pack]: Pack[K] | null };
    return Object.values(rooms).flatMap((room) => room.items?.(pack as Packed) ?? []);
  });
}
