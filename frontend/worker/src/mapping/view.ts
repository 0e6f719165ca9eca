/** Where a drawn map looks: a flat sheet around its middle, exact enough within a county. */
import type { Spot } from "../today/item";

export interface View {
  lon: number;
  lat: number;
  /** Metres a pixel. */
  scale: number;
  width: number;
  height: number;
}

export interface Box {
  west: number;
  south: number;
  east: number;
  north: number;
}

const DEGREE = 111_195; // metres
const NEAREST = 0.1; // metres a pixel: a doorstep
const FURTHEST = 60; // a county

function across(lat: number): number {
  return DEGREE * Math.cos((lat * Math.PI) / 180);
}

/** Return the pixel of a place. */
export function toPixel(view: View, place: Spot): [number, number] {
  const x = view.width / 2 + ((place.lon - view.lon) * across(view.lat)) / view.scale;
  const y = view.height / 2 - ((place.lat - view.lat) * DEGREE) / view.scale;
  return [x, y];
}

/** Return the place at a pixel. */
export function toPlace(view: View, x: number, y: number): Spot {
  return {
    lon: view.lon + ((x - view.width / 2) * view.scale) / across(view.lat),
    lat: view.lat - ((y - view.height / 2) * view.scale) / DEGREE,
  };
}

/** Move the sheet under the finger. */
export function moved(view: View, dx: number, dy: number): View {
  return { ...view, ...toPlace(view, view.width / 2 - dx, view.height / 2 - dy) };
}

/** Zoom by a factor; what lies under the pixel stays there. */
export function zoomed(view: View, factor: number, x = view.width / 2, y = view.height / 2): View {
  const scale = Math.min(FURTHEST, Math.max(NEAREST, view.scale / factor));
  const held = toPlace(view, x, y);
  const [nowX, nowY] = toPixel({ ...view, scale }, held);
  return moved({ ...view, scale }, x - nowX, y - nowY);
}

/** Return the box around places, or null without any. */
export function boxAround(places: Iterable<Spot>): Box | null {
  let box: Box | null = null;
  for (const { lon, lat } of places) {
    box ??= { west: lon, east: lon, south: lat, north: lat };
    box = { west: Math.min(box.west, lon), east: Math.max(box.east, lon), south: Math.min(box.south, lat), north: Math.max(box.north, lat) };
  }
  return box;
}

/** Return the view that shows a box whole, with room around it; no nearer than `closest` metres a pixel. */
export function fitted(view: View, box: Box, room = 24, closest = 0.4): View {
  const lat = (box.south + box.north) / 2;
  const wide = ((box.east - box.west) * across(lat)) / Math.max(1, view.width - 2 * room);
  const high = ((box.north - box.south) * DEGREE) / Math.max(1, view.height - 2 * room);
  const scale = Math.min(FURTHEST, Math.max(wide, high, closest));
  return { ...view, lon: (box.west + box.east) / 2, lat, scale };
}
