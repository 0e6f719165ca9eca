/** A base map of pictures from elsewhere (XYZ or WMTS). One in shifted co-ordinates (GCJ-02) lies as a second map below ours, moved by the shift. */
import { Map as Plan, type RasterSourceSpecification } from "maplibre-gl";
import { make } from "../page";
import { asked, readJson, type Background, type Settings } from "./settings";

export interface Backdrop {
  /** The canvas below ours that a print must take first, if there is one. */
  canvas: () => HTMLCanvasElement | null;
  show: (on: boolean) => void;
  remove: () => void;
}

const OURS = /^(land|green|water|river|road-(rim-)?\w+|base-building)$/;

function source({ url, tileSize = 256, maxzoom = 18, attribution }: Background): RasterSourceSpecification {
  return { type: "raster", tiles: [url], tileSize, maxzoom, ...(attribution ? { attribution } : {}) };
}

/** Our own ground gives way to the pictures; names of roads stand in them, too. */
function hideOurs(plan: Plan, hidden: boolean): void {
  for (const { id } of plan.getStyle().layers) {
    if (OURS.test(id) || id === "road-name") plan.setLayoutProperty(id, "visibility", hidden ? "none" : "visible");
  }
}

function shifted(plan: Plan, element: HTMLElement, background: Background, address: string): Backdrop {
  const below = make("div", "onemap-below");
  element.prepend(below);
  const under = new Plan({
    container: below, interactive: false, attributionControl: false, fadeDuration: 0, center: plan.getCenter(), zoom: plan.getZoom(), maxPitch: 70,
    style: { version: 8, sources: { pictures: source(background) }, layers: [{ id: "pictures", type: "raster", source: "pictures", paint: { "raster-saturation": -0.35 } }] },
  });
  let shift = [0, 0] as [number, number];
  let known: [number, number] | null = null;
  const follow = () => {
    const { lng, lat } = plan.getCenter();
    under.jumpTo({ center: [lng + shift[0], lat + shift[1]], zoom: plan.getZoom(), bearing: plan.getBearing(), pitch: plan.getPitch() });
  };
  const learn = async () => {
    const { lng, lat } = plan.getCenter();
    // The shift changes by less than two metres within five kilometres.
    if (known && Math.hypot(lng - known[0], lat - known[1]) < 0.04) return;
    known = [lng, lat];
    const moved = await readJson<{ lon: number; lat: number }>(asked(address, { lon: lng, lat }));
    shift = [moved.lon - lng, moved.lat - lat];
    follow();
  };
  plan.on("move", follow);
  plan.on("moveend", () => void learn().catch(() => (known = null)));
  void learn().catch(() => (known = null));
  return { canvas: () => (below.hidden ? null : under.getCanvas()), show: (on) => { below.hidden = !on; hideOurs(plan, on); }, remove: () => under.remove() };
}

/** Lay the pictures that the settings name below our layers. */
export function layBackground(plan: Plan, element: HTMLElement, { background, shift }: Partial<Settings>): Backdrop | null {
  if (!background) return null;
  const backdrop = background.shift && shift ? shifted(plan, element, background, shift) : plain(plan, background);
  backdrop.show(true);
  return backdrop;
}

function plain(plan: Plan, background: Background): Backdrop {
  plan.addSource("pictures", source(background));
  const first = plan.getStyle().layers.find(({ id }) => id !== "land")?.id;
  plan.addLayer({ id: "pictures", type: "raster", source: "pictures", paint: { "raster-saturation": -0.35 } }, first);
  const show = (on: boolean) => {
    plan.setLayoutProperty("pictures", "visibility", on ? "visible" : "none");
    hideOurs(plan, on);
  };
  return { canvas: () => null, show, remove: () => undefined };
}
