/** The panel of layers: the server's check boxes, with shapes beside the words, counts, and the clocks' meanings. */
import { make } from "../page";
import { drawShape, SHAPES, type ShapeName } from "../shapes";
import { STEPS, tints } from "./buildings";
import { icon, isNarrow, sayCount } from "./dom";
import type { Mounted } from "./mount";
import { pictureOf } from "./pictures";
import type { LayerLine } from "./settings";

const CLOCKS: readonly ShapeName[] = ["warn", "late"];

function shapesOf({ kind, shape }: LayerLine): HTMLElement[] {
  if (kind === "borders") return [make("i", "onemap-key onemap-key-border")];
  if (kind === "buildings") return [make("i", "onemap-key onemap-key-house")];
  const names = shape === "clock" ? CLOCKS : [pictureOf(shape)];
  return names.map((name) => {
    const sheet = drawShape(name);
    sheet.className = "onemap-key";
    sheet.setAttribute("aria-hidden", "true");
    return sheet;
  });
}

/** Dress the check boxes and let them switch. On a phone the panel folds away. */
export function startLayerList(box: HTMLElement, map: Mounted, changed: () => void): void {
  for (const line of map.options.layers) {
    const label = box.querySelector<HTMLElement>(`[data-layer="${CSS.escape(line.code)}"]`);
    const input = label?.querySelector<HTMLInputElement>("input[type=checkbox]");
    if (!label || !input) continue;
    input.checked = map.isOn(line.code);
    label.querySelector("[data-layer-shape]")?.replaceChildren(...shapesOf(line));
    input.addEventListener("change", () => {
      map.switch(line.code, input.checked);
      changed();
    });
  }
  map.when("data", () => tellBorders(box, map));
  const level = box.querySelector<HTMLSelectElement>("[data-onemap-level]");
  level?.addEventListener("change", () => map.areas.level(level.value));
  fold(box);
}

/** The level of the borders follows the zoom: their line says of which level they are, and how many there are of it. */
function tellBorders(box: HTMLElement, { areas, options }: Mounted): void {
  const code = options.layers.find(({ kind }) => kind === "borders")?.code;
  const line = box.querySelector(`[data-layer="${CSS.escape(code ?? "")}"]`);
  const [name, count] = [line?.querySelector(".onemap-name"), line?.querySelector("[data-layer-count]")];
  if (!areas.told || !name || !count) return;
  name.textContent = areas.told.label;
  line?.querySelector(".onemap-key-border")?.classList.toggle("is-dashed", areas.isDashed);
  count.textContent = sayCount(areas.told.total);
}

/** Renew the counts that the server gives of each layer, and say of what they are. */
export function renewCounts(box: HTMLElement, lines: readonly LayerLine[], of: string): void {
  const said = box.querySelector("[data-onemap-counted]");
  if (said) said.textContent = of;
  for (const { code, count, kind } of lines) {
    if (kind === "borders") continue;
    const place = box.querySelector(`[data-layer="${CSS.escape(code)}"] [data-layer-count]`);
    if (place && count !== null) place.textContent = sayCount(count);
  }
}

/** Offer the states by which buildings are coloured (作战图); returns how to show the chosen one. */
export function startTints(box: HTMLElement, states: readonly { code: string; label: string }[], choose: (code: string) => void): (code: string) => void {
  const label = make("label", "onemap-pick");
  const select = make("select");
  select.append(new Option("不着色", ""), ...states.map(({ code, label: words }) => new Option(words, code)));
  select.addEventListener("change", () => choose(select.value));
  label.append(make("span", "", "楼栋按"), select);
  const after = box.querySelector("[data-onemap-level]")?.closest("label") ?? box.querySelector(".onemap-list");
  after?.after(label);
  return (code) => { select.value = code; };
}

function fold(box: HTMLElement): void {
  const head = box.querySelector<HTMLElement>("h2, h3");
  if (!head || head.querySelector("button")) return;
  const toggle = make("button", "onemap-fold");
  toggle.type = "button";
  toggle.append(...Array.from(head.childNodes), icon("down"));
  head.replaceChildren(toggle);
  const set = (open: boolean) => {
    box.classList.toggle("is-folded", !open);
    toggle.setAttribute("aria-expanded", String(open));
  };
  toggle.addEventListener("click", () => set(box.classList.contains("is-folded")));
  set(!isNarrow());
}

/** The legend inside the map: every shape in view with its word, and the steps of the battle map. */
export function drawLegend(box: HTMLElement, map: Mounted, tint: string): void {
  const names = new Set(map.points.filter(({ isOn }) => isOn).flatMap((layer) => layer.shown).filter(({ spot }) => !spot.cluster).map(({ spot }) => pictureOf(spot.shape ?? "", spot.tone)));
  const clusters = map.points.some((layer) => layer.isOn && layer.shown.some(({ spot }) => spot.cluster));
  const lines = (Object.keys(SHAPES) as ShapeName[]).filter((name) => names.has(name)).map((name) => {
    const line = make("span", "", SHAPES[name].label);
    line.prepend(drawShape(name));
    return line;
  });
  if (clusters) {
    const line = make("span", "", "多处，红弧是超时的比例");
    line.prepend(make("i", "onemap-key onemap-key-many"));
    lines.push(line);
  }
  const rows = [lines];
  if (tint && map.buildings.isOn) rows.push(steps(tint));
  box.replaceChildren(...rows.filter((row) => row.length).map((row) => {
    const line = make("div", "onemap-legend-row");
    line.append(...row);
    return line;
  }));
  box.hidden = !rows.some((row) => row.length);
}

function steps(name: string): HTMLElement[] {
  const ends = [0, ...STEPS.map((end) => Math.round(end * 100)), 100];
  const words = tints().map((_, step) => (step === 0 ? "没有" : step === 1 ? `不到 ${ends[2]}%` : step === 5 ? `${ends[5]}% 以上` : `${ends[step]}–${ends[step + 1]}%`));
  return [make("b", "", `${name}的户数占比`), ...tints().map((colour, step) => {
    const line = make("span", "", words[step] ?? "");
    const swatch = make("i", "onemap-swatch");
    swatch.style.backgroundColor = colour;
    line.prepend(swatch);
    return line;
  })];
}
