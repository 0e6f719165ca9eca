/**
 * Drawing on the map by mouse, finger or keys: a line, a polygon, a rectangle, a circle.
 * Keys while the map has the focus: arrows move it, the space bar sets a point under the cross in the middle, Enter ends, Backspace goes back.
 */
import type { Feature, FeatureCollection, Polygon, Position } from "geojson";
import type { GeoJSONSource, Map as Plan, MapMouseEvent } from "maplibre-gl";
import { History } from "../land/history";
import type { Colours } from "../mapbase";
import { make } from "../page";
import { areaOf, circle, closed, crosses, distance, lengthOf, rectangle, sayLength, type Ring } from "./geometry";

export type Figure = "line" | "polygon" | "rectangle" | "circle";

/** What stands at one moment: the points set, and whether the figure is ended. */
export interface Drawn {
  figure: Figure;
  points: readonly Position[];
  ended: boolean;
}

const NOTHING: FeatureCollection = { type: "FeatureCollection", features: [] };
const ENOUGH: Record<Figure, number> = { line: 2, polygon: 3, rectangle: 2, circle: 2 };
const TWO: readonly Figure[] = ["rectangle", "circle"];

/** Return the outline that points make, closed for a surface; too few points give none. */
export function outline(figure: Figure, points: readonly Position[]): Ring {
  const [first, second] = points;
  if (figure === "line" || figure === "polygon") return figure === "polygon" && points.length > 2 ? closed(points) : [...points];
  if (!first || !second) return [...points];
  return figure === "rectangle" ? rectangle(first, second) : circle(first, distance(first, second));
}

/** Return the surface of an ended figure. */
export function polygonOf({ figure, points, ended }: Drawn): Polygon | null {
  if (!ended || figure === "line" || points.length < ENOUGH[figure]) return null;
  return { type: "Polygon", coordinates: [outline(figure, points)] };
}

/** Return what is drawn for a figure: ground, outline with lengths when measured, and corners. */
export function sketched({ figure, points }: Drawn, measured: boolean): FeatureCollection {
  const ring = outline(figure, points);
  const features: Feature[] = [];
  const put = (geometry: Feature["geometry"], properties = {}) => features.push({ type: "Feature", properties, geometry });
  if (figure !== "line" && ring.length > 3) put({ type: "Polygon", coordinates: [ring] });
  if (ring.length > 1) put({ type: "LineString", coordinates: ring });
  if (measured && figure !== "circle") {
    ring.slice(1).forEach((end, index) => {
      const begin = ring[index] ?? end;
      if (distance(begin, end) < 1) return;
      put({ type: "Point", coordinates: [((begin[0] ?? 0) + (end[0] ?? 0)) / 2, ((begin[1] ?? 0) + (end[1] ?? 0)) / 2] }, { words: sayLength(distance(begin, end)) });
    });
  }
  points.forEach((point) => put({ type: "Point", coordinates: point }, { corner: true }));
  return { type: "FeatureCollection", features };
}

/** Return length of a line or edge and area of a surface. */
export function measures({ figure, points }: Drawn): { length: number; area: number } {
  const ring = outline(figure, points);
  return { length: lengthOf(ring), area: figure === "line" || ring.length < 4 ? 0 : areaOf(ring) };
}

export class Sketch {
  private history: History<Drawn>;
  private pointer: Position | null = null;
  private active = false;
  private readonly cross = make("div", "map-middle");

  constructor(
    private readonly plan: Plan, place: HTMLElement, c: Colours,
    private readonly changed: (drawn: Drawn, said: string) => void, private readonly measured = () => false,
  ) {
    this.history = new History<Drawn>({ figure: "polygon", points: [], ended: false });
    plan.addSource("sketch", { type: "geojson", data: NOTHING });
    plan.addLayer({ id: "sketch-ground", type: "fill", source: "sketch", filter: ["==", ["geometry-type"], "Polygon"], paint: { "fill-color": c.late, "fill-opacity": 0.08 } });
    plan.addLayer({ id: "sketch-rim", type: "line", source: "sketch", filter: ["==", ["geometry-type"], "LineString"], layout: { "line-join": "round" }, paint: { "line-color": c.halo, "line-width": 6 } });
    plan.addLayer({ id: "sketch-line", type: "line", source: "sketch", filter: ["==", ["geometry-type"], "LineString"], layout: { "line-join": "round" }, paint: { "line-color": c.late, "line-width": 3, "line-dasharray": [3, 1.2] } });
    plan.addLayer({ id: "sketch-corner", type: "circle", source: "sketch", filter: ["has", "corner"], paint: { "circle-radius": 5.5, "circle-color": c.halo, "circle-stroke-color": c.late, "circle-stroke-width": 2.5 } });
    plan.addLayer({ id: "sketch-words", type: "symbol", source: "sketch", filter: ["has", "words"], layout: { "text-field": ["get", "words"], "text-size": 13, "text-allow-overlap": true }, paint: { "text-color": c.text, "text-halo-color": c.halo, "text-halo-width": 2 } });
    place.append(this.cross);
    plan.on("click", (event) => this.click(event));
    plan.on("dblclick", () => this.active && this.end());
    plan.on("mousemove", (event) => this.move(event));
    plan.getCanvas().addEventListener("keydown", (event) => this.key(event));
  }

