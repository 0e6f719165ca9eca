/** Buildings by their height from zoom 15; coloured by the share of a chosen state (作战图); one of them opens into floors and entrances. */
import type { Feature, FeatureCollection, MultiPolygon, Polygon } from "geojson";
import type { ExpressionSpecification, GeoJSONSource, Map as Plan } from "maplibre-gl";
import type { Colours } from "../mapbase";
import { token } from "../shapes";
import { Follower, saidBox } from "./fetching";
import { shrunk, slices, type Ring } from "./geometry";
import { asked, readJson } from "./settings";

export interface House {
  key: string;
  name: string;
  height: number;
  floors: number;
  units?: number;
  open?: number;
  line?: string;
  share?: number | null;
  count?: number;
  panel?: string;
  chart?: string;
}

type Houses = FeatureCollection<Polygon | MultiPolygon, House>;

const EMPTY: Houses = { type: "FeatureCollection", features: [] };
const IN_3D = 15;
const STOREY = 3;
const GAP = 1.4; // metres of air between the floors of an open building
const LIFT = 7; // metres by which what is above the chosen floor is raised
/** Upper ends of the steps of a share, as in the legend. */
export const STEPS = [0.001, 0.1, 0.2, 0.35, 0.5] as const;

/** What of a dwelling's state shows on a slice of a floor: how many are in the chosen state, of how many. */
export interface Cells {
  on: number;
  all: number;
}

/** Return the steps of a share as colours, lightest first. */
export function tints(): string[] {
  return [1, 2, 3, 4, 5, 6].map((step) => token(`--lx-heat-${step}`));
}

/** Return the index of a share's step. */
export function stepOf(share: number): number {
  return STEPS.filter((end) => share >= end).length;
}

/** Return the outer ring of a footprint; of several, the first. */
function ringOf(house: Feature<Polygon | MultiPolygon>): Ring {
  const { geometry } = house;
  return (geometry.type === "Polygon" ? geometry.coordinates[0] : geometry.coordinates[0]?.[0]) ?? [];
}

/** Return how high a building stands once it is open, in metres. */
export function openHeight({ floors, height }: House): number {
  return Math.max(1, floors) * (storeyOf(floors, height) + GAP) + 2 * LIFT;
}

function storeyOf(floors: number, height: number): number {
  return Math.max(2.6, Math.min(4.5, height / Math.max(1, floors) || STOREY));
}

/** Take a building apart: a slab for each floor and entrance, the chosen floor and what is above it raised. */
export function exploded(house: Feature<Polygon | MultiPolygon, House>, chosen: number | null, cells: Map<string, Cells>): FeatureCollection<Polygon> {
  const { floors, units = 1, height } = house.properties;
  const storey = storeyOf(floors, height);
  const parts = slices(ringOf(house), Math.max(1, units)).map((ring) => shrunk(ring, units > 1 ? 0.95 : 1));
  const features: Feature<Polygon>[] = [];
  for (let floor = 1; floor <= Math.max(1, floors); floor += 1) {
    const base = (floor - 1) * (storey + GAP) + (chosen !== null && floor >= chosen ? LIFT : 0) + (chosen !== null && floor > chosen ? LIFT : 0);
    parts.forEach((ring, index) => {
      const { on = 0, all = 0 } = cells.get(`${floor}-${index + 1}`) ?? {};
      features.push({
        type: "Feature", geometry: { type: "Polygon", coordinates: [ring] },
        properties: { floor, unit: index + 1, base, top: base + storey, step: all ? stepOf(on / all) : 0 },
      });
    });
  }
  return { type: "FeatureCollection", features };
}

export class Buildings {
  private readonly follower: Follower;
  private houses: Houses = EMPTY;
  private cells = new Map<string, Cells>();
  private floor: number | null = null;
  private tint = "";
  isOn = false;
  opened: Feature<Polygon | MultiPolygon, House> | null = null;

  constructor(
    private readonly plan: Plan, private readonly address: string, private readonly c: Colours,
    private readonly changed: () => void, failed: (failed: boolean) => void, before?: string,
  ) {
    plan.addSource("houses", { type: "geojson", data: EMPTY, promoteId: "key" });
    plan.addSource("floors", { type: "geojson", data: EMPTY });
    const hidden = { visibility: "none" } as const;
    const height: ExpressionSpecification = ["max", 3, ["coalesce", ["get", "height"], 6]];
    plan.addLayer({
      id: "house-wall", type: "fill-extrusion", source: "houses", layout: hidden, minzoom: IN_3D,
      paint: { "fill-extrusion-color": this.wall(), "fill-extrusion-height": height, "fill-extrusion-vertical-gradient": false },
    }, before);
    plan.addLayer({
      id: "house-roof", type: "fill-extrusion", source: "houses", layout: hidden, minzoom: IN_3D,
      paint: { "fill-extrusion-color": this.roof(), "fill-extrusion-base": height, "fill-extrusion-height": ["+", height, 0.8] },
    }, before);
    plan.addLayer({
      id: "floors", type: "fill-extrusion", source: "floors",
      paint: {
        "fill-extrusion-color": this.slab(), "fill-extrusion-base": ["get", "base"], "fill-extrusion-height": ["get", "top"], "fill-extrusion-opacity": 0.96,
      },
    }, before);
    this.follower = new Follower(plan, (box, _, signal) => this.load(saidBox(box), signal), failed, IN_3D);
  }

