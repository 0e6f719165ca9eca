/** What new borders would make, drawn above the present ones, as soon as the server has answered. */
import { GeoJSONSource, type Map as Plan } from "maplibre-gl";
import type { Feature, FeatureCollection } from "geojson";
import { token } from "../shapes";

const EMPTY: FeatureCollection = { type: "FeatureCollection", features: [] };

function addLayers(plan: Plan): void {
  const colours = ["--lx-series-1", "--lx-series-2", "--lx-series-3", "--lx-series-4", "--lx-series-5", "--lx-series-6"].map(token);
  const [first = "", ...others] = colours;
  plan.addSource("pieces", { type: "geojson", data: EMPTY });
  plan.addLayer({
    id: "piece", type: "fill", source: "pieces", filter: ["==", ["geometry-type"], "Polygon"],
    paint: { "fill-color": ["match", ["%", ["get", "place"], 6], 2, others[0] ?? first, 3, others[1] ?? first, 4, others[2] ?? first, 5, others[3] ?? first, 0, others[4] ?? first, first], "fill-opacity": 0.22 },
  });
  plan.addLayer({ id: "piece-line", type: "line", source: "pieces", filter: ["==", ["geometry-type"], "Polygon"], paint: { "line-color": token("--lx-ink"), "line-width": 1.5 } });
  plan.addLayer({
    id: "piece-name", type: "symbol", source: "pieces", filter: ["==", ["geometry-type"], "Point"],
    layout: { "text-field": ["get", "name"], "text-size": 14, "text-allow-overlap": true },
    paint: { "text-color": token("--lx-ink"), "text-halo-color": token("--lx-map-halo"), "text-halo-width": 2 },
  });
}

/** Return the pieces that stand in the form as they were read from a file, numbered as the form numbers them. */
function inForm(): FeatureCollection {
  const field = document.querySelector<HTMLTextAreaElement>("[data-pieces-text] textarea[name=geojson]");
  if (!field) return EMPTY;
  const read = JSON.parse(field.value) as FeatureCollection | Feature;
  const features = read.type === "FeatureCollection" ? read.features : [read];
  return { type: "FeatureCollection", features: features.map((one, at) => ({ ...one, properties: { place: at + 1 } })) };
}

/** Follow the part of the page that `data-pieces` stands on: draw what its address gives, each time it is put in anew. */
export function followPieces(plan: Plan): void {
  addLayers(plan);
  let asked = "";
  const draw = async () => {
    const address = document.querySelector<HTMLElement>("[data-pieces]")?.dataset["pieces"] ?? "";
    asked = address;
    const answer = address ? await fetch(address, { headers: { Accept: "application/json" } }) : null;
    const found = answer?.ok ? ((await answer.json()) as FeatureCollection) : inForm();
    const layer = plan.getSource("pieces");
    if (asked === address && layer instanceof GeoJSONSource) layer.setData(found);
  };
  document.addEventListener("htmx:afterSettle", () => void draw().catch(() => undefined));
  void draw().catch(() => undefined);
}
