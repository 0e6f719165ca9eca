/**
 * A map in `<div data-map>`; docs/look.md lists its data attributes. Without script the words inside stay.
 * Persons' homes are never points: the addresses given here must not hold them.
 */
import { AttributionControl, GeoJSONSource, LngLatBounds, Map as Plan, NavigationControl, setWorkerUrl } from "maplibre-gl";
import type { MapGeoJSONFeature } from "maplibre-gl";
import workerUrl from "maplibre-gl/dist/maplibre-gl-worker.mjs?url";
import "maplibre-gl/dist/maplibre-gl.css";
import type { FeatureCollection, Position } from "geojson";
import htmx from "./htmx";
import { around, make } from "./page";
import { FONTS, type TileAddress } from "./mapbase";
import { layGround, style } from "./mapstyle";
import { chooseAreas } from "./land/choosing";
import { drawOn } from "./land/drawing";
import { moveBorders } from "./land/moving";
import { followPieces } from "./land/pieces";
import { showCover, turnWedge } from "./wedge";
import { drawCluster, drawShape, pixels, SHAPES, type ShapeName } from "./shapes";

setWorkerUrl(workerUrl);

const WORDS = {
  "NavigationControl.ZoomIn": "放大",
  "NavigationControl.ZoomOut": "缩小",
  "Map.Title": "地图",
  "AttributionControl.ToggleAttribution": "地图来源",
};

function numbers(words: string | undefined): number[] {
  return (words ?? "").split(",").map(Number).filter((number) => Number.isFinite(number));
}

/** Return the box around all positions of a collection. */
export function boxOf(collection: FeatureCollection): LngLatBounds {
  const box = new LngLatBounds();
  const walk = (value: Position | Position[] | Position[][] | Position[][][]): void => {
    const [x, y] = value;
    if (typeof x === "number" && typeof y === "number") box.extend([x, y]);
    else (value as Position[][]).forEach(walk);
  };
  for (const { geometry } of collection.features) {
    if (geometry && geometry.type !== "GeometryCollection") walk(geometry.coordinates);
  }
  return box;
}

async function read(address: string): Promise<FeatureCollection> {
  const answer = await fetch(address, { headers: { Accept: "application/geo+json, application/json" } });
  if (!answer.ok) throw new Error(`The map data could not be read (${answer.status}).`);
  return (await answer.json()) as FeatureCollection;
}

let ground: Promise<TileAddress | null> | undefined;

/** Return what maps of this page are drawn on; asked once. Where the page names no address, or nothing is there yet, the ground stays plain. */
function groundOf(): Promise<TileAddress | null> {
  const address = document.querySelector<HTMLElement>("[data-ground]")?.dataset["ground"];
  if (!address) return Promise.resolve(null);
  ground ??= fetch(address).then((answer) => (answer.ok ? answer.json() : { tiles: null })).then((told: { tiles: TileAddress | null }) => told.tiles).catch(() => null);
  return ground;
}

function legend(place: HTMLElement, shapes: Iterable<string>): void {
  place.querySelector(".map-legend")?.remove();
  const known = (Object.keys(SHAPES) as ShapeName[]).filter((name) => new Set(shapes).has(name));
  if (!known.length) return;
  const box = make("div", "map-legend");
  for (const name of known) {
    const line = make("span");
    line.append(drawShape(name), SHAPES[name].label);
    box.append(line);
  }
  place.append(box);
}

function panel(place: HTMLElement, properties: Record<string, unknown>): void {
  place.querySelector(".map-panel")?.remove();
  const box = make("div", "map-panel");
  box.setAttribute("role", "region");
  box.setAttribute("aria-live", "polite");
  const text = (name: string) => (typeof properties[name] === "string" ? (properties[name] as string) : "");
  const close = make("button", "map-close", "×");
  close.type = "button";
  close.setAttribute("aria-label", "关上");
  close.addEventListener("click", () => box.remove());
  const body = make("div");
  body.append(make("b", "", text("title") || text("name")), make("p", "small muted", text("line")));
  if (text("url")) {
    const link = make("a", "button button-small", "打开");
    link.href = text("url");
    body.append(link);
  }
  box.append(close, body);
  place.append(box);
  if (text("panel_url")) void htmx.ajax("get", text("panel_url"), { target: body, swap: "innerHTML" });
}

