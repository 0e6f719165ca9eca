/** A line drawn on a map by clicks, written into a field as `lon,lat lon,lat`: where a grid is to be cut. */
import { GeoJSONSource, type Map as Plan } from "maplibre-gl";
import type { Position } from "geojson";
import { make } from "./page";
import { token } from "./shapes";

const NEAR = 10; // pixels within which a click takes the corner of a border

function positions(words: string): Position[] {
  const last = words.split(";").pop() ?? "";
  const corners = last.trim().split(/\s+/).map((corner) => corner.split(",").map(Number));
  return corners.filter((corner) => corner.length === 2 && corner.every(Number.isFinite));
}

function corners(geometry: GeoJSON.Geometry): Position[] {
  if (geometry.type === "Polygon") return geometry.coordinates.flat();
  if (geometry.type === "MultiPolygon") return geometry.coordinates.flat(2);
  return [];
}

/** Return the corner of a drawn border next to a place on the screen, or the place itself. */
function snapped(plan: Plan, point: { x: number; y: number }, place: Position): Position {
  let best = place;
  let nearest = NEAR;
  for (const feature of plan.queryRenderedFeatures({ layers: ["area-fill"] })) {
    for (const corner of corners(feature.geometry)) {
      const at = plan.project([corner[0] ?? 0, corner[1] ?? 0]);
      const distance = Math.hypot(at.x - point.x, at.y - point.y);
      if (distance < nearest) [nearest, best] = [distance, corner];
    }
  }
  return best;
}

/** Let clicks on the map draw the line of the field that `data-draw-line` names. */
export function drawLine(place: HTMLElement, plan: Plan): void {
  const field = document.getElementById(place.dataset["drawLine"] ?? "");
  if (!(field instanceof HTMLTextAreaElement)) return;
  let line = positions(field.value);
  const empty = { type: "FeatureCollection" as const, features: [] };
  plan.addSource("cut", { type: "geojson", data: empty });
  plan.addLayer({ id: "cut", type: "line", source: "cut", paint: { "line-color": token("--lx-late"), "line-width": 3, "line-dasharray": [2, 1.5] } });
  plan.addLayer({ id: "cut-corner", type: "circle", source: "cut", paint: { "circle-radius": 5, "circle-color": token("--lx-card"), "circle-stroke-color": token("--lx-late"), "circle-stroke-width": 2 } });
  const show = () => {
    const layer = plan.getSource("cut");
    if (!(layer instanceof GeoJSONSource)) return;
    const geometry = line.length > 1 ? { type: "LineString" as const, coordinates: line } : { type: "MultiPoint" as const, coordinates: line };
    layer.setData(line.length ? { type: "Feature", properties: {}, geometry } : empty);
  };
  const write = () => {
    field.value = line.map(([x = 0, y = 0]) => `${x.toFixed(6)},${y.toFixed(6)}`).join(" ");
    show();
  };
  const tools = make("div", "map-tools");
  const back = make("button", "button button-small", "退一步");
  const clear = make("button", "button button-small", "重画");
  back.type = clear.type = "button";
  back.addEventListener("click", () => { line = line.slice(0, -1); write(); });
  clear.addEventListener("click", () => { line = []; write(); });
  tools.append(back, clear);
  place.append(tools);
  field.addEventListener("input", () => { line = positions(field.value); show(); });
  plan.getCanvas().classList.add("map-aim");
  plan.on("click", (event) => {
    line = [...line, snapped(plan, event.point, event.lngLat.toArray())];
    write();
  });
  show();
}
