/**
 * One map in an element: base, areas, points and buildings of our own server, in daylight or for the dark big screen.
 * `mountMap` is the door for every page that wants a live map; the page 一张图 adds its panels to what this returns.
 */
import { AttributionControl, FullscreenControl, Map as Plan, NavigationControl, ScaleControl, setWorkerUrl, type StyleSpecification } from "maplibre-gl";
import workerUrl from "maplibre-gl/dist/maplibre-gl-worker.mjs?url";
import "maplibre-gl/dist/maplibre-gl.css";
import { colours, FONTS, groundLayers, nameLayers, tileSource, type Colours, type Theme } from "../mapbase";
import type { Entry } from "../live";
import { make } from "../page";
import { Areas } from "./areas";
import { layBackground, type Backdrop } from "./background";
import { Buildings } from "./buildings";
import { addPictures } from "./pictures";
import { PointLayer } from "./points";
import type { LayerLine, Settings } from "./settings";
import type { Box } from "./geometry";

setWorkerUrl(workerUrl);

/** Words of the map's own controls. */
export const WORDS = {
  "NavigationControl.ZoomIn": "放大", "NavigationControl.ZoomOut": "缩小", "NavigationControl.ResetBearing": "转回正北（拖动可以转）",
  "FullscreenControl.Enter": "全屏", "FullscreenControl.Exit": "退出全屏", "Map.Title": "地图，用方向键移动，加减号放大缩小", "ScaleControl.Meters": "米",
  "ScaleControl.Kilometers": "公里", "AttributionControl.ToggleAttribution": "地图来源",
};

export interface MountOptions {
  theme?: Theme;
  interactive?: boolean;
  settings: Pick<Settings, "areas" | "buildings"> & Partial<Settings>;
  /** The layers that may be shown, as `GET …/layers` tells them. */
  layers: readonly LayerLine[];
  /** Codes switched on; absent: as the lines say. */
  on?: readonly string[];
  centre?: readonly [number, number];
  zoom?: number;
  bearing?: number;
  pitch?: number;
  box?: Box | null | undefined;
  /** Renew what changed when the page's live stream tells of it. Default: yes. */
  live?: boolean;
}

/** What the map is drawn on fails under this name. */
export const GROUND = "ground";
const GROUNDS = ["tiles", "pictures"];

export type MapEvent = "data" | "failed" | "layers";

/** Layers whose things are chosen by the page's filters. */
export const FILTERED: readonly string[] = ["cases", "components"];

/** A map that stands. */
export class Mounted {
  readonly points: PointLayer[];
  readonly areas: Areas;
  readonly buildings: Buildings;
  readonly failing = new Set<string>();
  at: string | undefined;
  filters: Record<string, string> = {};
  private readonly listeners: [MapEvent, () => void][] = [];
  private readonly deaf: () => void;

  constructor(readonly plan: Plan, readonly c: Colours, readonly options: MountOptions, readonly backdrop: Backdrop | null) {
    const failed = (code: string) => (is: boolean) => this.fails(code, is);
    const { settings, layers } = options;
    this.areas = new Areas(plan, settings.areas, c, () => this.tell("data"), failed("areas"));
    this.buildings = new Buildings(plan, settings.buildings, c, () => this.tell("data"), failed("buildings"), "area-name");
    const asking = {
      at: () => this.at, filters: (code: string) => (FILTERED.includes(code) ? this.filters : {}),
      changed: () => this.tell("data"), failed: (code: string, is: boolean) => this.fails(code, is),
    };
    this.points = layers.filter(({ kind }) => kind === "points").map((line) => new PointLayer(plan, line, asking, c));
    for (const line of layers) this.switch(line.code, options.on ? options.on.includes(line.code) : line.on);
    this.hearFaults();
    this.deaf = options.live === false ? () => undefined : this.listen();
  }

  /** Run when data came, a fetch failed or came right again, or layers were switched. */
  when(event: MapEvent, run: () => void): void {
    this.listeners.push([event, run]);
  }

  /** Show or hide a layer by its code. */
  switch(code: string, on: boolean): void {
    const line = this.options.layers.find((one) => one.code === code);
    if (line?.kind === "borders") this.areas.switch(on);
    else if (line?.kind === "buildings") this.buildings.switch(on);
    else this.points.find((one) => one.line.code === code)?.switch(on);
    if (!on) this.fails(line?.kind === "borders" ? "areas" : line?.kind === "buildings" ? "buildings" : code, false);
    this.tell("layers");
  }

  /** Tell whether a layer is on. */
  isOn(code: string): boolean {
    const line = this.options.layers.find((one) => one.code === code);
    if (line?.kind === "borders") return this.areas.isOn;
    if (line?.kind === "buildings") return this.buildings.isOn;
    return this.points.some((one) => one.line.code === code && one.isOn);
  }

  /** Return the codes that are on, in the order of the layers. */
  get on(): string[] {
    return this.options.layers.map(({ code }) => code).filter((code) => this.isOn(code));
  }

  /** Whether anything that is on has not come yet. */
  get isWaiting(): boolean {
    return [...this.points, this.areas, this.buildings].some((one) => one.isWaiting);
  }

