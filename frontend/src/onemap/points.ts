/** One layer of points: fetched for the view, clustered by the server, drawn by shape and word. */
import type { FeatureCollection, Point, Polygon, Position } from "geojson";
import type { ExpressionSpecification, GeoJSONSource, Map as Plan } from "maplibre-gl";
import { BOLD, type Colours } from "../mapbase";
import { Follower, saidBox } from "./fetching";
import { lateTenths, type Box } from "./geometry";
import { CLUSTER_RADII, pictureOf } from "./pictures";
import { asked, readJson, type LayerLine } from "./settings";

export interface Spot {
  key?: string;
  kind?: string;
  shape?: string;
  tone?: string;
  title?: string;
  label?: string;
  line?: string;
  url?: string;
  panel?: string;
  cluster?: boolean;
  count?: number;
  late?: number;
  box?: Box;
  list?: string;
}

export interface Shown {
  spot: Spot;
  place: Position;
  layer: LayerLine;
}

interface Answer extends FeatureCollection<Point, Spot> {
  total?: number;
  asOf?: string;
  /** What its things cover on the ground, near by. */
  cover?: FeatureCollection<Polygon>;
}

const NOTHING: FeatureCollection<Polygon> = { type: "FeatureCollection", features: [] };

export interface Asking {
  at: () => string | undefined;
  filters: (code: string) => Record<string, string>;
  changed: () => void;
  failed: (code: string, failed: boolean) => void;
}

const sizeOf = (count: number): number => (count < 10 ? 0 : count < 30 ? 1 : count < 100 ? 2 : CLUSTER_RADII.length - 1);

/** Say a cluster's count in at most four signs: 999, 1.2千, 3.4万. */
export function sayCluster(count: number): string {
  if (count < 1000) return String(count);
  const [unit, word] = count < 10_000 ? [1000, "千"] : [10_000, "万"];
  return `${(count / unit).toFixed(count / unit < 10 ? 1 : 0).replace(/\.0$/, "")}${word}`;
}

/** Give every feature its picture and words: what the drawing needs is then a plain look-up. */
export function dressed(answer: FeatureCollection<Point, Spot>): FeatureCollection<Point> {
  return {
    type: "FeatureCollection",
    features: answer.features.map((feature, index) => {
      const { count = 0, late = 0, cluster, shape = "", tone = "", label = "" } = feature.properties;
      const drawn = cluster
        ? { picture: `cluster-${sizeOf(count)}-${lateTenths(late, count)}`, words: sayCluster(count), rank: 4 }
        : { picture: pictureOf(shape, tone), words: shape === "station" || shape === "unit" ? label : "", rank: tone === "late" ? 3 : tone === "warn" ? 2 : 1 };
      return { ...feature, id: index, properties: { ...drawn, n: index, cluster: Boolean(cluster) } };
    }),
  };
}

export class PointLayer {
  readonly shown: Shown[] = [];
  private readonly follower: Follower;
  isOn = false;
  total: number | null = null;

  constructor(private readonly plan: Plan, readonly line: LayerLine, private readonly asking: Asking, c: Colours, before?: string) {
    this.draw(c, before);
    this.follower = new Follower(plan, (box, zoom, signal) => this.load(box, zoom, signal), (failed) => asking.failed(line.code, failed), line.minzoom ?? 0);
  }

  get id(): string {
    return `points-${this.line.code}`;
  }

  /** The drawing layers: single points, and clusters above them. */
  get ids(): readonly string[] {
    return [this.id, `${this.id}-many`, ...(this.line.covers ? [`${this.id}-cover`, `${this.id}-cover-line`] : [])];
  }

  /** Show and follow the view, or hide and forget. */
  switch(on: boolean): void {
    this.isOn = on;
    for (const id of this.ids) this.plan.setLayoutProperty(id, "visibility", on ? "visible" : "none");
    this.follower.follow(on);
    if (!on) this.put([]);
    if (!on) this.cover();
  }

  get isWaiting(): boolean {
    return this.follower.isWaiting;
  }

  /** Fetch again: something changed, or another instant is asked for. */
  renew(): void {
    this.follower.renew();
  }

  /** Return what a drawn feature stands for. */
  spot(n: unknown): Shown | undefined {
    return this.shown[Number(n)];
  }

  private put(features: Answer["features"]): void {
    this.shown.splice(0, this.shown.length, ...features.map(({ properties, geometry }) => ({ spot: properties, place: geometry.coordinates, layer: this.line })));
    void this.plan.getSource<GeoJSONSource>(this.id)?.setData(dressed({ type: "FeatureCollection", features }));
    this.asking.changed();
  }

  private async load(box: Box, zoom: number, signal: AbortSignal): Promise<void> {
    const at = this.line.at ? this.asking.at() : undefined;
    const answer = await readJson<Answer>(asked(this.line.url, { bbox: saidBox(box), zoom: zoom.toFixed(1), at, ...this.asking.filters(this.line.code) }), { signal });
    if (signal.aborted || !this.isOn) return;
    this.total = answer.total ?? null;
    this.put(answer.features);
    this.cover(answer.cover);
  }

  private cover(found: FeatureCollection<Polygon> = NOTHING): void {
    void this.plan.getSource<GeoJSONSource>(`${this.id}-cover`)?.setData(found);
  }

  /** What is covered lies below the points, light enough that the streets stay readable through three of them. */
  private drawCover(c: Colours, before?: string): void {
    const id = `${this.id}-cover`;
    const layout = { visibility: "none" as const };
    this.plan.addSource(id, { type: "geojson", data: NOTHING });
    this.plan.addLayer({ id, type: "fill", source: id, layout, paint: { "fill-color": c.brand, "fill-opacity": 0.12 } }, before);
    this.plan.addLayer({ id: `${id}-line`, type: "line", source: id, layout, paint: { "line-color": c.brand, "line-width": 1.2, "line-opacity": 0.55 } }, before);
  }

  private draw(c: Colours, before?: string): void {
    if (this.line.covers) this.drawCover(c, before);
    this.plan.addSource(this.id, { type: "geojson", data: { type: "FeatureCollection", features: [] } });
    const picture: ExpressionSpecification = ["get", "picture"];
    const icons = { visibility: "none" as const, "icon-image": picture, "icon-allow-overlap": true };
    this.plan.addLayer(
      {
        id: this.id, type: "symbol", source: this.id, filter: ["!", ["get", "cluster"]],
        layout: { ...icons, "symbol-sort-key": ["get", "rank"], "text-field": ["get", "words"], "text-size": 12, "text-optional": true, "text-anchor": "top", "text-offset": [0, 1] },
        paint: { "text-color": c.text, "text-halo-color": c.halo, "text-halo-width": 1.8 },
      },
      before,
    );
    this.plan.addLayer(
      {
        id: `${this.id}-many`, type: "symbol", source: this.id, filter: ["get", "cluster"],
        layout: { ...icons, "text-field": ["get", "words"], "text-font": BOLD, "text-size": 14, "text-allow-overlap": true },
        paint: { "text-color": c.onCluster },
      },
      before,
    );
  }
}
