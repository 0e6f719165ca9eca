/** Borders that two areas share, moved on the map corner by corner; what changed is written into a field as GeoJSON. */
import { GeoJSONSource, type Map as Plan, type MapMouseEvent, type MapTouchEvent, type PointLike } from "maplibre-gl";
import type { Feature, FeatureCollection, Position } from "geojson";
import { token } from "../shapes";
import { History } from "./history";
import { addCorner, asCollection, changedSince, fixedCorners, freeCorners, moveCorner, readNet, removeCorner, sharedEdges, type Edge, type Net } from "./mesh";
import { reachOf, snapped } from "./snapping";
import { addTools, onUndoKeys, write } from "./tools";

const METRES = 111_320; // of a degree of latitude
const EMPTY: FeatureCollection = { type: "FeatureCollection", features: [] };

function place(net: Net, corner: number): Position {
  return [...(net.places[corner] ?? [0, 0])];
}

function middle(net: Net, [a, b]: Edge): Position {
  const [[x = 0, y = 0], [u = 0, v = 0]] = [place(net, a), place(net, b)];
  return [(x + u) / 2, (y + v) / 2];
}

function handles(net: Net, chosen: number | null): FeatureCollection {
  const fixed = fixedCorners(net);
  const shared = sharedEdges(net);
  const point = (coordinates: Position, properties: Record<string, unknown>): Feature => ({ type: "Feature", properties, geometry: { type: "Point", coordinates } });
  const corners = new Set(shared.flat());
  return {
    type: "FeatureCollection",
    features: [
      ...shared.map((edge) => point(middle(net, edge), { kind: "middle", a: edge[0], b: edge[1] })),
      ...[...corners].map((corner) => point(place(net, corner), { kind: fixed.has(corner) ? "fixed" : "corner", corner, chosen: corner === chosen })),
    ],
  };
}

function addLayers(plan: Plan): void {
  const [late, card, grey] = [token("--lx-late"), token("--lx-card"), token("--lx-pause-line")];
  for (const id of ["net", "net-handle"]) plan.addSource(id, { type: "geojson", data: EMPTY });
  plan.addLayer({ id: "net-line", type: "line", source: "net", paint: { "line-color": late, "line-width": 2.5 } });
  plan.addLayer({
    id: "net-handle", type: "circle", source: "net-handle",
    paint: {
      "circle-radius": ["match", ["get", "kind"], "middle", 4, "fixed", 4.5, ["case", ["boolean", ["get", "chosen"], false], 9, 7]],
      "circle-color": ["match", ["get", "kind"], "middle", card, "fixed", grey, ["case", ["boolean", ["get", "chosen"], false], late, card]],
      "circle-stroke-color": ["match", ["get", "kind"], "fixed", grey, late], "circle-stroke-width": ["match", ["get", "kind"], "middle", 1.5, 2.5],
    },
  });
}

