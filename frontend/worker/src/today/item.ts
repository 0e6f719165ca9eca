/** What a room puts on 今天. Each room exports `items(pack)` from `today/<room>.ts`; today.vue merges them all. */
import type { Pack } from "../store/pack";

/** WGS-84 degrees. */
export interface Spot {
  lon: number;
  lat: number;
}

/** One thing to do. What it waits for is said in words; the clock says by when. */
export interface TodayItem {
  /** A name of the sprite, such as "map-pin". */
  icon: string;
  /** What to do, such as “核实：居民说有异味”. */
  title: string;
  /** Where and what of it; the distance is added by the page. */
  line: string;
  /** By when, an instant as the server writes it. */
  due?: string | null;
  /** From when the clock warns; without it the last fifth of two hours. */
  warn?: string | null;
  /** The clock stands. */
  paused?: boolean;
  /** Words in place of a clock, for what has a day and no hour: 今天, 本周. */
  when?: string;
  /** Where to go; never a person's home. */
  point?: Spot | null;
  /** The page it opens. */
  to: string;
  /** Order among things without a due time, the greater first: 0 may wait, 50 today, 100 now. */
  weight: number;
  /** The outbox's order key, so that what waits for a signal is marked. */
  subject?: string;
}

/** The sections that are there; a room reads its own. */
export type Packed = { readonly [K in keyof Pack]?: Pack[K] | null };
export type Provider = (pack: Packed) => TodayItem[];