  static readonly IDS = ["house-wall", "house-roof"] as const;

  /** Show buildings and follow the view, or hide them. */
  switch(on: boolean): void {
    this.isOn = on;
    for (const id of Buildings.IDS) this.plan.setLayoutProperty(id, "visibility", on ? "visible" : "none");
    // Near by, the registered footprints stand instead of the coarser ones of the base.
    if (this.plan.getLayer("base-building")) this.plan.setLayerZoomRange("base-building", 13, on ? IN_3D : 24);
    this.follower.follow(on);
    if (!on) this.close();
  }

  /** Colour the city by a state; an empty code takes the colours away. */
  colour(tint: string): void {
    this.tint = tint;
    this.plan.setPaintProperty("house-wall", "fill-extrusion-color", this.wall());
    this.plan.setPaintProperty("house-roof", "fill-extrusion-color", this.roof());
    this.plan.setPaintProperty("floors", "fill-extrusion-color", this.slab());
    this.follower.renew();
  }

  /** Return a building that was fetched. */
  find(key: string): Feature<Polygon | MultiPolygon, House> | undefined {
    return this.houses.features.find((house) => house.properties.key === key);
  }

  /** Return the buildings that were fetched, for the legend of the battle map. */
  get all(): readonly House[] {
    return this.houses.features.map((house) => house.properties);
  }

  /** Take a building apart where it stands. */
  open(house: Feature<Polygon | MultiPolygon, House>): void {
    this.opened = house;
    this.floor = null;
    this.cells = new Map();
    const others: ExpressionSpecification = ["!=", ["get", "key"], house.properties.key];
    for (const id of Buildings.IDS) this.plan.setFilter(id, others);
    this.raise();
  }

  /** Put the open building together again. */
  close(): void {
    if (!this.opened) return;
    this.opened = null;
    for (const id of Buildings.IDS) this.plan.setFilter(id, null);
    void this.plan.getSource<GeoJSONSource>("floors")?.setData(EMPTY);
  }

  /** Choose a floor, or none, of the open building. */
  choose(floor: number | null): void {
    this.floor = floor;
    this.raise();
  }

  get isWaiting(): boolean {
    return this.follower.isWaiting;
  }

  /** Show on the open building what its chart says of each floor and entrance. */
  show(cells: Map<string, Cells>): void {
    this.cells = cells;
    this.raise();
  }

  renew(): void {
    this.follower.renew();
  }

  private raise(): void {
    if (this.opened) void this.plan.getSource<GeoJSONSource>("floors")?.setData(exploded(this.opened, this.floor, this.cells));
  }

  private steps(plain: string): ExpressionSpecification | string {
    if (!this.tint) return plain;
    const colours = tints();
    const share: ExpressionSpecification = ["coalesce", ["get", "share"], -1];
    return ["case", ["<", share, 0], this.c.building, ["step", share, colours[0] ?? plain, ...STEPS.flatMap((end, index) => [end, colours[index + 1] ?? plain])] as unknown as ExpressionSpecification];
  }

  private wall(): ExpressionSpecification | string {
    return this.steps(this.c.wall);
  }

  private roof(): ExpressionSpecification | string {
    return this.steps(this.c.roof);
  }

  private slab(): ExpressionSpecification {
    // The chosen floor is told by standing free: its colour says its state, as every other's.
    const colours = this.tint ? tints() : [this.c.wall, ...tints().slice(1)];
    return ["match", ["get", "step"], ...colours.flatMap((colour, step) => [step, colour]), this.c.wall] as unknown as ExpressionSpecification;
  }

  private async load(bbox: string, signal: AbortSignal): Promise<void> {
    const answer = await readJson<Houses>(asked(this.address, { bbox, state: this.tint }), { signal });
    if (signal.aborted || !this.isOn) return;
    this.houses = answer;
    void this.plan.getSource<GeoJSONSource>("houses")?.setData(answer);
    this.changed();
  }
}
