/** The page 一张图: the map, and the panels around it that the server drew. Without script or WebGL its lists stay. */
import type { Feature, MultiPolygon, Polygon } from "geojson";
import { all, make } from "../page";
import { keepAddress } from "./address";
import { boxAround, facing } from "./geometry";
import { openHeight, type House } from "./buildings";
import { button, isNarrow } from "./dom";
import { startFinding, type Place } from "./finding";
import { HouseChart } from "./housechart";
import { drawLegend, renewCounts, startLayerList, startTints } from "./layerlist";
import { listOf } from "./listed";
import { FILTERED, GROUND, mountMap, type Mounted } from "./mount";
import { hintOf, Ring, under, type Found } from "./picking";
import type { Shown } from "./points";
import { Panel } from "./portrait";
import { printMap } from "./printing";
import { asked, readJson, readSettings, type LayerLine, type Settings } from "./settings";
import { share, standing } from "./sharing";
import { Timeline } from "./timeline";
import { Tools } from "./tools";
import { Tooltip } from "./tooltip";
import { readView, type View } from "./view";

const CLOSE = 16.5;
const TILT = 55;
const EQUATOR = 40_075_016.7; // metres
const DAYS = 30; // how far back the slider reaches when the server does not say
const DAY = 86_400_000;

/** Draw the page's map; called once. */
export async function drawOneMap(place: HTMLElement): Promise<void> {
  const settings = readSettings();
  if (!settings || place.dataset["drawn"]) return;
  place.dataset["drawn"] = "yes";
  const told = await readJson<{ layers: LayerLine[] }>(settings.layers).catch(() => null);
  // Without an answer the lists stay, and the next visit tries again.
  if (!told) return void delete place.dataset["drawn"];
  const { layers } = told;
  const view = wanted(settings);
  const canvas = place.querySelector<HTMLElement>("[data-onemap-canvas]") ?? place;
  let map: Mounted;
  // Shown first: a map is fitted to the size its place has.
  place.classList.add("is-drawn");
  try {
    map = await mountMap(canvas, {
      settings, layers, box: view.centre ? null : settings.box ?? null, ...(view.on ? { on: view.on } : {}),
      ...(view.centre ? { centre: view.centre } : {}), ...(view.zoom !== undefined ? { zoom: view.zoom } : {}),
      bearing: view.bearing ?? 0, pitch: view.pitch ?? 0,
    });
  } catch {
    place.classList.remove("is-drawn");
    return;
  }
  for (const words of all("[data-onemap-without]", place)) words.hidden = true;
  new Page(place, settings, map).begin(view);
}

/** What to look at first: the address says it; where it is silent, the shared view; else one's own area. */
function wanted({ view: shared }: Settings): View {
  const here = readView(location.search);
  if (!shared || here.centre) return here;
  const { center, zoom, layers, at, pitch = 0, bearing = 0 } = shared;
  return { centre: center, zoom, on: layers, pitch, bearing, ...(at ? { at } : {}), ...here };
}

/** Return how many days back the server lets one look. */
function reach({ now, earliest }: Settings): number {
  const days = now && earliest ? Math.floor((Date.parse(now) - Date.parse(earliest)) / DAY) : DAYS;
  return Math.max(1, Math.min(days, 3 * DAYS));
}

class Page {
  private readonly portrait: Panel;
  private readonly chart: HouseChart;
  private readonly tools: Tools;
  private readonly time: Timeline;
  private readonly ring: Ring;
  private readonly tip: Tooltip;
  private readonly legend: HTMLElement;
  private readonly keep: () => void;
  private tintName = "";
  private open: readonly [string, string] | undefined;
  private listing = false;
  private showTint: (code: string) => void = () => undefined;
  private recount: () => void = () => undefined;

  constructor(private readonly place: HTMLElement, private readonly settings: Settings, private readonly map: Mounted) {
    this.legend = this.part("[data-onemap-legend]", "onemap-legend");
    this.portrait = new Panel(this.part("[data-onemap-portrait]", "onemap-panel onemap-portrait"), "详情", () => this.closed());
    this.chart = new HouseChart(this.part("[data-onemap-building]", "onemap-panel onemap-building"), map, settings.building, {
      tinted: (code) => this.tinted(code),
      closed: () => { this.place.classList.remove("has-building"); this.keep(); },
    });
    this.time = new Timeline(this.part("[data-onemap-time]", "onemap-time"), reach(settings), (at) => { if (at !== map.at) { map.lookAt(at); this.recount(); this.keep(); } }, () => this.time.close());
    this.tip = new Tooltip(this.part("[data-onemap-canvas]", "onemap-canvas"));
    this.tools = new Tools(this.part("[data-onemap-tools]", "onemap-tools"), this.part("[data-onemap-canvas]", ""), map, settings.count, {
      counted: (answer) => { this.listing = false; this.setOpen(undefined); this.portrait.fill(answer.html ?? ""); },
      wrong: (sentence) => this.portrait.say(sentence),
      pressed: (tool) => this.press(tool),
      wiped: () => { if (!this.open && !this.listing) this.portrait.close(); this.keep(); },
    });
    this.ring = new Ring(map.plan, map.c.name, map.c.halo);
    this.keep = keepAddress(map, { open: () => this.open, building: () => this.chart.opened, tint: () => this.chart.tint, drawn: () => this.tools.key });
  }

