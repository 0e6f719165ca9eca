/**
 * A chart in `<figure data-chart="line|bar|stack|heat|pie">`; docs/how-to/draw-a-chart.md tells how it gets there.
 * The table below stays: it is what is read aloud, walked by keys, printed, and what opens the cases.
 */
import { BarChart, HeatmapChart, LineChart, PieChart } from "echarts/charts";
import { AriaComponent, GridComponent, LegendComponent, TooltipComponent, VisualMapPiecewiseComponent } from "echarts/components";
import { init, use, type EChartsType } from "echarts/core";
import { LabelLayout } from "echarts/features";
import { CanvasRenderer } from "echarts/renderers";
import { all } from "../page";
import { read, type ChartData, type Kind } from "./data";
import { heightOf, lies, optionOf } from "./options";
import { savePicture } from "./picture";
import { themeAt } from "./theme";

use([
  AriaComponent, BarChart, CanvasRenderer, GridComponent, HeatmapChart, LabelLayout, LegendComponent, LineChart, PieChart,
  TooltipComponent, VisualMapPiecewiseComponent,
]);

const PAPER = 680; // width on paper, in pixels
const drawn = new Map<HTMLElement, Drawn>();

class Drawn {
  private readonly chart: EChartsType;
  private readonly watch: ResizeObserver;
  private width = 0;

  constructor(private readonly figure: HTMLElement, private readonly host: HTMLElement, private readonly kind: Kind, private readonly data: ChartData) {
    host.setAttribute("role", "img");
    host.setAttribute("aria-label", data.said);
    this.chart = init(host, null, { renderer: "canvas", height: heightOf(kind, data, this.room()), width: this.room() });
    this.fit();
    this.watch = new ResizeObserver(() => this.fit());
    this.watch.observe(host);
    this.chart.on("click", (event) => this.open(event as unknown as { dataIndex: number; seriesIndex: number; value: unknown }));
    figure.querySelector("[data-chart-save]")?.addEventListener("click", () => void savePicture(kind, data, figure));
  }

  /** Draw anew when the width has changed; a height of its own follows. */
  fit(width = this.room()): void {
    if (!width || width === this.width) return;
    this.width = width;
    const height = heightOf(this.kind, this.data, width);
    this.host.style.height = `${height}px`;
    this.chart.resize({ width, height });
    this.chart.setOption(optionOf(this.kind, this.data, themeAt(this.host), width), { notMerge: true });
    this.host.dataset["drawn"] = this.kind + (lies(this.kind, this.data, width) ? " lying" : "");
  }

  dispose(): void {
    this.watch.disconnect();
    this.chart.dispose();
  }

  private room(): number {
    return this.host.clientWidth || PAPER;
  }

  /** Follow the link that stands in the table for the point that was pressed. */
  private open({ dataIndex, seriesIndex, value }: { dataIndex: number; seriesIndex: number; value: unknown }): void {
    const [row, column] = this.kind === "heat" ? [(value as number[])[1] ?? 0, (value as number[])[0] ?? 0] : [dataIndex, seriesIndex];
    this.figure.querySelector<HTMLTableElement>("[data-chart-table] table")?.tBodies[0]?.rows[row]?.cells[column + 1]?.querySelector("a")?.click();
  }
}

/** Draw one figure; called again for the same one, nothing happens. */
export function drawChart(figure: HTMLElement): void {
  for (const [before, chart] of drawn) {
    if (before.isConnected) continue;
    chart.dispose();
    drawn.delete(before);
  }
  const host = figure.querySelector<HTMLElement>("[data-chart-place]");
  const found = read(figure);
  if (!host || !found || drawn.has(figure)) return;
  drawn.set(figure, new Drawn(figure, host, ...found));
}

// On paper the table stands open below a picture as wide as the sheet.
addEventListener("beforeprint", () => {
  for (const [figure, chart] of drawn) {
    chart.fit(PAPER);
    for (const table of all<HTMLDetailsElement>("details[data-chart-table]:not([open])", figure)) {
      table.open = true;
      table.dataset["opened"] = "";
    }
  }
});
addEventListener("afterprint", () => {
  for (const [figure, chart] of drawn) {
    chart.fit();
    for (const table of all<HTMLDetailsElement>("details[data-opened]", figure)) {
      table.open = false;
      delete table.dataset["opened"];
    }
  }
});
