/**
 * Lines, or one ring, drawn on a map by clicks, touches or keys, and written into a field as `lon,lat lon,lat; …`.
 * Corners snap to borders and buildings, may be dragged and taken out; each step can be undone.
 */
import { GeoJSONSource, type Map as Plan, type MapMouseEvent, type MapTouchEvent } from "maplibre-gl";
import type { FeatureCollection, Position } from "geojson";
import { make } from "../page";
import { token } from "../shapes";
import { History } from "./history";
import { reachOf, snapped } from "./snapping";
import { addTools, onUndoKeys, write } from "./tools";

type Lines = readonly (readonly Position[])[];
const EMPTY: FeatureCollection = { type: "FeatureCollection", features: [] };
const MOST_LINES = 6;

function read(words: string): Lines {
  return words.split(";").map((line) =>
    line.trim().split(/\s+/).map((corner) => corner.split(",").map(Number))
      .filter((corner) => corner.length === 2 && corner.every(Number.isFinite)),
  ).filter((line) => line.length);
}

function told(lines: Lines): string {
  return lines.map((line) => line.map(([x = 0, y = 0]) => `${x.toFixed(7)},${y.toFixed(7)}`).join(" ")).join("; ");
}

function shown(lines: Lines, isRing: boolean, chosen: readonly [number, number] | null): FeatureCollection {
  const features: FeatureCollection["features"] = [];
  lines.forEach((line, at) => {
    const ring = isRing && line.length > 2 ? [...line, line[0] ?? []] : line;
    if (ring.length > 1) features.push({ type: "Feature", properties: {}, geometry: { type: "LineString", coordinates: [...ring] } });
    line.forEach((corner, index) => features.push({
      type: "Feature", properties: { line: at, corner: index, chosen: chosen?.[0] === at && chosen[1] === index },
      geometry: { type: "Point", coordinates: corner },
    }));
  });
  return { type: "FeatureCollection", features };
}

function addLayers(plan: Plan): void {
  const late = token("--lx-late");
  plan.addSource("drawn", { type: "geojson", data: EMPTY });
  plan.addLayer({ id: "drawn", type: "line", source: "drawn", filter: ["==", ["geometry-type"], "LineString"], paint: { "line-color": late, "line-width": 3, "line-dasharray": [2, 1.5] } });
  plan.addLayer({
    id: "drawn-corner", type: "circle", source: "drawn", filter: ["==", ["geometry-type"], "Point"],
    paint: { "circle-radius": ["case", ["get", "chosen"], 8, 6], "circle-color": ["case", ["get", "chosen"], late, token("--lx-card")], "circle-stroke-color": late, "circle-stroke-width": 2 },
  });
}