  /** Start everything, then open what the address names. */
  begin(view: View): void {
    const { map, settings } = this;
    const list = this.place.querySelector<HTMLElement>("[data-onemap-layers]");
    if (list) {
      startLayerList(list, map, () => { this.redraw(); this.keep(); });
      this.startCounts(list);
      if (settings.states?.length && map.options.layers.some(({ code }) => code === "buildings")) {
        this.showTint = startTints(list, settings.states, (code) => this.tint(code));
      }
    }
    new ResizeObserver(() => this.place.style.setProperty("--onemap-chart", `${this.chart.panel.box.offsetHeight}px`)).observe(this.chart.panel.box);
    this.addButtons();
    this.startFilters();
    const find = this.place.querySelector<HTMLFormElement>("[data-onemap-find]");
    if (find) startFinding(find, settings.find, (found) => this.goTo(found));
    this.startPointer();
    this.startKeys();
    this.startLinks();
    map.when("data", () => this.redraw());
    map.when("failed", () => this.strip());
    if (view.at) this.time.open(view.at);
    if (view.tint) this.chart.colour(view.tint);
    const drawing = settings.view?.drawing ?? settings.drawn;
    if (drawing?.type === "Polygon") this.tools.restore(drawing);
    if (view.open) void this.show(view.open[0], view.open[1]);
    if (view.building) this.openWhenThere(view.building);
    const look = () => void setTimeout(() => this.lookReady());
    map.when("data", look);
    map.when("failed", look);
    look();
  }

  /** The page is ready when all that is on has come and is drawn. */
  private lookReady(): void {
    const { plan, isWaiting } = this.map;
    if (isWaiting || this.place.dataset["ready"]) return;
    void plan.once("idle", () => { this.place.dataset["ready"] = "yes"; });
    plan.triggerRepaint();
  }

  private part(selector: string, className: string): HTMLElement {
    const found = this.place.querySelector<HTMLElement>(selector);
    if (found) return found;
    const made = make("div", className);
    made.hidden = true;
    this.place.append(made);
    return made;
  }

  /** Colour the city; houses are told apart from street height on. */
  private tint(code: string): void {
    this.chart.colour(code);
    const { plan } = this.map;
    if (code && plan.getZoom() < 15) plan.easeTo({ zoom: 15.2, pitch: plan.getPitch() || 40, duration: 400 });
  }

  private tinted(code: string): void {
    this.tintName = this.nameOf(code);
    this.showTint(code);
    if (code && !this.map.isOn("buildings")) this.map.switch("buildings", true);
    this.redraw();
    this.keep();
  }

  private nameOf(tint: string): string {
    const state = this.settings.states?.find(({ code }) => code === tint);
    return state?.marked ?? state?.label ?? "";
  }

  private redraw(): void {
    drawLegend(this.legend, this.map, this.tintName);
    if (this.listing) this.showList(true);
  }

  /** The counts follow what happens, too, but not faster than every few seconds. */
  private startCounts(list: HTMLElement): void {
    let timer = 0;
    const read = async (): Promise<void> => {
      const { at, filters } = this.map;
      const { layers } = await readJson<{ layers: LayerLine[] }>(asked(this.settings.layers, { ...filters, at }));
      const chosen = Object.keys(filters).length > 0;
      // Overtaken by another choice: that one reads, too.
      if (at === this.map.at && filters === this.map.filters) renewCounts(list, layers, at ? "全部，案件是那时的" : chosen ? "全部，按筛选" : "全部");
    };
    this.recount = () => void read().catch(() => undefined);
    document.addEventListener("lx:entry", () => {
      timer ||= window.setTimeout(() => {
        timer = 0;
        this.recount();
      }, 5000);
    });
  }

