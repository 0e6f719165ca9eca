/** What stands around a point and speaks for a category: who does business there, and what is open there. */
import type { NearbyCase } from "../casework/shapes";
import { distance } from "../store/place";
import type { Pack } from "../store/pack";
import type { Spot } from "../today/item";
import type { Near } from "./categories";

const BESIDE = 30; // metres
const OPEN = 50;
const MOST = 6;

const KINDS: Record<string, string> = { shop: "店铺", enterprise: "企业", school: "学校", health: "医院", property: "物业", public: "公共场所" };

/** Return what is near, the nearest first. */
export function around(point: Spot | null, places: Pack["places"] | null, open: readonly NearbyCase[]): Near[] {
  if (!point) return [];
  const shops = (places?.establishments ?? []).flatMap((each) => {
    const metres = each.point ? distance(point, each.point) : Number.POSITIVE_INFINITY;
    return metres <= BESIDE ? [{ metres, near: { name: each.name, words: `${each.name} ${each.trade} ${KINDS[each.kind] ?? ""}` } }] : [];
  });
  const cases = open.flatMap((each) => {
    const metres = distance(point, each.point);
    return metres <= OPEN && each.category ? [{ metres, near: { name: `“${each.title}”`, category: each.category } }] : [];
  });
  return [...shops, ...cases].sort((one, other) => one.metres - other.metres).slice(0, MOST).map(({ near }) => near);
}
