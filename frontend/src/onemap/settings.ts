/** What the server tells the map's page: addresses, where it begins, and the shared view that was asked for. */
import type { Geometry } from "geojson";
import type { TileAddress } from "../mapbase";
import type { Box } from "./geometry";

export interface LayerLine {
  code: string;
  label: string;
  group: string;
  kind: "points" | "borders" | "buildings";
  shape: string;
  count: number | null;
  on: boolean;
  minzoom?: number;
  url: string;
  /** Whether near by it tells what its things cover on the ground. */
  covers?: boolean;
  /** Whether it follows the time slider. */
  at?: boolean;
  empty?: string;
}

export interface Background {
  url: string;
  shift?: string;
  attribution?: string;
  maxzoom?: number;
  tileSize?: number;
}

export interface SharedView {
  center: [number, number];
  zoom: number;
  layers: string[];
  filters?: Record<string, string>;
  drawing?: Geometry | null;
  at?: string | null;
  pitch?: number;
  bearing?: number;
  name?: string;
}

export interface Settings {
  layers: string;
  points: string;
  areas: string;
  buildings: string;
  building: string;
  portrait: string;
  count: string;
  find: string;
  views: string;
  shift?: string;
  live?: boolean;
  center?: [number, number];
  zoom?: number;
  box?: Box | null;
  now?: string;
  earliest?: string;
  title?: string;
  /** States by which buildings are coloured; `marked` says of which dwellings the share is. */
  states?: { code: string; label: string; marked?: string }[];
  tiles?: TileAddress | null;
  background?: Background | null;
  view?: SharedView | null;
  /** The drawn shape that the address names. */
  drawn?: Geometry | null;
}

/** Read the settings that stand in the page; nothing if there are none. */
export function readSettings(id = "onemap-config"): Settings | null {
  const words = document.getElementById(id)?.textContent;
  return words ? (JSON.parse(words) as Settings) : null;
}

/** Add words to the query of an address; empty ones are left out. */
export function asked(address: string, words: Record<string, string | number | null | undefined>): string {
  const url = new URL(address, location.href);
  for (const [name, value] of Object.entries(words)) if (value !== null && value !== undefined && value !== "") url.searchParams.set(name, String(value));
  return url.pathname + url.search;
}

/** Read JSON of our own server; an answer that is none is an error with the server's sentence. */
export async function readJson<T>(address: string, init: RequestInit = {}): Promise<T> {
  const answer = await fetch(address, { ...init, headers: { Accept: "application/geo+json, application/json", ...(init.headers ?? {}) } });
  if (!answer.ok) {
    const said = (await answer.json().catch(() => ({}))) as { error?: string; detail?: string };
    throw new Error(said.error ?? said.detail ?? `没有取到（${answer.status}）`);
  }
  return (await answer.json()) as T;
}
