/** 顺路走: a short walk through what lies near, made on the phone: nearest neighbour, then 2-opt. */
import { distance } from "../../store/place";
import type { Spot } from "../item";

/** A walk: the stops in their order, the way in metres and the minutes on foot. */
export interface Walk<T> {
  stops: T[];
  metres: number;
  minutes: number;
}

const MOST = 8;
const REACH = 2_000; // metres from here; further is no walk
const SAME = 15; // metres: things so near are one stop
const DETOUR = 1.3; // streets are longer than the bird's way
const PACE = 70; // metres a minute, looking around

type Stop<T> = { item: T; point: Spot };

/** Return the walk from here through the nearest stops, or null with fewer than two. */
export function walk<T extends { point?: Spot | null }>(items: readonly T[], here: Spot): Walk<T> | null {
  const stops = nearest(items, here);
  if (stops.length < 2) return null;
  const way = untangle(here, greedy(here, stops));
  const metres = length(here, way) * DETOUR;
  return { stops: way.map((stop) => stop.item), metres, minutes: Math.max(1, Math.round(metres / PACE)) };
}

function nearest<T extends { point?: Spot | null }>(items: readonly T[], here: Spot): Stop<T>[] {
  const with_ = items.flatMap((item) => (item.point ? [{ item, point: item.point, metres: distance(here, item.point) }] : []));
  const near = with_.filter((each) => each.metres <= REACH).sort((one, other) => one.metres - other.metres);
  const kept: Stop<T>[] = [];
  for (const each of near) {
    if (kept.length < MOST && kept.every((stop) => distance(stop.point, each.point) > SAME)) kept.push(each);
  }
  return kept;
}

function greedy<T>(here: Spot, stops: Stop<T>[]): Stop<T>[] {
  const left = [...stops];
  const way: Stop<T>[] = [];
  let at = here;
  while (left.length) {
    const [next] = left.sort((one, other) => distance(at, one.point) - distance(at, other.point)).splice(0, 1);
    if (!next) break;
    way.push(next);
    at = next.point;
  }
  return way;
}

/** Turn pieces of the way around while that shortens it; the way ends where it ends, it does not come back. */
function untangle<T>(here: Spot, stops: Stop<T>[]): Stop<T>[] {
  let way = stops;
  for (let better = true; better; ) {
    better = false;
    for (let i = 0; i < way.length - 1; i += 1) {
      for (let j = i + 1; j < way.length; j += 1) {
        const turned = [...way.slice(0, i), ...way.slice(i, j + 1).reverse(), ...way.slice(j + 1)];
        if (length(here, turned) < length(here, way) - 0.5) {
          way = turned;
          better = true;
        }
      }
    }
  }
  return way;
}

function length<T>(here: Spot, way: Stop<T>[]): number {
  return way.reduce((sum, stop, at) => sum + distance(way[at - 1]?.point ?? here, stop.point), 0);
}
