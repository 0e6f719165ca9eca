/** The row of tools, and the line below it that says what to do while one draws or measures. */
import type { Polygon } from "geojson";
import { all, csrfToken, make } from "../page";
import { button } from "./dom";
import { sayArea, sayLength } from "./geometry";
import type { Mounted } from "./mount";
import { measures, polygonOf, Sketch, type Drawn, type Figure } from "./sketch";
import { readJson } from "./settings";

export type Tool = "look" | "draw" | "measure" | "time" | "print" | "share";

const KEYS: Record<Tool, string> = { look: "v", draw: "q", measure: "l", time: "t", print: "p", share: "s" };
const DRAWS: [Figure, string, string][] = [["polygon", "多边形", "polygon"], ["rectangle", "矩形", "rectangle"], ["circle", "圆形", "circle"]];
const MEASURES: [Figure, string, string][] = [["line", "距离", "ruler"], ["polygon", "面积", "polygon"]];

export interface Counted {
  /** The shape is kept under this key for some days. */
  key?: string;
  squareMetres?: number;
  html?: string;
  layers: { code: string; label: string; count: number; late?: number }[];
}

export interface ToolHooks {
  counted: (answer: Counted, polygon: Polygon) => void;
  wrong: (sentence: string) => void;
  /** A tool that is a press rather than a mode. */
  pressed: (tool: "time" | "print" | "share") => void;
  /** Drawing ended or was wiped. */
  wiped: () => void;
}

export class Tools {
  readonly sketch: Sketch;
  /** The key of the surface that stands drawn and counted; empty without one. */
  key = "";
  private tool: Tool = "look";
  private readonly strip = make("div", "onemap-strip onemap-panel");
  private readonly said = make("output", "onemap-said");
  private figure: Figure = "polygon";

  constructor(private readonly row: HTMLElement, place: HTMLElement, private readonly map: Mounted, private readonly count: string, private readonly hooks: ToolHooks) {
    this.sketch = new Sketch(map.plan, place, map.c, (drawn, said) => this.drew(drawn, said), () => this.tool === "measure");
    for (const press of all<HTMLButtonElement>("[data-tool]", row)) {
      const tool = press.dataset["tool"] as Tool;
      press.hidden = false;
      press.dataset["key"] ??= KEYS[tool];
      press.addEventListener("click", () => this.press(tool));
    }
    row.hidden = false;
    this.strip.hidden = true;
    row.after(this.strip);
    this.mark();
  }

  get current(): Tool {
    return this.tool;
  }

  /** Return the surface that stands drawn for counting. */
  get polygon(): Polygon | null {
    return this.tool === "draw" ? polygonOf(this.sketch.drawn) : null;
  }

  /** Leave the tool in hand; tells whether there was one. */
  leave(): boolean {
    if (this.tool === "look") return false;
    this.press("look");
    return true;
  }

  /** Show a surface that came with a shared view, and count in it. */
  restore(polygon: Polygon): void {
    this.tool = "draw";
    this.build(DRAWS);
    this.mark();
    this.sketch.restore((polygon.coordinates[0] ?? []).slice(0, -1));
  }

  private press(tool: Tool): void {
    if (tool === "time" || tool === "print" || tool === "share") return this.hooks.pressed(tool);
    const same = tool === this.tool;
    if (this.tool !== "look") {
      this.sketch.wipe();
      this.hooks.wiped();
    }
    this.tool = same && tool !== "look" ? "look" : tool;
    this.strip.hidden = this.tool === "look";
    this.mark();
    if (this.tool === "look") return;
    this.build(this.tool === "draw" ? DRAWS : MEASURES);
    this.choose(this.tool === "draw" ? "polygon" : "line");
    this.map.plan.getCanvas().focus({ preventScroll: true });
  }

  private mark(): void {
    for (const press of all<HTMLButtonElement>("[data-tool]", this.row)) press.setAttribute("aria-pressed", String(press.dataset["tool"] === this.tool));
  }

  private build(figures: [Figure, string, string][]): void {
    const segments = make("div", "onemap-choices");
    segments.setAttribute("role", "group");
    segments.setAttribute("aria-label", "画什么");
    for (const [figure, words, drawing] of figures) {
      const press = button(words, drawing, () => this.choose(figure));
      press.dataset["figure"] = figure;
      segments.append(press);
    }
    this.said.setAttribute("role", "status");
    const undo = button("退一步", "undo", () => this.sketch.undo());
    const end = button("完成", "check", () => this.sketch.end());
    const again = button("重画", "refresh", () => this.choose(this.figure));
    undo.dataset["act"] = "undo";
    end.dataset["act"] = "end";
    const acts = make("div", "onemap-acts");
    acts.append(undo, end, again);
    this.strip.replaceChildren(segments, this.said, acts);
    this.strip.hidden = false;
  }

  private choose(figure: Figure): void {
    this.figure = figure;
    this.hooks.wiped();
    this.sketch.begin(figure);
    for (const press of all<HTMLButtonElement>("[data-figure]", this.strip)) press.setAttribute("aria-pressed", String(press.dataset["figure"] === figure));
    this.say({ line: "点出一条线，双击结束", polygon: "一点一点圈出来，点回第一点合上", rectangle: "点一个角，再点对角", circle: "点圆心，再点一下定大小" }[figure]);
  }

  private say(words: string): void {
    this.said.textContent = words;
  }

  private drew(drawn: Drawn, said: string): void {
    for (const press of all<HTMLButtonElement>("[data-act]", this.strip)) {
      press.disabled = press.dataset["act"] === "undo" ? !this.sketch.canUndo : drawn.ended || drawn.points.length < 2;
    }
    const { length, area } = measures(drawn);
    const size = area ? `${sayArea(area)}${this.tool === "measure" ? ` · 周长 ${sayLength(length)}` : ""}` : length ? sayLength(length) : "";
    this.say(this.tool === "measure" && size ? size : drawn.ended && size ? size : said || (this.said.textContent ?? ""));
    const polygon = this.polygon;
    if (!polygon) this.key = "";
    if (polygon) void this.tally(polygon);
  }

  private async tally(polygon: Polygon): Promise<void> {
    try {
      const answer = await readJson<Counted>(this.count, {
        method: "POST", body: JSON.stringify({ polygon, filters: this.map.filters, ...(this.map.at ? { at: this.map.at } : {}) }),
        headers: { "Content-Type": "application/json", "X-CSRFToken": csrfToken() },
      });
      this.key = answer.key ?? "";
      // The server measures on the ellipsoid: one number stands on the page, not two.
      if (answer.squareMetres && this.polygon) this.say(sayArea(answer.squareMetres));
      this.hooks.counted(answer, polygon);
    } catch (error) {
      this.hooks.wrong(error instanceof Error ? error.message : "没有连上，请再画一次");
    }
  }
}
