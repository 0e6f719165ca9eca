/** Borders of areas: community 3.5 and whole, grid dashed, ground at most 8 %; the level follows the zoom. */
import type { FeatureCollection, Geometry } from "geojson";
import type { ExpressionSpecification, GeoJSONSource, Map as Plan } from "maplibre-gl";
import { BOLD, type Colours } from "../mapbase";
import { borderLines, namePoints } from "./borders";
import { Follower, saidBox } from "./fetching";
import { asked, readJson } from "./settings";

const EMPTY: FeatureCollection = { type: "FeatureCollection", features: [] };

/** From which zoom which level is drawn around the one that the server chooses. */
const AROUND: readonly [number, string][] = [[13, "community"], [11, "street"]];

const DASHED = ["grid", "micro"];

interface Borders extends FeatureCollection<Geometry> {
  level?: string;
  label?: string;
  total?: number;
}

export class Areas {
  private readonly follower: Follower;
  private hovered: string | number | undefined;
  private role = "";
  isOn = false;
  /** What is drawn: the words of its level, and how many there are of it in all. */
  told: { label: string; total: number } | undefined;
  /** Whether its lines are dashed, as those of grids are. */
  isDashed = false;
  /** The words of the borders drawn whole around the dashed ones. */
  around = "";

  constructor(private readonly plan: Plan, private readonly address: string, c: Colours, private readonly changed: () => void, failed: (failed: boolean) => void) {
    plan.addSource("areas", { type: "geojson", data: EMPTY, generateId: true });
    const hidden = { visibility: "none" } as const;
    for (const id of ["area-lines", "area-names"]) plan.addSource(id, { type: "geojson", data: EMPTY });
    const dashed: ExpressionSpecification = ["in", ["get", "level"], ["literal", DASHED]];
    plan.addLayer({ id: "area-fill", type: "fill", source: "areas", layout: hidden, paint: { "fill-color": c.brand, "fill-opacity": ["case", ["boolean", ["feature-state", "hover"], false], 0.08, 0.03] } });
    plan.addLayer({ id: "area-grid", type: "line", source: "area-lines", layout: hidden, filter: dashed, paint: { "line-color": c.brand, "line-width": ["match", ["get", "level"], "micro", 1.2, 1.8], "line-dasharray": [4, 2.5] } });
    plan.addLayer({
      id: "area-line", type: "line", source: "area-lines", layout: { ...hidden, "line-join": "round" }, filter: ["!", dashed],
      paint: { "line-color": c.brand, "line-width": ["interpolate", ["linear"], ["zoom"], 8, 1.2, 11, ["case", ["get", "rim"], 3.5, 1.6], 13, 3.5] },
    });
    plan.addLayer({
      id: "area-name", type: "symbol", source: "area-names",
      layout: { ...hidden, "text-field": ["get", "name"], "text-font": BOLD, "text-size": 14, "text-max-width": 8, "text-padding": 6 },
      paint: { "text-color": c.name, "text-halo-color": c.halo, "text-halo-width": 2 },
    });
    this.follower = new Follower(plan, (box, zoom, signal) => this.load(saidBox(box), zoom, signal), failed);
    plan.on("mousemove", "area-fill", (event) => this.hover(event.features?.[0]?.id));
    plan.on("mouseleave", "area-fill", () => this.hover(undefined));
  }

  static readonly IDS = ["area-fill", "area-grid", "area-line", "area-name"] as const;

  /** Show the borders and follow the view, or hide them. */
  switch(on: boolean): void {
    this.isOn = on;
    for (const id of Areas.IDS) this.plan.setLayoutProperty(id, "visibility", on ? "visible" : "none");
    this.follower.follow(on);
  }

  /** Show the borders of one level; an empty word lets the zoom choose. */
  level(role: string): void {
    this.role = role;
    this.follower.renew();
  }

  get isWaiting(): boolean {
    return this.follower.isWaiting;
  }

  /** Fetch the borders in view again. */
  renew(): void {
    this.follower.renew();
  }

  /** Mark the area under the pointer. */
  private hover(id: string | number | undefined): void {
    if (id === this.hovered) return;
    if (this.hovered !== undefined) this.plan.setFeatureState({ source: "areas", id: this.hovered }, { hover: false });
    if (id !== undefined) this.plan.setFeatureState({ source: "areas", id }, { hover: true });
    this.hovered = id;
  }

  private async load(bbox: string, zoom: number, signal: AbortSignal): Promise<void> {
    const read = (level: string) => readJson<Borders>(asked(this.address, { bbox, zoom: zoom.toFixed(1), level }), { signal });
    // Around the dashed grids stands the whole line of their community; around communities that of their street.
    const around = this.role ? "" : (AROUND.find(([least]) => zoom >= least)?.[1] ?? "");
    const [inner, outer] = await Promise.all([read(this.role), around ? read(around) : null]);
    if (signal.aborted || !this.isOn) return;
    this.hovered = undefined;
    const rims = (outer?.features ?? []).map((feature) => ({ ...feature, properties: { ...feature.properties, rim: true } }));
    void this.plan.getSource<GeoJSONSource>("areas")?.setData(inner);
    void this.plan.getSource<GeoJSONSource>("area-lines")?.setData(borderLines([...rims, ...inner.features]));
    void this.plan.getSource<GeoJSONSource>("area-names")?.setData(namePoints(inner.features));
    this.around = outer?.label ?? "";
    this.isDashed = DASHED.includes(inner.level ?? "");
    if (inner.label && inner.total !== undefined) this.told = { label: inner.label, total: inner.total };
    this.changed();
  }
}
