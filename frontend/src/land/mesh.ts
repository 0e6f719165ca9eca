/**
 * Borders as a net: a corner that several areas share is one corner, so moving it moves it for all of them, and the
 * areas go on tiling their ground. Pure: knows no map. The server gives borders whose common corners are equal.
 */
import type { Feature, FeatureCollection, Polygon, MultiPolygon, Position } from "geojson";

type Ring = readonly number[]; // corners, without the closing one
export interface Ground {
  readonly properties: Record<string, unknown>;
  readonly polygons: readonly (readonly Ring[])[];
}

/** A state of the net: never altered, each change makes a new one. */
export interface Net {
  readonly places: readonly Position[];
  readonly grounds: readonly Ground[];
}

export type Edge = readonly [number, number];

const key = (a: number, b: number): string => (a < b ? `${a}-${b}` : `${b}-${a}`);

/** Read areas into a net. */
export function readNet(collection: FeatureCollection): Net {
  const places: Position[] = [];
  const known = new Map<string, number>();
  const corner = ([x = 0, y = 0]: Position): number => {
    const name = `${x.toFixed(7)},${y.toFixed(7)}`;
    const found = known.get(name) ?? places.push([x, y]) - 1;
    known.set(name, found);
    return found;
  };
  const grounds = collection.features.flatMap((feature): Ground[] => {
    const { geometry } = feature;
    if (geometry.type !== "Polygon" && geometry.type !== "MultiPolygon") return [];
    const polygons = geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates;
    const read = polygons.map((rings) => rings.map((ring) => ring.slice(0, -1).map(corner)));
    return [{ properties: feature.properties ?? {}, polygons: read }];
  });
  return { places, grounds };
}

function rings(net: Net): Ring[] {
  return net.grounds.flatMap((ground) => ground.polygons.flat());
}

/** Return how many rings use each edge, by its key. */
function uses(net: Net): Map<string, number> {
  const found = new Map<string, number>();
  for (const ring of rings(net)) {
    ring.forEach((from, at) => {
      const name = key(from, ring[(at + 1) % ring.length] ?? from);
      found.set(name, (found.get(name) ?? 0) + 1);
    });
  }
  return found;
}

/** Return the edges that two areas share: those may be moved. */
export function sharedEdges(net: Net): Edge[] {
  return [...uses(net)].filter(([, count]) => count > 1).map(([name]) => name.split("-").map(Number) as unknown as Edge);
}

/** Return the corners that lie on the outer border of all: others than these areas share them, so they stay. */
export function fixedCorners(net: Net): Set<number> {
  const fixed = new Set<number>();
  for (const [name, count] of uses(net)) if (count === 1) name.split("-").forEach((corner) => fixed.add(Number(corner)));
  return fixed;
}

/** Return the corners that may be moved. */
export function freeCorners(net: Net): number[] {
  const fixed = fixedCorners(net);
  return [...new Set(sharedEdges(net).flat())].filter((corner) => !fixed.has(corner)).sort((a, b) => a - b);
}

function at(net: Net, corner: number): readonly [number, number] {
  const [x = 0, y = 0] = net.places[corner] ?? [];
  return [x, y];
}

function turn(a: readonly [number, number], b: readonly [number, number], c: readonly [number, number]): number {
  return Math.sign((b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]));
}

function cross(net: Net, [a, b]: Edge, [c, d]: Edge): boolean {
  if (a === c || a === d || b === c || b === d) return false;
  const [p, q, r, s] = [at(net, a), at(net, b), at(net, c), at(net, d)];
  return turn(p, q, r) * turn(p, q, s) <= 0 && turn(r, s, p) * turn(r, s, q) <= 0;
}

function signedArea(net: Net, ring: Ring): number {
  return ring.reduce((sum, corner, index) => {
    const [x, y] = at(net, corner);
    const [nextX, nextY] = at(net, ring[(index + 1) % ring.length] ?? corner);
    return sum + x * nextY - nextX * y;
  }, 0);
}

function edges(net: Net): Edge[] {
  return [...uses(net).keys()].map((name) => name.split("-").map(Number) as unknown as Edge);
}

/** Tell whether borders cross or an area turned inside out around a corner. */
function isBroken(net: Net, corner: number, before: Net): boolean {
  const all = edges(net);
  const mine = all.filter((edge) => edge.includes(corner));
  if (mine.some((edge) => all.some((other) => cross(net, edge, other)))) return true;
  const old = rings(before);
  return rings(net).some((ring, index) => {
    const was = old[index];
    return ring.includes(corner) && was !== undefined && signedArea(net, ring) * signedArea(before, was) <= 0;
  });
}

/** Move a corner for all that share it; null when borders would cross. */
export function moveCorner(net: Net, corner: number, place: Position): Net | null {
  const moved = { ...net, places: net.places.map((old, index) => (index === corner ? place : old)) };
  return isBroken(moved, corner, net) ? null : moved;
}

/** Put a corner into an edge of all that share it; returns the net and the new corner. */
export function addCorner(net: Net, [a, b]: Edge, place: Position): [Net, number] | null {
  const corner = net.places.length;
  const put = (ring: Ring): Ring =>
    ring.flatMap((from, index) => (key(from, ring[(index + 1) % ring.length] ?? from) === key(a, b) ? [from, corner] : [from]));
  const added: Net = {
    places: [...net.places, place],
    grounds: net.grounds.map((ground) => ({ ...ground, polygons: ground.polygons.map((polygon) => polygon.map(put)) })),
  };
  return isBroken(added, corner, net) ? null : [added, corner];
}

/** Take a corner out; null for one where three areas meet, or where too little would be left. */
export function removeCorner(net: Net, corner: number): Net | null {
  const neighbours = new Set(edges(net).filter((edge) => edge.includes(corner)).flat());
  neighbours.delete(corner);
  if (neighbours.size > 2) return null;
  const out = (ring: Ring): Ring => ring.filter((one) => one !== corner);
  const left: Net = {
    ...net,
    grounds: net.grounds.map((ground) => ({ ...ground, polygons: ground.polygons.map((polygon) => polygon.map(out)) })),
  };
  if (rings(left).some((ring) => ring.length < 3)) return null;
  const [beside] = neighbours;
  return beside !== undefined && isBroken(left, beside, net) ? null : left;
}

function asFeature(net: Net, ground: Ground): Feature<Polygon | MultiPolygon> {
  const close = (ring: Ring): Position[] => {
    const places = ring.map((corner) => [...at(net, corner)].map((number) => Number(number.toFixed(7))));
    return [...places, places[0] ?? []];
  };
  const polygons = ground.polygons.map((polygon) => polygon.map(close));
  const [only] = polygons;
  const geometry: Polygon | MultiPolygon =
    polygons.length === 1 && only ? { type: "Polygon", coordinates: only } : { type: "MultiPolygon", coordinates: polygons };
  return { type: "Feature", properties: ground.properties, geometry };
}

/** Return all areas of a net as GeoJSON. */
export function asCollection(net: Net): FeatureCollection {
  return { type: "FeatureCollection", features: net.grounds.map((ground) => asFeature(net, ground)) };
}

/** Return only the areas that differ from those of the first net. */
export function changedSince(net: Net, first: Net): FeatureCollection {
  const before = asCollection(first).features.map((feature) => JSON.stringify(feature.geometry));
  const features = asCollection(net).features.filter((feature, index) => JSON.stringify(feature.geometry) !== before[index]);
  return { type: "FeatureCollection", features };
}