  /** Whether points are being set now. */
  get isActive(): boolean {
    return this.active;
  }

  get drawn(): Drawn {
    return this.history.now;
  }

  /** Begin a figure anew. */
  begin(figure: Figure): void {
    this.active = true;
    this.history = new History<Drawn>({ figure, points: [], ended: false });
    this.hold(true);
    this.show("");
  }

  /** Show a figure that was drawn before, ended. */
  restore(ring: readonly Position[]): void {
    this.history = new History<Drawn>({ figure: "polygon", points: ring, ended: true });
    this.show("");
  }

  /** Cease, and wipe what is drawn. */
  wipe(): void {
    this.active = false;
    this.pointer = null;
    this.history = new History<Drawn>({ figure: this.drawn.figure, points: [], ended: false });
    this.hold(false);
    this.show("");
  }

  get canUndo(): boolean {
    return this.history.canUndo;
  }

  /** Take the last point, or the ending, back. */
  undo(): void {
    if (!this.history.canUndo) return;
    this.history.undo();
    this.active = true;
    this.hold(true);
    this.show("退了一步");
  }

  /** End the figure, if it has points enough and its edges do not cross. */
  end(): void {
    const { figure, points, ended } = this.drawn;
    if (ended) return;
    if (points.length < ENOUGH[figure]) return this.changed(this.drawn, `还差 ${ENOUGH[figure] - points.length} 个点`);
    if (figure === "polygon" && crosses(points)) return this.changed(this.drawn, "线交叉了，退一步再点");
    this.active = false;
    this.pointer = null;
    this.history.keep({ figure, points, ended: true });
    this.hold(false);
    this.show("画好了");
  }

  /** Set a point. */
  add(point: Position): void {
    const { figure, points } = this.drawn;
    const last = points[points.length - 1];
    // The second press of a double click sets no second point on the same spot.
    if (last && distance(last, point) < 0.05) return;
    this.history.keep({ figure, points: [...points, point], ended: false });
    if (TWO.includes(figure) && points.length === 1) return this.end();
    this.show(this.next());
  }

  private next(): string {
    const { figure, points } = this.drawn;
    if (figure === "rectangle") return "再点对角";
    if (figure === "circle") return "再点一下定大小";
    const missing = ENOUGH[figure] - points.length;
    return missing > 0 ? `已有 ${points.length} 个点，还差 ${missing} 个` : `已有 ${points.length} 个点，双击或按“完成”结束`;
  }

  private hold(active: boolean): void {
    this.plan.getCanvas().classList.toggle("map-aim", active);
    this.cross.classList.toggle("is-aiming", active);
    if (active) this.plan.doubleClickZoom.disable();
    else setTimeout(() => this.active || this.plan.doubleClickZoom.enable(), 400);
  }

  private click(event: MapMouseEvent): void {
    if (!this.active) return;
    const { figure, points } = this.drawn;
    const [first] = points;
    // A press on the first corner closes a polygon.
    if (figure === "polygon" && first && points.length > 2) {
      const at = this.plan.project([first[0] ?? 0, first[1] ?? 0]);
      if (Math.hypot(at.x - event.point.x, at.y - event.point.y) < 14) return this.end();
    }
    this.add([event.lngLat.lng, event.lngLat.lat]);
  }

  private move({ lngLat }: MapMouseEvent): void {
    if (!this.active || !this.drawn.points.length) return;
    this.pointer = [lngLat.lng, lngLat.lat];
    this.paint();
  }

  private key(event: KeyboardEvent): void {
    if (!this.active && !this.drawn.ended) return;
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z") this.undo();
    else if (this.active && event.key === " ") {
      const { lng, lat } = this.plan.getCenter();
      this.add([lng, lat]);
    } else if (this.active && event.key === "Enter") this.end();
    else if (this.active && event.key === "Backspace") this.undo();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  private paint(): void {
    const points = this.pointer && this.active ? [...this.drawn.points, this.pointer] : this.drawn.points;
    void this.plan.getSource<GeoJSONSource>("sketch")?.setData(sketched({ ...this.drawn, points }, this.measured()));
  }

  private show(said: string): void {
    this.paint();
    this.changed(this.drawn, said);
  }
}