/** Let the borders of the net at `data-net` be moved. */
export async function moveBorders(box: HTMLElement, plan: Plan): Promise<void> {
  const field = document.getElementById(box.dataset["netField"] ?? "");
  const answer = await fetch(box.dataset["net"] ?? "", { headers: { Accept: "application/json" } });
  if (!answer.ok || !(field instanceof HTMLTextAreaElement)) throw new Error("The borders could not be read.");
  const first = readNet((await answer.json()) as FeatureCollection);
  const history = new History<Net>(first);
  let chosen: number | null = null;
  addLayers(plan);
  const show = (net: Net) => {
    const [lines, points] = [plan.getSource("net"), plan.getSource("net-handle")];
    if (lines instanceof GeoJSONSource) lines.setData(asCollection(net));
    if (points instanceof GeoJSONSource) points.setData(handles(net, chosen));
  };
  const renew = () => {
    show(history.now);
    const changed = changedSince(history.now, first);
    write(field, changed.features.length ? JSON.stringify(changed) : "");
    tools.renew();
  };
  const keep = (net: Net | null, said: string, refused: string) => {
    if (net) history.keep(net);
    renew();
    tools.say(net ? said : refused);
  };
  const goBack = () => { chosen = null; history.undo(); renew(); tools.say("退了一步"); };
  const goOn = () => { chosen = null; history.redo(); renew(); tools.say("又做了一步"); };
  const remove = () => {
    if (chosen === null) return;
    const corner = chosen;
    chosen = null;
    keep(removeCorner(history.now, corner), "去掉了一个点，两边一起", "这个点去不掉：三块在这里相接，或去掉后边界会交叉");
  };
  const tools = addTools(box, [
    { name: "退一步", does: goBack, can: () => history.canUndo },
    { name: "再做", does: goOn, can: () => history.canRedo },
    { name: "去掉这个点", does: remove, can: () => chosen !== null },
    { name: "恢复原样", does: () => { chosen = null; keep(first, "已恢复成现在的边界", ""); }, can: () => history.now !== first },
  ]);

  const choose = (corner: number, said: string) => {
    chosen = corner;
    show(history.now);
    tools.renew();
    tools.say(said);
  };
  const around = (point: { x: number; y: number }, reach: number): [PointLike, PointLike] => [[point.x - reach, point.y - reach], [point.x + reach, point.y + reach]];
  const take = (event: MapMouseEvent | MapTouchEvent) => {
    const found = plan.queryRenderedFeatures(around(event.point, reachOf(event)), { layers: ["net-handle"] });
    const near = (feature: (typeof found)[number]) => {
      const at = feature.geometry.type === "Point" ? plan.project(feature.geometry.coordinates as [number, number]) : event.point;
      return Math.hypot(at.x - event.point.x, at.y - event.point.y) + (feature.properties["kind"] === "middle" ? 3 : 0);
    };
    const [handle] = found.sort((one, other) => near(one) - near(other));
    if (!handle) return;
    event.preventDefault();
    const properties = handle.properties;
    if (properties["kind"] === "fixed") return tools.say("这个点在外圈，和别的上级或没列入的邻居共用，这里不能动");
    let net: Net | null = history.now;
    let corner = Number(properties["corner"]);
    if (properties["kind"] === "middle") {
      const edge: Edge = [Number(properties["a"]), Number(properties["b"])];
      const added = addCorner(net, edge, middle(net, edge));
      if (!added) return tools.say("这里加不了点");
      [net, corner] = added;
    }
    const begun = net;
    let moved: Net | null = properties["kind"] === "middle" ? begun : null;
    let isCrossing = false;
    plan.dragPan.disable();
    chosen = corner;
    const drag = (to: MapMouseEvent | MapTouchEvent) => {
      const next = moveCorner(begun, corner, snapped(plan, to.point, reachOf(to), ["building"]).place);
      isCrossing = next === null;
      if (next) show((moved = next));
    };
    const drop = () => {
      plan.off("mousemove", drag);
      plan.off("touchmove", drag);
      plan.dragPan.enable();
      if (moved) keep(moved, isCrossing ? "再过去边界会交叉，停在了能放的地方" : "两边的边界一起动了", "");
      else choose(corner, "选中了一个点。拖动它，或用方向键挪，Delete 去掉");
    };
    plan.on("mousemove", drag);
    plan.on("touchmove", drag);
    // Wherever the hand lets go, on the map or beside it; once.
    document.addEventListener("pointerup", drop, { once: true });
  };
  plan.on("mousedown", take);
  plan.on("touchstart", take);

  const step = (event: KeyboardEvent): Position | null => {
    const metres = event.shiftKey ? 10 : 1;
    const directions: Record<string, Position> = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
    const [x, y] = directions[event.key] ?? [];
    if (chosen === null || x === undefined || y === undefined) return null;
    const [lon = 0, lat = 0] = place(history.now, chosen);
    return [lon + (x * metres) / (METRES * Math.cos((lat * Math.PI) / 180)), lat + (y * metres) / METRES];
  };
  const walk = (by: number) => {
    const free = freeCorners(history.now);
    if (!free.length) return tools.say("这里没有能挪的点");
    const at = chosen === null ? (by > 0 ? -1 : 0) : free.indexOf(chosen);
    const next = free[(at + by + free.length) % free.length] ?? 0;
    choose(next, `第 ${free.indexOf(next) + 1} 个点，共 ${free.length} 个。方向键挪 1 米，Shift 挪 10 米`);
    plan.easeTo({ center: place(history.now, next) as [number, number], duration: 0 });
  };
  const insert = () => {
    const edge = sharedEdges(history.now).find((one) => chosen !== null && one.includes(chosen));
    const added = edge && addCorner(history.now, edge, middle(history.now, edge));
    if (!added) return tools.say("先按 N 选一个点");
    chosen = added[1];
    keep(added[0], "在旁边加了一个点", "");
  };
  plan.getCanvas().addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const to = step(event);
    const acts: Record<string, () => void> = { n: () => walk(1), p: () => walk(-1), Insert: insert, Delete: remove, Backspace: remove };
    const act = to && chosen !== null ? () => keep(moveCorner(history.now, chosen ?? 0, to), "挪了一点，两边一起", "再过去边界会交叉") : acts[event.key];
    if (!act) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    act();
  }, { capture: true });
  onUndoKeys(box, goBack, goOn);
  show(first);
  tools.say(freeCorners(first).length || sharedEdges(first).length ? "拖动边界上的点，两边一起动" : "它和邻居没有共用的边界，没有能挪的点");
}
