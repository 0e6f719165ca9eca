/** Where a hand meant to be: on the corner, else on the edge, of what is drawn near the pointer. */
import type { Map as Plan, MapGeoJSONFeature } from "maplibre-gl";
import type { Position } from "geojson";

export interface Snap {
  place: Position;
  is: "corner" | "edge" | "";
}

const LAYERS = ["area-fill", "building"];

function lines(feature: MapGeoJSONFeature): Position[][] {
  const { geometry } = feature;
  if (geometry.type === "Polygon") return geometry.coordinates;
  if (geometry.type === "MultiPolygon") return geometry.coordinates.flat();
  return [];
}

/** Return the nearest corner within reach of a point of the screen, else the nearest place on an edge, else the place itself. */
export function snapped(plan: Plan, point: { x: number; y: number }, reach: number, layers = LAYERS): Snap {
  const { lng, lat } = plan.unproject([point.x, point.y]);
  const free: Snap = { place: [lng, lat], is: "" };
  const box: [[number, number], [number, number]] = [[point.x - reach, point.y - reach], [point.x + reach, point.y + reach]];
  const near = plan.queryRenderedFeatures(box, { layers: layers.filter((layer) => plan.getLayer(layer)) }).flatMap(lines);
  let corner = reach;
  let edge = reach * 0.8;
  let onEdge: Snap = free;
  let onCorner: Snap = free;
  for (const line of near) {
    line.forEach((place, index) => {
      const here = plan.project([place[0] ?? 0, place[1] ?? 0]);
      const distance = Math.hypot(here.x - point.x, here.y - point.y);
      if (distance < corner) [corner, onCorner] = [distance, { place, is: "corner" }];
      const next = line[index + 1];
      if (!next) return;
      const there = plan.project([next[0] ?? 0, next[1] ?? 0]);
      const [dx, dy] = [there.x - here.x, there.y - here.y];
      const length = dx * dx + dy * dy;
      if (!length) return;
      const share = Math.min(1, Math.max(0, ((point.x - here.x) * dx + (point.y - here.y) * dy) / length));
      const away = Math.hypot(here.x + share * dx - point.x, here.y + share * dy - point.y);
      if (away < edge) {
        const [x = 0, y = 0] = place;
        edge = away;
        onEdge = { place: [x + share * ((next[0] ?? 0) - x), y + share * ((next[1] ?? 0) - y)], is: "edge" };
      }
    });
  }
  return onCorner.is ? onCorner : onEdge;
}

/** Return how near a pointer must come, in pixels: a finger is broader than a mouse. */
export function reachOf(event: { originalEvent: Event }): number {
  const pointer = event.originalEvent;
  return pointer instanceof PointerEvent && pointer.pointerType !== "mouse" ? 18 : "touches" in pointer ? 18 : 10;
}