/** The middle of the map is the point: whoever moves the map, by hand or by keys, moves the point. Grey: none chosen yet. */
function pickPoint(place: HTMLElement, plan: Plan): void {
  const lon = document.getElementById(place.dataset["pickLon"] ?? "");
  const lat = document.getElementById(place.dataset["pickLat"] ?? "");
  if (!(lon instanceof HTMLInputElement && lat instanceof HTMLInputElement)) return;
  const NS = "http://www.w3.org/2000/svg";
  const cross = document.createElementNS(NS, "svg");
  cross.setAttribute("class", "map-cross");
  cross.setAttribute("viewBox", "0 0 36 44");
  const drop = document.createElementNS(NS, "path");
  drop.setAttribute("d", "M18 42S3 28 3 17a15 15 0 0 1 30 0c0 11-15 25-15 25zM18 11a6 6 0 1 0 0 12a6 6 0 1 0 0-12z");
  drop.setAttribute("fill", "currentColor");
  drop.setAttribute("fill-rule", "evenodd");
  cross.append(drop);
  place.append(cross);
  const write = () => {
    const { lng, lat: north } = plan.getCenter();
    lon.value = lng.toFixed(6);
    lat.value = north.toFixed(6);
    cross.classList.add("is-set");
    lon.dispatchEvent(new Event("change", { bubbles: true }));
    place.dispatchEvent(new CustomEvent("lx:point", { bubbles: true, detail: { lon: lng, lat: north } }));
  };
  plan.on("click", (event) => plan.easeTo({ center: event.lngLat, duration: 200 }, { chosen: true }));
  // Only a person's own movement chooses a point; fitting the view at the start does not.
  plan.on("moveend", (event) => (event.originalEvent || "chosen" in event) && write());
  place.addEventListener("lx:go", (event) => {
    const { lon: x, lat: y } = (event as CustomEvent<{ lon: number; lat: number }>).detail;
    plan.jumpTo({ center: [x, y], zoom: Math.max(plan.getZoom(), 16) }, { chosen: true });
  });
  if (lon.value && lat.value) {
    cross.classList.add("is-set");
    plan.jumpTo({ center: [Number(lon.value), Number(lat.value)], zoom: 16 });
  }
}

function openOnClick(place: HTMLElement, plan: Plan): void {
  plan.on("click", async (event) => {
    const [feature] = plan.queryRenderedFeatures(event.point, { layers: ["cluster", "point", "area-fill"] });
    if (!feature) return place.querySelector(".map-panel")?.remove();
    const points = plan.getSource("points");
    if (feature.layer.id === "cluster" && points instanceof GeoJSONSource) {
      const zoom = await points.getClusterExpansionZoom(Number(feature.properties["cluster_id"]));
      return void plan.easeTo({ center: event.lngLat, zoom });
    }
    choose(plan, feature);
    panel(place, feature.properties);
  });
  for (const layer of ["cluster", "point"]) {
    plan.on("mouseenter", layer, () => plan.getCanvas().classList.add("map-hand"));
    plan.on("mouseleave", layer, () => plan.getCanvas().classList.remove("map-hand"));
  }
}

function choose(plan: Plan, feature: MapGeoJSONFeature): void {
  plan.removeFeatureState({ source: "areas" });
  if (feature.source === "areas" && feature.id !== undefined) plan.setFeatureState({ source: "areas", id: feature.id }, { chosen: true });
}

async function fill(place: HTMLElement, plan: Plan, fit: boolean): Promise<void> {
  const { points, areas } = place.dataset;
  if (points) {
    const found = await read(points);
    const layer = plan.getSource("points");
    if (layer instanceof GeoJSONSource) layer.setData(found);
    legend(place, found.features.map((feature) => String(feature.properties?.["shape"] ?? "ok")));
  }
  if (fit && areas && !place.dataset["center"]) {
    const found = await read(areas);
    const one = place.dataset["fit"];
    const wanted = one ? found.features.filter((feature) => feature.properties?.["code"] === one) : [];
    const box = boxOf(wanted.length ? { ...found, features: wanted } : found);
    if (!box.isEmpty()) plan.fitBounds(box, { padding: place.clientHeight > 260 ? { top: 24, left: 24, right: 56, bottom: 72 } : 16, duration: 0 });
  }
}