  private strip(): void {
    this.place.querySelector(".onemap-stale")?.remove();
    const names = this.map.options.layers.filter(({ code, kind }) => this.map.failing.has(kind === "points" ? code : kind === "borders" ? "areas" : "buildings")).map(({ label }) => label);
    if (this.map.failing.has(GROUND)) names.unshift("底图");
    if (!names.length) return;
    const box = make("div", "onemap-stale");
    box.setAttribute("role", "status");
    box.append(make("span", "", `${names.join("、")}没有取到新的，图上是刚才的样子。`), button("再取一次", "refresh", () => this.map.retry(), "button button-small"));
    this.place.append(box);
  }

  // ——— what is chosen

  private async show(kind: string, key: string, address = ""): Promise<void> {
    this.listing = false;
    this.setOpen([kind, key]);
    await this.portrait.open(address || `${this.settings.portrait}${encodeURIComponent(kind)}/${encodeURIComponent(key)}`);
  }

  /** Open a list that the server drew: what lies in a drawn shape, or in a cluster that does not part. */
  private read(address: string): void {
    this.listing = false;
    this.setOpen(undefined);
    void this.portrait.open(address);
  }

  private setOpen(open: readonly [string, string] | undefined): void {
    this.open = open;
    this.keep();
  }

  private closed(): void {
    this.listing = false;
    this.ring.at(null);
    this.setOpen(undefined);
  }

  private choose(found: Found): void {
    if (found.is === "spot") this.chooseSpot(found.shown);
    else if (found.is === "house") this.openHouse(found.house);
    else if (found.is === "floor") this.chart.choose(found.floor);
    else if (found.key) void this.show("area", found.key, found.panel);
  }

  private chooseSpot({ spot, place }: Shown): void {
    const { plan } = this.map;
    const [lng = 0, lat = 0] = place;
    if (!spot.cluster) {
      this.ring.at(place);
      if (spot.kind && spot.key) void this.show(spot.kind, spot.key, spot.panel);
      else if (spot.panel) void this.portrait.open(spot.panel);
      return;
    }
    const [west, south, east, north] = spot.box ?? boxAround([place]);
    const wide = Math.max(east - west, north - south) > 1e-5;
    if (wide && plan.getZoom() < 18.5) {
      const camera = plan.cameraForBounds([west, south, east, north], { padding: 90, maxZoom: 19 });
      const zoom = Math.max(camera?.zoom ?? 0, plan.getZoom() + 1);
      plan.easeTo({ center: camera?.center ?? [lng, lat], zoom, duration: 350 });
    } else if (spot.list) {
      // Many at one spot never part, however near one looks: they are listed.
      this.ring.at(place);
      this.read(spot.list);
    }
  }

  private openHouse(house: Feature<Polygon | MultiPolygon, House>): void {
    const { plan, buildings } = this.map;
    const { key, panel } = house.properties;
    const { geometry } = house;
    const ring = (geometry.type === "Polygon" ? geometry.coordinates[0] : geometry.coordinates[0]?.[0]) ?? [];
    const [west, south, east, north] = boxAround(ring);
    if (!this.map.isOn("buildings")) return;
    buildings.open(house);
    this.place.classList.add("has-building");
    void this.chart.open(key);
    const narrow = isNarrow();
    if (!narrow) void this.show("building", key, panel);
    // As near as lets the whole open building stand between the tools and its chart.
    const { clientHeight: high } = this.place;
    const { bearing, length } = facing(ring);
    const upright = (high * (narrow ? 0.26 : 0.3)) / (openHeight(house.properties) * Math.sin((TILT * Math.PI) / 180));
    const perMetre = Math.min(upright, (this.place.clientWidth * (narrow ? 0.7 : 0.34)) / Math.max(10, length));
    const zoom = Math.log2((perMetre * EQUATOR * Math.cos((south * Math.PI) / 180)) / 512);
    plan.easeTo({
      center: [(west + east) / 2, (south + north) / 2], zoom: Math.max(16.5, Math.min(19, zoom)), bearing, pitch: TILT, duration: 600,
      offset: narrow ? [0, -high * 0.08] : [-60, -high * 0.07],
    });
  }

  /** A building named by the address opens as soon as it has come. */
  private openWhenThere(key: string): void {
    let done = false;
    const look = () => {
      const house = done ? undefined : this.map.buildings.find(key);
      if (!house) return;
      done = true;
      this.openHouse(house);
    };
    if (!this.map.isOn("buildings")) this.map.switch("buildings", true);
    this.map.when("data", look);
    look();
  }

  private goTo({ kind, key, lon, lat, panel }: Place): void {
    if (typeof lon === "number" && typeof lat === "number") {
      this.ring.at([lon, lat]);
      this.map.plan.easeTo({ center: [lon, lat], zoom: Math.max(this.map.plan.getZoom(), CLOSE), duration: 500 });
    }
    if (kind === "building") this.openWhenThere(key);
    else void this.show(kind, key, panel);
  }

