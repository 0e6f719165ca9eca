/** The quiet base and our layers above it. All data comes as GeoJSON from addresses; nothing is fetched from elsewhere. */
import type { ExpressionSpecification, LayerSpecification, Map as Plan, SourceSpecification, StyleSpecification } from "maplibre-gl";
import { colours, groundLayers, nameLayers, tileSource, type TileAddress } from "./mapbase";
import { token } from "./shapes";

export interface Addresses {
  base?: string | undefined;
  areas?: string | undefined;
  points?: string | undefined;
}

const EMPTY = { type: "FeatureCollection" as const, features: [] };

function source(address: string | undefined): SourceSpecification {
  return { type: "geojson", data: address ?? EMPTY };
}

function base(): LayerSpecification[] {
  const fill = (id: string, kind: string, colour: string): LayerSpecification => ({
    id, type: "fill", source: "base", filter: ["==", ["get", "kind"], kind], paint: { "fill-color": token(colour) },
  });
  const line = (id: string, kind: string, colour: string, width: number): LayerSpecification => ({
    id, type: "line", source: "base", filter: ["==", ["get", "kind"], kind],
    layout: { "line-cap": "round", "line-join": "round" },
    paint: { "line-color": token(colour), "line-width": ["interpolate", ["exponential", 1.6], ["zoom"], 11, width / 6, 15, width, 18, width * 3] },
  });
  return [
    { id: "land", type: "background", paint: { "background-color": token("--lx-map-land") } },
    fill("green", "green", "--lx-map-green"),
    fill("water", "water", "--lx-map-water"),
    line("river", "river", "--lx-map-water", 10),
    line("road", "road", "--lx-map-road", 5),
    line("main-rim", "main", "--lx-map-road", 11),
    line("main", "main", "--lx-map-main", 7),
    {
      id: "building", type: "fill", source: "base", minzoom: 13, filter: ["==", ["get", "kind"], "building"],
      paint: { "fill-color": token("--lx-map-building"), "fill-outline-color": token("--lx-map-building-line") },
    },
  ];
}

function areas(): LayerSpecification[] {
  const brand = token("--lx-brand");
  // Warnings 预警 bear the country's colours.
  const colour: ExpressionSpecification = ["match", ["get", "level"], "fault", token("--lx-late"), "cap-red", token("--lx-cap-red"), "cap-orange", token("--lx-cap-orange"), "cap-yellow", token("--lx-warn-s"), "cap-blue", token("--lx-cap-blue"), brand];
  const isWarning: ExpressionSpecification = ["in", "cap-", ["get", "level"]];
  return [
    { id: "area-fill", type: "fill", source: "areas", paint: { "fill-color": colour, "fill-opacity": ["case", ["==", ["get", "level"], "fault"], 0.4, isWarning, 0.22, ["boolean", ["feature-state", "chosen"], false], 0.16, 0.05] } },
    { id: "area-grid", type: "line", source: "areas", filter: ["==", ["get", "level"], "grid"], paint: { "line-color": brand, "line-width": 1.8, "line-dasharray": [4, 3] } },
    { id: "area-line", type: "line", source: "areas", filter: ["!=", ["get", "level"], "grid"], paint: { "line-color": colour, "line-width": ["interpolate", ["linear"], ["zoom"], 9, 1.2, 13, 3.5] } },
    {
      id: "area-name", type: "symbol", source: "areas",
      layout: { "text-field": ["get", "name"], "text-size": 14, "text-max-width": 8, "text-padding": 8 },
      paint: { "text-color": token("--lx-brand-d"), "text-halo-color": token("--lx-map-halo"), "text-halo-width": 2 },
    },
  ];
}

function points(): LayerSpecification[] {
  return [
    {
      id: "cluster", type: "symbol", source: "points", filter: ["has", "point_count"],
      layout: {
        "icon-image": ["concat", "cluster-", ["to-string", ["ceil", ["*", 10, ["/", ["get", "late"], ["get", "point_count"]]]]]],
        "text-field": ["to-string", ["get", "point_count"]], "text-size": 14, "icon-allow-overlap": true, "text-allow-overlap": true,
      },
      paint: { "text-color": token("--lx-on-brand") },
    },
    {
      id: "point", type: "symbol", source: "points", filter: ["!", ["has", "point_count"]],
      layout: {
        "icon-image": ["coalesce", ["get", "shape"], "ok"], "icon-allow-overlap": true,
        "symbol-sort-key": ["match", ["get", "shape"], "late", 3, "warn", 2, 1],
        "text-field": ["coalesce", ["get", "label"], ""], "text-size": 13, "text-offset": [0, 1.3], "text-anchor": "top", "text-optional": true,
      },
      paint: { "text-color": token("--lx-ink"), "text-halo-color": token("--lx-map-halo"), "text-halo-width": 2 },
    },
  ];
}

/** Return the whole style for the data of one page. */
export function style(addresses: Addresses): StyleSpecification {
  return {
    version: 8,
    sources: {
      base: source(addresses.base),
      areas: { ...source(addresses.areas), generateId: true } as SourceSpecification,
      points: {
        ...source(addresses.points), cluster: true, clusterRadius: 44, clusterMaxZoom: 14,
        clusterProperties: { late: ["+", ["case", ["==", ["get", "shape"], "late"], 1, 0]] },
      } as SourceSpecification,
    },
    layers: [...base(), ...areas(), ...points()],
  };
}

/** Lay the streets of our tiles below what a page's own map shows; names of roads below its areas' names. */
export function layGround(plan: Plan, tiles: TileAddress): void {
  const c = colours();
  plan.addSource("tiles", tileSource(tiles));
  for (const layer of groundLayers(c)) plan.addLayer({ ...layer, id: `ground-${layer.id}` }, "green");
  for (const layer of nameLayers(c)) plan.addLayer({ ...layer, id: `ground-${layer.id}` }, "area-name");
}
