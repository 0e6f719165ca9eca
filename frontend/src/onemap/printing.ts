/** 打印: one A4 page across, with title, legend, north, scale and the time of the data. */
import { hour, make, serverNow } from "../page";
import { button } from "./dom";
import { roundLength, sayLength } from "./geometry";
import type { Mounted } from "./mount";
import { sayDay } from "./timeline";

const SHARP = 2;

/** Take the picture of the map as it stands, sharper than the screen shows it. */
export async function photograph(map: Mounted): Promise<HTMLCanvasElement> {
  const { plan } = map;
  const before = plan.getPixelRatio();
  if (before < SHARP) plan.setPixelRatio(SHARP);
  // The drawing buffer is empty outside the frame that drew it: copy inside the "render" event.
  const sheet = await new Promise<HTMLCanvasElement>((resolve) => {
    const take = () => {
      const copy = make("canvas");
      const canvas = plan.getCanvas();
      [copy.width, copy.height] = [canvas.width, canvas.height];
      const pen = copy.getContext("2d");
      const below = map.backdrop?.canvas();
      if (below) pen?.drawImage(below, 0, 0, copy.width, copy.height);
      pen?.drawImage(canvas, 0, 0);
      resolve(copy);
    };
    void plan.once("idle", () => {
      void plan.once("render", take);
      plan.triggerRepaint();
    });
    plan.triggerRepaint();
  });
  if (before < SHARP) plan.setPixelRatio(before);
  return sheet;
}

function north(bearing: number): HTMLElement {
  const box = make("div", "sheet-north", "北");
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 24 36");
  const arrow = document.createElementNS("http://www.w3.org/2000/svg", "path");
  arrow.setAttribute("d", "M12 2l8 30-8-7-8 7z");
  svg.append(arrow);
  svg.style.transform = `rotate(${-bearing}deg)`;
  box.append(svg);
  return box;
}

/** Return what lines and blocks mean: borders by their level, buildings where they are drawn. */
function ground(map: Mounted): HTMLElement {
  const row = make("div", "onemap-legend-row");
  const put = (key: string, words: string) => {
    const line = make("span", "", words);
    line.prepend(make("i", `onemap-key ${key}`));
    row.append(line);
  };
  if (map.areas.isOn && map.areas.told) put(`onemap-key-border${map.areas.isDashed ? " is-dashed" : ""}`, map.areas.told.label);
  if (map.areas.isOn && map.areas.isDashed && map.areas.around) put("onemap-key-border", map.areas.around);
  if (map.buildings.isOn && map.plan.getZoom() >= 15) put("onemap-key-house", "登记的楼栋");
  return row;
}

/** Return the scale's bar for a picture `shown` CSS pixels wide of a canvas `drawn` CSS pixels wide. */
function scale(map: Mounted, zoomed: number): HTMLElement {
  if (map.plan.getPitch() > 5) return make("p", "sheet-scale", "斜着看的图，没有比例尺");
  const metres = (40_075_016.7 * Math.cos((map.plan.getCenter().lat * Math.PI) / 180)) / (512 * 2 ** map.plan.getZoom()) / zoomed;
  const length = roundLength(metres * 130);
  const box = make("p", "sheet-scale", sayLength(length));
  const bar = make("i");
  bar.style.width = `${length / metres}px`;
  box.prepend(bar);
  return box;
}

/** Show the page before it is printed; its title can be written. */
export async function printMap(map: Mounted, legend: HTMLElement, name: string): Promise<void> {
  const picture = await photograph(map);
  const dialog = make("dialog", "onemap-print");
  dialog.setAttribute("aria-label", "打印");
  const sheet = make("article", "sheet");
  const title = make("h2", "sheet-title", name);
  title.contentEditable = "plaintext-only";
  title.setAttribute("aria-label", "图的标题，可以改");
  title.setAttribute("role", "textbox");
  const frame = make("div", "sheet-map");
  picture.setAttribute("role", "img");
  picture.setAttribute("aria-label", name);
  frame.append(picture, north(map.plan.getBearing()));
  const foot = make("footer", "sheet-foot");
  const key = make("div", "sheet-legend");
  key.append(...Array.from(legend.childNodes, (node) => copied(node)), ground(map));
  const names = map.options.layers.filter(({ code, kind }) => map.isOn(code) && kind === "points").map(({ label }) => label);
  const said = make("p", "", `${names.length ? `图层：${names.join("、")} · ` : ""}${map.at ? `${sayDay(Date.parse(map.at))} 的样子` : "数据截至"} ${map.at ? "" : `${sayDay(serverNow())}`} · ${hour(serverNow())} 打印`);
  foot.append(key, said);
  sheet.append(title, frame, foot);
  const acts = make("div", "onemap-print-acts");
  acts.append(make("p", "small muted", "A4 横向。标题可以改。"), button("打印", "print", () => window.print(), "button button-primary"), button("关上", "", () => dialog.close(), "button"));
  const fit = make("div", "sheet-fit");
  fit.append(sheet);
  dialog.append(acts, fit);
  const across = landscape();
  dialog.addEventListener("close", () => {
    across();
    watch.disconnect();
    dialog.remove();
  });
  document.body.append(dialog);
  dialog.showModal();
  // Laid out as on paper and only shown smaller, so that the scale's bar is right on both.
  const shrink = () => fit.style.setProperty("--fit", String(Math.min(1, fit.clientWidth / sheet.offsetWidth, (innerHeight - 110) / sheet.offsetHeight)));
  shrink();
  const watch = new ResizeObserver(shrink);
  watch.observe(dialog);
  // The picture fills its frame (object-fit: cover), so it stands enlarged or reduced by the greater of both ratios.
  const canvas = map.plan.getCanvas();
  const zoomed = Math.max(frame.clientWidth / canvas.clientWidth, frame.clientHeight / canvas.clientHeight);
  foot.append(scale(map, zoomed));
}

/** Turn the paper while the page is shown; returns how to turn it back. Old browsers leave it to who prints. */
function landscape(): () => void {
  if (!("adoptedStyleSheets" in document)) return () => undefined;
  const sheet = new CSSStyleSheet();
  sheet.replaceSync("@page { size: A4 landscape; margin: 8mm }");
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  return () => { document.adoptedStyleSheets = document.adoptedStyleSheets.filter((one) => one !== sheet); };
}

/** Copy a node with what is drawn on its canvases. */
function copied(node: Node): Node {
  const copy = node.cloneNode(true);
  if (!(node instanceof Element && copy instanceof Element)) return copy;
  const from = Array.from(node.querySelectorAll("canvas"));
  Array.from(copy.querySelectorAll("canvas")).forEach((canvas, index) => {
    const source = from[index];
    if (source) canvas.getContext("2d")?.drawImage(source, 0, 0);
  });
  return copy;
}