  private showList(again = false): void {
    if (again && this.portrait.box.contains(document.activeElement)) return;
    this.listing = true;
    if (!again) this.setOpen(undefined);
    const look = (shown: Shown | null) => this.ring.at(shown?.place ?? null);
    this.portrait.put(...listOf(this.map, (shown) => this.chooseSpot(shown), look));
    if (!again) this.portrait.box.querySelector<HTMLElement>(".onemap-row")?.focus();
  }

  // ——— tools and keys

  private press(tool: "time" | "print" | "share"): void {
    if (tool === "time") {
      const box = this.part("[data-onemap-time]", "");
      if (box.hidden) this.time.open();
      else this.time.close();
    } else if (tool === "share") share(this.settings.views, (name) => standing(this.map, this.tools.polygon, name));
    else void printMap(this.map, this.legend, `${this.settings.title ?? ""}一张图`);
  }

  private addButtons(): void {
    const row = this.part("[data-onemap-tools]", "");
    const tilt = button("立体", "cube", () => this.map.plan.easeTo({ pitch: this.map.plan.getPitch() > 20 ? 0 : TILT, zoom: Math.max(this.map.plan.getZoom(), 15.6), duration: 400 }));
    tilt.dataset["key"] = "d";
    const list = button("列表", "list", () => this.listing ? this.portrait.close() : this.showList());
    list.dataset["key"] = "b";
    const press = () => tilt.setAttribute("aria-pressed", String(this.map.plan.getPitch() > 20));
    this.map.plan.on("pitchend", press);
    this.map.plan.on("moveend", press);
    press();
    row.append(tilt, list);
  }

  private startFilters(): void {
    const form = this.place.querySelector<HTMLFormElement>("[data-onemap-filters]");
    if (!form) return;
    const read = () => {
      this.map.filters = Object.fromEntries([...new FormData(form)].filter(([, value]) => value !== "").map(([name, value]) => [name, String(value)]));
      this.map.renew(({ code }) => FILTERED.includes(code));
      this.recount();
    };
    form.addEventListener("change", read);
    form.addEventListener("submit", (event) => { event.preventDefault(); read(); });
    const shared = this.settings.view?.filters;
    if (!shared) return;
    for (const field of all<HTMLSelectElement>("select, input", form)) if (shared[field.name] !== undefined) field.value = shared[field.name] ?? "";
    read();
  }

  private startPointer(): void {
    const { plan } = this.map;
    let frame = 0;
    plan.on("mousemove", ({ point, originalEvent }) => {
      if (frame || originalEvent.buttons) return;
      // At most one look a frame, however fast the pointer goes.
      frame = requestAnimationFrame(() => {
        frame = 0;
        if (this.tools.sketch.isActive) return this.tip.show(null);
        const found = under(this.map, point);
        this.tip.show(hintOf(found), point.x, point.y);
        plan.getCanvas().classList.toggle("map-hand", Boolean(found && found.is !== "area"));
      });
    });
    plan.on("mouseout", () => this.tip.show(null));
    plan.on("movestart", () => this.tip.show(null));
    plan.on("click", (event) => {
      if (this.tools.current !== "look") return;
      const touch = (event.originalEvent as PointerEvent).pointerType === "touch";
      const found = under(this.map, event.point, touch ? 12 : 3);
      this.tip.show(null);
      if (found) this.choose(found);
    });
  }

  /** Links in what the server drew that lead to another panel or to a building's chart stay on the map. */
  private startLinks(): void {
    this.place.addEventListener("click", (event) => {
      const link = event.target instanceof Element ? event.target.closest<HTMLAnchorElement>("[data-onemap-panel], [data-onemap-chart], [data-onemap-list]") : null;
      if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      const { onemapPanel, onemapChart, onemapList } = link.dataset;
      if (onemapList) return this.read(onemapList);
      const [, kind = "", key = ""] = /([\w-]+)\/([^/?]+)(?:\/chart)?\/?(?:\?.*)?$/.exec(onemapPanel ?? onemapChart ?? "") ?? [];
      if (onemapChart) this.openWhenThere(decodeURIComponent(key));
      else void this.show(kind, decodeURIComponent(key), onemapPanel);
    });
  }

  /** Escape closes what came last: the tool, the building, the panel. */
  private startKeys(): void {
    document.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || event.defaultPrevented || document.querySelector("dialog[open]")) return;
      if (event.target instanceof Element && event.target.closest("[data-onemap-find]")) return;
      if (this.tools.leave()) return;
      if (this.chart.panel.isOpen) return this.chart.panel.close();
      if (this.portrait.isOpen) return this.portrait.close();
      if (!this.part("[data-onemap-time]", "").hidden) this.time.close();
    });
  }
}