  /** Look at another instant; nothing for now. */
  lookAt(at: string | undefined): void {
    this.at = at;
    this.renew((line) => Boolean(line.at));
  }

  /** Fetch again the point layers that are wanted. */
  renew(wanted: (line: LayerLine) => boolean = () => true): void {
    for (const layer of this.points) if (layer.isOn && wanted(layer.line)) layer.renew();
  }

  /** Fetch again all that did not come: the ground, borders and buildings, too. */
  retry(): void {
    this.renew(({ code }) => this.failing.has(code));
    if (this.failing.has("areas")) this.areas.renew();
    if (this.failing.has("buildings")) this.buildings.renew();
    if (!this.failing.has(GROUND)) return;
    this.fails(GROUND, false);
    for (const id of GROUNDS) if (this.plan.getSource(id)) this.plan.refreshTiles(id);
  }

  /** Take the map away, and cease to listen. */
  remove(): void {
    this.deaf();
    this.backdrop?.remove();
    this.plan.remove();
  }

  /** A tile that does not come is told on the page, not in the browser's log. */
  private hearFaults(): void {
    this.plan.on("error", (event) => {
      const { sourceId } = event as { sourceId?: string };
      if (sourceId && GROUNDS.includes(sourceId)) this.fails(GROUND, true);
      else console.error(event.error);
    });
    this.plan.on("sourcedata", ({ sourceId, tile }) => {
      if (tile && GROUNDS.includes(sourceId)) this.fails(GROUND, false);
    });
  }

  private fails(code: string, is: boolean): void {
    if (is === this.failing.has(code)) return;
    if (is) this.failing.add(code);
    else this.failing.delete(code);
    this.tell("failed");
  }

  private tell(event: MapEvent): void {
    for (const [name, run] of this.listeners) if (name === event) run();
  }

  /** A changed case moves within seconds; many changes at once make one fetch. The past does not change. */
  private listen(): () => void {
    let timer = 0;
    const renew = (event: Event) => {
      const entry = (event as CustomEvent<Entry>).detail;
      if (this.at || entry?.type === "ping" || timer) return;
      timer = window.setTimeout(() => {
        timer = 0;
        if (!document.hidden) this.renew();
      }, 900);
    };
    const back = () => document.hidden || this.renew();
    const online = () => this.retry();
    addEventListener("online", online);
    document.addEventListener("lx:entry", renew);
    document.addEventListener("visibilitychange", back);
    return () => {
      document.removeEventListener("lx:entry", renew);
      document.removeEventListener("visibilitychange", back);
      removeEventListener("online", online);
    };
  }
}

function styleOf(c: Colours, settings: MountOptions["settings"]): StyleSpecification {
  const tiles = settings.tiles;
  const land = { id: "land", type: "background", paint: { "background-color": c.land } } as const;
  return {
    version: 8,
    light: { anchor: "viewport", color: "white", intensity: 0.14, position: [1.2, 200, 40] },
    sources: tiles ? { tiles: tileSource(tiles) } : {},
    layers: tiles ? [land, ...groundLayers(c), ...nameLayers(c)] : [land],
  };
}

function addControls(plan: Plan, place: HTMLElement): void {
  plan.addControl(new NavigationControl({ visualizePitch: true }), "bottom-right");
  if (document.fullscreenEnabled) plan.addControl(new FullscreenControl({ container: place }), "bottom-right");
  plan.addControl(new ScaleControl({ maxWidth: 120 }), "bottom-right");
  plan.addControl(new AttributionControl({ compact: true }), "bottom-right");
  // Where the base comes from is a press away; open, it would lie over the map.
  void plan.once("idle", () => place.querySelector(".maplibregl-ctrl-attrib")?.classList.remove("maplibregl-compact-show"));
}

/** Draw a map into an element; resolves when it stands, fails where the browser cannot draw one (no WebGL). */
export async function mountMap(element: HTMLElement, options: MountOptions): Promise<Mounted> {
  const { theme = "light", interactive = true, settings, box } = options;
  const c = colours(theme);
  const canvas = make("div", "onemap-gl");
  element.append(canvas);
  const [lon, lat] = options.centre ?? settings.center ?? [104, 35];
  let plan: Plan;
  try {
    plan = new Plan({
      container: canvas, style: styleOf(c, settings), center: [lon, lat], zoom: options.zoom ?? settings.zoom ?? 13,
      bearing: options.bearing ?? 0, pitch: options.pitch ?? 0, maxPitch: 70, interactive, attributionControl: false,
      localIdeographFontFamily: FONTS, locale: WORDS, fadeDuration: 0, canvasContextAttributes: { antialias: true },
      ...(box && !options.centre ? { bounds: [...box] as [number, number, number, number], fitBoundsOptions: { padding: interactive ? 64 : 24 } } : {}),
    });
  } catch (error) {
    canvas.remove();
    throw error;
  }
  if (interactive) addControls(plan, element);
  addPictures(plan, c, theme);
  await new Promise<void>((resolve) => void plan.once("style.load", () => resolve()));
  const backdrop = settings.background ? layBackground(plan, element, settings) : null;
  return new Mounted(plan, c, options, backdrop);
}