/** Let a map be drawn on; `isRing` for the border of one area, else lines to cut along. */
export function drawOn(place: HTMLElement, plan: Plan, isRing: boolean): void {
  const field = document.getElementById(place.dataset["drawField"] ?? "");
  if (!(field instanceof HTMLTextAreaElement)) return;
  const history = new History<Lines>(field.value.trim().startsWith("{") ? [] : read(field.value));
  let isOpen = !isRing && history.now.length === 0;
  let chosen: readonly [number, number] | null = null;
  let dragged: Lines | null = null;
  addLayers(plan);
  const show = (lines: Lines) => {
    const layer = plan.getSource("drawn");
    if (layer instanceof GeoJSONSource) layer.setData(shown(lines, isRing, chosen));
  };
  const renew = () => {
    show(history.now);
    write(field, told(history.now));
    tools.renew();
  };
  const keep = (lines: Lines) => {
    history.keep(lines);
    renew();
  };
  const goBack = () => { chosen = null; history.undo(); renew(); tools.say("退了一步"); };
  const goOn = () => { chosen = null; history.redo(); renew(); tools.say("又做了一步"); };
  const tools = addTools(place, [
    { name: "退一步", does: goBack, can: () => history.canUndo },
    { name: "再做", does: goOn, can: () => history.canRedo },
    { name: "重画", does: () => { chosen = null; isOpen = !isRing; keep([]); tools.say("已清空，重新点"); }, can: () => history.now.length > 0 },
  ]);

  const add = (corner: Position) => {
    const lines = history.now;
    const last = lines[lines.length - 1];
    const begins = !last || (!isRing && !isOpen);
    if (begins && lines.length >= MOST_LINES) return tools.say(`最多 ${MOST_LINES} 条线`);
    isOpen = true;
    keep(begins ? [...lines, [corner]] : [...lines.slice(0, -1), [...last, corner]]);
    const count = (history.now[history.now.length - 1] ?? []).length;
    tools.say(isRing ? `已有 ${count} 个点${count < 3 ? "，至少要 3 个" : "，会自动合上"}` : `这条线 ${count} 个点`);
  };
  const finish = () => {
    isOpen = false;
    tools.say(isRing ? "画好了" : "这条线画好了，再点是画下一条");
  };
  const remove = () => {
    if (!chosen) return;
    const [at, corner] = chosen;
    chosen = null;
    keep(history.now.map((line, index) => (index === at ? line.filter((_, place_) => place_ !== corner) : line)).filter((line) => line.length));
    tools.say("去掉了一个点");
  };

  plan.doubleClickZoom.disable();
  plan.getCanvas().classList.add("map-aim");
  plan.on("click", (event) => {
    const [corner] = plan.queryRenderedFeatures(event.point, { layers: ["drawn-corner"] });
    if (corner) {
      chosen = [Number(corner.properties["line"]), Number(corner.properties["corner"])];
      show(history.now);
      return tools.say("选中了一个点，按 Delete 去掉");
    }
    chosen = null;
    add(snapped(plan, event.point, reachOf(event)).place);
  });
  plan.on("dblclick", finish);
  const take = (event: MapMouseEvent | MapTouchEvent) => {
    const [corner] = plan.queryRenderedFeatures([[event.point.x - 8, event.point.y - 8], [event.point.x + 8, event.point.y + 8]], { layers: ["drawn-corner"] });
    if (!corner) return;
    event.preventDefault();
    const [at, index] = [Number(corner.properties["line"]), Number(corner.properties["corner"])];
    plan.dragPan.disable();
    const drag = (moved: MapMouseEvent | MapTouchEvent) => {
      const to = snapped(plan, moved.point, reachOf(moved)).place;
      dragged = history.now.map((line, n) => (n === at ? line.map((old, m) => (m === index ? to : old)) : line));
      chosen = [at, index];
      show(dragged);
    };
    const drop = () => {
      plan.off("mousemove", drag);
      plan.off("touchmove", drag);
      plan.dragPan.enable();
      if (dragged) keep(dragged);
      dragged = null;
    };
    plan.on("mousemove", drag);
    plan.on("touchmove", drag);
    // Wherever the hand lets go, on the map or beside it; once.
    document.addEventListener("pointerup", drop, { once: true });
  };
  plan.on("mousedown", take);
  plan.on("touchstart", take);

  // By keys: the arrows move the map (its own way), and the point is set in the middle, where a cross shows.
  const canvas = plan.getCanvas();
  const middle = make("div", "map-middle");
  place.append(middle);
  canvas.addEventListener("keydown", (event) => {
    if (event.key === " ") {
      event.preventDefault();
      add(snapped(plan, plan.project(plan.getCenter()), 10).place);
    } else if (event.key === "Enter") finish();
    else if (event.key === "Delete" || event.key === "Backspace") {
      event.preventDefault();
      if (chosen) remove();
      else if (history.canUndo) goBack();
    }
  });
  onUndoKeys(place, goBack, goOn);
  field.addEventListener("input", () => {
    history.keep(field.value.trim().startsWith("{") ? [] : read(field.value));
    show(history.now);
    tools.renew();
  });
  show(history.now);
}
