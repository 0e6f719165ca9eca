/** The quiet base of every map: colours by theme, and the layers drawn from our own vector tiles. */
import type { ExpressionSpecification, LayerSpecification, VectorSourceSpecification } from "maplibre-gl";
import { token } from "./shapes";

/** Fonts of the page: glyphs are drawn from them in the browser, so no glyph server is needed. */
export const FONTS = '"PingFang SC","HarmonyOS Sans SC","Microsoft YaHei","Noto Sans CJK SC","Source Han Sans SC",sans-serif';

/** The heavier cut: no glyphs are fetched, the name only tells the browser how to draw. */
export const BOLD = ["Bold"];

export type Theme = "light" | "dark";

const LIGHT = {
  land: "--lx-map-land", road: "--lx-map-road", main: "--lx-map-main", water: "--lx-map-water", green: "--lx-map-green",
  building: "--lx-map-building", buildingLine: "--lx-map-building-line", halo: "--lx-map-halo", wall: "--lx-map-wall", roof: "--lx-map-roof",
  rim: "--lx-map-rim", text: "--lx-ink", quiet: "--lx-ink-3", brand: "--lx-brand", name: "--lx-brand-d", onCluster: "--lx-on-brand",
  ok: "--lx-ok", warn: "--lx-warn", late: "--lx-late", pause: "--lx-pause", ground: "--lx-card",
} as const;
const DARK: typeof LIGHT | Record<keyof typeof LIGHT, string> = {
  land: "--lx-map-dark-land", road: "--lx-map-dark-road", main: "--lx-map-dark-main", water: "--lx-map-dark-water", green: "--lx-map-dark-green",
  building: "--lx-map-dark-building", buildingLine: "--lx-map-dark-building-line", halo: "--lx-map-dark-halo", wall: "--lx-map-dark-wall",
  roof: "--lx-map-dark-roof", rim: "--lx-map-dark-building-line", text: "--lx-map-dark-text", quiet: "--lx-map-dark-pause", brand: "--lx-map-dark-brand",
  name: "--lx-map-dark-text", onCluster: "--lx-map-dark-text", ok: "--lx-map-dark-ok", warn: "--lx-map-dark-warn", late: "--lx-map-dark-late",
  pause: "--lx-map-dark-pause", ground: "--lx-map-dark-ground",
};

export type Colours = Record<keyof typeof LIGHT, string>;

/** Read the colours of a theme from the tokens of the page. */
export function colours(theme: Theme = "light"): Colours {
  const names = theme === "dark" ? DARK : LIGHT;
  return Object.fromEntries(Object.entries(names).map(([name, value]) => [name, token(value)])) as Colours;
}

/** Where tiles are, as the server tells it. */
export interface TileAddress {
  url: string;
  minzoom?: number;
  maxzoom?: number;
  attribution?: string;
  bounds?: number[];
}

/** Return the source of our tiles; addresses must be whole, for the worker has no page to stand on. */
export function tileSource(tiles: TileAddress): VectorSourceSpecification {
  return {
    type: "vector", tiles: [new URL(tiles.url, location.href).href.replace(/%7B/gi, "{").replace(/%7D/gi, "}")],
    minzoom: tiles.minzoom ?? 0, maxzoom: tiles.maxzoom ?? 15, ...(tiles.bounds?.length === 4 ? { bounds: tiles.bounds as [number, number, number, number] } : {}), ...(tiles.attribution ? { attribution: tiles.attribution } : {}),
  };
}

const grows = (width: number): ExpressionSpecification => ["interpolate", ["exponential", 1.6], ["zoom"], 10, width / 5, 14, width * 0.7, 16, width * 1.6, 19, width * 6];

const CLASSES = { main: 10, street: 7, lane: 4.4, path: 1.4 } as const;
const FROM: Record<string, number> = { main: 6, street: 11, lane: 13, path: 15 };

function roads(c: Colours): LayerSpecification[] {
  const classes = Object.entries(CLASSES).reverse();
  const shape = { "line-cap": "round", "line-join": "round" } as const;
  const line = (id: string, name: string, colour: string, width: number): LayerSpecification => ({
    id, type: "line", source: "tiles", "source-layer": "road", filter: ["==", ["get", "class"], name],
    minzoom: FROM[name] ?? 12, layout: shape, paint: { "line-color": colour, "line-width": grows(width) },
  });
  return [
    ...classes.filter(([name]) => name !== "path").map(([name, width]) => line(`road-rim-${name}`, name, name === "main" ? c.road : c.land, width * 1.35)),
    ...classes.map(([name, width]) => line(`road-${name}`, name, name === "main" ? c.main : c.road, width)),
  ];
}

/** Return the layers of the ground: land, green, water, roads, buildings from above. */
export function groundLayers(c: Colours): LayerSpecification[] {
  const fill = (id: string, colour: string): LayerSpecification => ({ id, type: "fill", source: "tiles", "source-layer": id, filter: ["==", ["geometry-type"], "Polygon"], paint: { "fill-color": colour } });
  return [
    fill("green", c.green),
    fill("water", c.water),
    { id: "river", type: "line", source: "tiles", "source-layer": "water", filter: ["==", ["geometry-type"], "LineString"], layout: { "line-cap": "round", "line-join": "round" }, paint: { "line-color": c.water, "line-width": grows(6) } },
    ...roads(c),
    {
      id: "base-building", type: "fill", source: "tiles", "source-layer": "building", minzoom: 13,
      paint: { "fill-color": c.building, "fill-outline-color": c.buildingLine, "fill-opacity": ["interpolate", ["linear"], ["zoom"], 13, 0.4, 14.5, 1] },
    },
  ];
}

/** Return the names of roads and places; they stand above areas and below our points. */
export function nameLayers(c: Colours): LayerSpecification[] {
  const paint = (colour: string) => ({ "text-color": colour, "text-halo-color": c.halo, "text-halo-width": 1.6 });
  return [
    {
      id: "road-name", type: "symbol", source: "tiles", "source-layer": "road", minzoom: 14, filter: ["has", "name"],
      layout: { "symbol-placement": "line", "text-pitch-alignment": "viewport", "text-field": ["get", "name"], "text-size": 12, "symbol-spacing": 360, "text-padding": 12 }, paint: paint(c.quiet),
    },
    {
      id: "place-name", type: "symbol", source: "tiles", "source-layer": "place",
      filter: ["<=", ["coalesce", ["get", "rank"], 3], ["interpolate", ["linear"], ["zoom"], 9, 1, 12, 2, 14, 3, 16, 5]] as ExpressionSpecification,
      layout: {
        "text-field": ["get", "name"], "text-size": ["match", ["get", "kind"], "town", 14, "village", 13, 12], "text-max-width": 8, "text-padding": 8,
        "symbol-sort-key": ["coalesce", ["get", "rank"], 3],
      },
      paint: paint(c.quiet),
    },
  ];
}
