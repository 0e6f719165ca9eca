/** What lies under the pointer or the finger: a drawing, a point, a house, an area — the nearest first. */
import type { Feature, MultiPolygon, Polygon } from "geojson";
import type { GeoJSONSource, Map as Plan, Point } from "maplibre-gl";
import { Areas } from "./areas";
import { Buildings, type House } from "./buildings";
import type { Mounted } from "./mount";
import type { Shown } from "./points";
import type { Hint } from "./tooltip";

export type Found =
  | { is: "spot"; shown: Shown }
  | { is: "house"; house: Feature<Polygon | MultiPolygon, House> }
  | { is: "floor"; floor: number }
  | { is: "area"; key: string; name: string; panel: string; line: string };

const text = (value: unknown): string => (typeof value === "string" || typeof value === "number" ? String(value) : "");

/** Return what lies at a point of the screen; a finger reaches wider than a mouse. */
export function under(map: Mounted, at: Point, reach = 3): Found | null {
  const { plan } = map;
  const box: [[number, number], [number, number]] = [[at.x - reach, at.y - reach], [at.x + reach, at.y + reach]];
  const ids = map.points.filter(({ isOn }) => isOn).flatMap((layer) => [...layer.ids].reverse()).reverse();
  const [spot] = ids.length ? plan.queryRenderedFeatures(box, { layers: ids }) : [];
  if (spot) {
    const shown = map.points.find((layer) => layer.ids.includes(spot.layer.id))?.spot(spot.properties["n"]);
    if (shown) return { is: "spot", shown };
  }
  const [solid] = plan.queryRenderedFeatures(at, { layers: ["floors", ...Buildings.IDS] });
  if (solid?.layer.id === "floors") return { is: "floor", floor: Number(solid.properties["floor"]) };
  const house = solid && map.buildings.find(text(solid.properties["key"]));
  if (house) return { is: "house", house };
  const [area] = map.areas.isOn ? plan.queryRenderedFeatures(at, { layers: [Areas.IDS[0]] }) : [];
  if (!area) return null;
  const { key, name, panel, line } = area.properties;
  return { is: "area", key: text(key), name: text(name), panel: text(panel), line: text(line) };
}

/** Say in two lines what was found. */
export function hintOf(found: Found | null): Hint | null {
  if (found?.is === "spot") {
    const { spot, layer } = found.shown;
    if (spot.cluster) return { title: `${spot.count ?? 0} · ${layer.label}`, line: spot.late ? `其中超时 ${spot.late} 件` : undefined };
    return { title: spot.title || spot.label || layer.label, line: spot.line };
  }
  if (found?.is === "house") {
    const { name, floors, units, open, line, count } = found.house.properties;
    const size = [floors ? `${floors} 层` : "", units ? `${units} 单元` : ""].filter(Boolean).join(" ");
    return { title: [name, size].filter(Boolean).join(" · "), line: line || [open ? `在办 ${open} 件` : "", count ? `符合 ${count} 户` : ""].filter(Boolean).join(" · ") || undefined };
  }
  if (found?.is === "floor") return { title: `${found.floor} 层` };
  return null;
}

/** A ring around what is chosen. */
export class Ring {
  constructor(private readonly plan: Plan, colour: string, halo: string) {
    plan.addSource("chosen", { type: "geojson", data: { type: "FeatureCollection", features: [] } });
    plan.addLayer({ id: "chosen-rim", type: "circle", source: "chosen", paint: { "circle-radius": 17, "circle-opacity": 0, "circle-stroke-color": halo, "circle-stroke-width": 6 } });
    plan.addLayer({ id: "chosen", type: "circle", source: "chosen", paint: { "circle-radius": 17, "circle-opacity": 0, "circle-stroke-color": colour, "circle-stroke-width": 3 } });
  }

  /** Show the ring at a place, or nowhere. */
  at(place: readonly number[] | null): void {
    void this.plan.getSource<GeoJSONSource>("chosen")?.setData({
      type: "FeatureCollection",
      features: place ? [{ type: "Feature", properties: {}, geometry: { type: "Point", coordinates: [...place] } }] : [],
    });
  }
}