/** Set up what a map is drawn on for, if it is: lines, a ring, borders moved, neighbours chosen. */
function draws(place: HTMLElement, plan: Plan): boolean {
  const { draw, net, choose: among, plan: planned } = place.dataset;
  if (draw) drawOn(place, plan, draw === "ring");
  if (among) chooseAreas(place, plan);
  if (net) void moveBorders(place, plan).catch(() => place.append(make("p", "map-words", "边界没有取到，请刷新再试")));
  if (draw === "line" || among || net || planned !== undefined) followPieces(plan);
  return Boolean(draw || among || net);
}

/** Let buttons `data-go-to="lon,lat"` move the map there. */
function goOnButtons(place: HTMLElement, plan: Plan): void {
  document.addEventListener("click", (event) => {
    const [x, y] = numbers(around(event, "[data-go-to]")?.dataset["goTo"]);
    if (x === undefined || y === undefined || !place.isConnected) return;
    plan.jumpTo({ center: [x, y], zoom: Math.max(plan.getZoom(), 17) });
    place.scrollIntoView({ block: "nearest" });
  });
}

/** Draw one map; called once an element. */
export function drawMap(place: HTMLElement): void {
  if (place.dataset["drawn"]) return;
  place.dataset["drawn"] = "yes";
  const words = Array.from(place.children);
  const canvas = make("div", "map-canvas");
  place.append(canvas);
  const [lon = 104, lat = 35] = numbers(place.dataset["center"]);
  let plan: Plan;
  try {
    plan = new Plan({
      container: canvas, style: style({ base: place.dataset["base"], areas: place.dataset["areas"] }), center: [lon, lat],
      zoom: Number(place.dataset["zoom"] ?? 14), localIdeographFontFamily: FONTS, locale: WORDS, attributionControl: false,
      dragRotate: false, pitchWithRotate: false, maxPitch: 0, fadeDuration: 0, cooperativeGestures: false,
    });
  } catch {
    // No WebGL: the words inside, and the choice by list beside the map, remain.
    canvas.remove();
    return;
  }
  plan.touchZoomRotate.disableRotation();
  plan.addControl(new NavigationControl({ showCompass: false }), "top-right");
  if (place.dataset["source"]) plan.addControl(new AttributionControl({ customAttribution: place.dataset["source"] }));
  // Not "load": a base that cannot be fetched must not hold back the points.
  plan.once("style.load", () => {
    words.forEach((element) => element.remove());
    for (const name of Object.keys(SHAPES) as ShapeName[]) plan.addImage(name, ...pixels(drawShape(name)));
    for (let tenths = 0; tenths <= 10; tenths += 1) plan.addImage(`cluster-${tenths}`, ...pixels(drawCluster(tenths)));
    if (place.dataset["pickLon"]) pickPoint(place, plan);
    else if (!draws(place, plan)) openOnClick(place, plan);
    goOnButtons(place, plan);
    const { cover, wedge } = place.dataset;
    if (cover) void showCover(plan, cover).catch(() => undefined);
    if (wedge) turnWedge(plan, wedge);
    // A page that gives a base of its own (buildings to be snapped to) has it above the streets.
    void groundOf().then((tiles) => tiles && place.isConnected && layGround(plan, tiles));
    // Said when data has come and the view stands: whoever drives the page by program waits for it.
    void fill(place, plan, true).then(() => { place.dataset["ready"] = "yes"; }).catch(() => place.append(make("p", "map-words", "图上的点没有取到，请稍后再看")));
  });
  let timer = 0;
  document.addEventListener("lx:entry", () => {
    clearTimeout(timer);
    if (place.isConnected) timer = window.setTimeout(() => void fill(place, plan, false).catch(() => undefined), 2000);
  });
}
