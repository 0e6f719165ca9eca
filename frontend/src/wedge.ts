/**
 * What cameras cover, on small maps: as an address gives it (`data-cover`), or while one is registered, turned by a
 * handle and told by number fields (`data-wedge="bearing angle reach"`, ids of inputs). Without script the numbers stay.
 */
import type { FeatureCollection, Polygon, Position } from "geojson";
import { type GeoJSONSource, type Map as Plan, Marker } from "maplibre-gl";
import { direction, distance, ahead, sector } from "./onemap/geometry";
import { make } from "./page";
import { token } from "./shapes";

const EMPTY: FeatureCollection = { type: "FeatureCollection", features: [] };

function draw(plan: Plan, found: FeatureCollection): GeoJSONSource | undefined {
  const [fill, line] = [token("--lx-brand"), token("--lx-brand-d")];
  plan.addSource("cover", { type: "geojson", data: found });
  const below = plan.getLayer("cluster") ? "cluster" : undefined;
  const polygons = ["==", ["geometry-type"], "Polygon"] as ["==", ["geometry-type"], string];
  plan.addLayer({ id: "cover", type: "fill", source: "cover", filter: polygons, paint: { "fill-color": fill, "fill-opacity": 0.16 } }, below);
  plan.addLayer({ id: "cover-line", type: "line", source: "cover", filter: polygons, paint: { "line-color": line, "line-width": 1.4, "line-opacity": 0.7 } }, below);
  plan.addLayer({ id: "cover-point", type: "symbol", source: "cover", filter: ["==", ["geometry-type"], "Point"], layout: { "icon-image": "video", "icon-allow-overlap": true } }, below);
  return plan.getSource<GeoJSONSource>("cover");
}

/** Draw what an address says cameras cover; where it cannot be read the map stays without. */
export async function showCover(plan: Plan, address: string): Promise<void> {
  const answer = await fetch(address, { headers: { Accept: "application/geo+json, application/json" } });
  if (answer.ok) draw(plan, (await answer.json()) as FeatureCollection);
}

/** Draw the wedge of the camera that is being registered around the middle of the map, and let a handle turn it. */
export function turnWedge(plan: Plan, ids: string): void {
  const [bearing, angle, reach] = ids.split(" ").map((id) => document.getElementById(id)).filter((field) => field instanceof HTMLInputElement);
  if (!bearing || !angle || !reach) return;
  const source = draw(plan, EMPTY);
  const handle = make("button", "wedge-handle");
  handle.type = "button";
  handle.tabIndex = -1; // by keyboard the fields do the same
  handle.setAttribute("aria-hidden", "true");
  const marker = new Marker({ element: handle, draggable: true }).setLngLat(plan.getCenter()).addTo(plan);
  const middle = (): Position => plan.getCenter().toArray();
  const number = (field: HTMLInputElement): number | null => (field.value.trim() === "" || Number.isNaN(field.valueAsNumber) ? null : field.valueAsNumber);
  const show = (moved = false) => {
    const at = middle();
    const [turn, wide, far] = [number(bearing), number(angle), number(reach)];
    const known = far !== null && far > 0 && wide !== null && wide > 0 && (turn !== null || wide >= 360);
    const ring = known ? sector(at, turn ?? 0, Math.min(wide, 360), far) : [];
    const features: FeatureCollection<Polygon>["features"] = known ? [{ type: "Feature", properties: {}, geometry: { type: "Polygon", coordinates: [ring] } }] : [];
    void source?.setData({ type: "FeatureCollection", features });
    if (!moved) marker.setLngLat(ahead(at, turn ?? 0, far && far > 0 ? far : 60) as [number, number]);
  };
  const write = (field: HTMLInputElement, value: number) => {
    field.value = String(value);
    field.dispatchEvent(new Event("change", { bubbles: true }));
  };
  marker.on("drag", () => {
    const [at, to] = [middle(), marker.getLngLat().toArray()];
    write(bearing, Math.round(direction(at, to)) % 360);
    write(reach, Math.min(3000, Math.max(5, Math.round(distance(at, to)))));
    show(true);
  });
  marker.on("dragend", () => show());
  for (const field of [bearing, angle, reach]) field.addEventListener("input", () => show());
  plan.on("move", () => show());
  show();
}
