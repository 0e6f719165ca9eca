/** What a map is drawn from: areas, estates and buildings of the pack, flat rings of positions. */
import type { Geometry, Position } from "geojson";
import type { Spot } from "../today/item";

export type Ring = Position[];

export interface Outline {
  code: string;
  name: string;
  rings: Ring[][]; // one list a polygon: outer ring, then holes
}

export interface House extends Outline {
  estate: string;
  address: string;
  point: Spot | null;
}

export interface Scene {
  areas: (Outline & { level: string })[];
  estates: Outline[];
  buildings: House[];
}

export const EMPTY: Scene = { areas: [], estates: [], buildings: [] };

/** Return the polygons of a shape; anything else has none. */
export function ringsOf(shape: unknown): Ring[][] {
  const geometry = shape as Geometry | null | undefined;
  if (geometry?.type === "Polygon") return [geometry.coordinates];
  return geometry?.type === "MultiPolygon" ? geometry.coordinates : [];
}

/** Return all corners of outlines, to look at them whole. */
export function* cornersOf(outlines: Iterable<Outline>): Iterable<Spot> {
  for (const { rings } of outlines) for (const polygon of rings) for (const [lon, lat] of polygon[0] ?? []) yield { lon: lon as number, lat: lat as number };
}

/** Tell whether a place lies inside an outline; holes are outside. */
export function inside(place: Spot, outline: Outline): boolean {
  return outline.rings.some((polygon) => polygon.reduce((odd, ring) => odd !== crosses(place, ring), false));
}

function crosses({ lon, lat }: Spot, ring: Ring): boolean {
  let odd = false;
  ring.forEach(([x, y], at) => {
    const [px, py] = ring.at(at - 1) as [number, number];
    const between = (y as number) > lat !== py > lat;
    if (between && lon < ((px - (x as number)) * (lat - (y as number))) / (py - (y as number)) + (x as number)) odd = !odd;
  });
  return odd;
}

/** Return the middle of an outline's corners. */
export function middleOf(outline: Outline): Spot | null {
  const corners = [...cornersOf([outline])];
  if (!corners.length) return null;
  const sum = corners.reduce((all, { lon, lat }) => ({ lon: all.lon + lon, lat: all.lat + lat }), { lon: 0, lat: 0 });
  return { lon: sum.lon / corners.length, lat: sum.lat / corners.length };
}
