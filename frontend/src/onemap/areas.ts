/** Borders of areas: community 3.5 and whole, grid dashed, ground at most 8 %; the level follows the zoom. */
import type { FeatureCollection, Geometry } from "geojson";
import type { GeoJSONSource, Map as Plan } from "maplibre-gl";
import type { Colours } from "../mapbase";
import { Follower, saidBox } from "./fetching";
import { asked, readJson } from "./settings";

const EMPTY: FeatureCollection = { type: "FeatureCollection", features: [] };

export class Areas {
  private readonly follower: Follower;
  private hovered: string | number | undefined;
  private role = "";
  isOn = false;

  constructor(private readonly plan: Plan, private readonly address: string, c: Colours, failed: (failed: boolean) => void) {
    plan.addSource("areas", { type: "geojson", data: EMPTY, generateId: true });
    const hidden = { visibility: "none" } as const;
    plan.addLayer({ id: "area-fill", type: "fill", source: "areas", layout: hidden, paint: { "fill-color": c.brand, "fill-opacity": ["case", ["boolean", ["feature-state", "hover"], false], 0.08, 0.04] } });
    plan.addLayer({ id: "area-grid", type: "line", source: "areas", layout: hidden, filter: ["in", ["get", "level"], ["literal", ["grid", "micro"]]], paint: { "line-color": c.brand, "line-width": ["match", ["get", "level"], "micro", 1.2, 2], "line-dasharray": [4, 2.5] } });
    plan.addLayer({ id: "area-line", type: "line", source: "areas", layout: { ...hidden, "line-join": "round" }, filter: ["!", ["in", ["get", "level"], ["literal", ["grid", "micro"]]]], paint: { "line-color": c.brand, "line-width": ["interpolate", ["linear"], ["zoom"], 8, 1.4, 13, 3.5] } });
    plan.addLayer({
      id: "area-name", type: "symbol", source: "areas",
      layout: { ...hidden, "text-field": ["get", "name"], "text-size": 14, "text-max-width": 8, "text-padding": 6 },
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

  /** Mark the area under the pointer. */
  private hover(id: string | number | undefined): void {
    if (id === this.hovered) return;
    if (this.hovered !== undefined) this.plan.setFeatureState({ source: "areas", id: this.hovered }, { hover: false });
    if (id !== undefined) this.plan.setFeatureState({ source: "areas", id }, { hover: true });
    this.hovered = id;
  }

  private async load(bbox: string, zoom: number, signal: AbortSignal): Promise<void> {
    const answer = await readJson<FeatureCollection<Geometry>>(asked(this.address, { bbox, zoom: zoom.toFixed(1), level: this.role }), { signal });
    if (signal.aborted || !this.isOn) return;
    this.hovered = undefined;
    void this.plan.getSource<GeoJSONSource>("areas")?.setData(answer);
  }
}
