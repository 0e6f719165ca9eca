/** The pictures of the map, drawn when first asked for: shapes by their name, clusters as `cluster-<size>-<tenths late>`. */
import type { Map as Plan } from "maplibre-gl";
import type { Colours, Theme } from "../mapbase";
import { drawCluster, drawShape, pixels, SHAPES, type Inks, type ShapeName } from "../shapes";

export const CLUSTER_RADII = [16, 19, 22, 26] as const;
const CLOCKS: readonly string[] = ["ok", "warn", "late", "paused", "outside"];
const OTHER: Record<string, ShapeName> = { patrol: "point" };

/** Return the picture of a feature: a clock shows its tone, everything else its shape. */
export function pictureOf(shape: string, tone = ""): ShapeName {
  if (shape === "component" && tone === "warn") return "amiss";
  const name = shape === "clock" ? (CLOCKS.includes(tone) ? tone : "ok") : (OTHER[shape] ?? shape);
  return name in SHAPES ? (name as ShapeName) : "unit";
}

function inksOf(name: ShapeName, c: Colours, theme: Theme): Inks {
  if (theme === "light") return {};
  const fills: Partial<Record<ShapeName, string>> = { late: c.late, warn: c.warn, ok: c.brand, paused: c.pause, outside: c.pause, staff: c.ok, fault: c.late, here: c.late, hazard: c.warn, amiss: c.warn };
  return { fill: fills[name] ?? c.brand, halo: c.halo, ground: c.ground };
}

/** Let a map draw its pictures as they are asked for. */
export function addPictures(plan: Plan, c: Colours, theme: Theme): void {
  plan.setMissingStyleImageResolver((id) => {
    if (plan.hasImage(id)) return;
    const [, size, tenths] = /^cluster-(\d)-(\d+)$/.exec(id) ?? [];
    if (size !== undefined) {
      plan.addImage(id, ...pixels(drawCluster(Number(tenths), CLUSTER_RADII[Number(size)] ?? 19, theme === "dark" ? { fill: c.ground, halo: c.brand, late: c.late } : {})));
    } else if (id in SHAPES) plan.addImage(id, ...pixels(drawShape(id as ShapeName, inksOf(id as ShapeName, c, theme))));
  });
}
