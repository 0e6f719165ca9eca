/** From data to what ECharts draws. Pure: data, theme and width in, an option out. */
import type { EChartsCoreOption } from "echarts/core";
import { said, type ChartData, type Kind, type Series } from "./data";
import { colourOf, patternOf, type Theme } from "./theme";

type Part = Record<string, unknown>;

const ROW = 26; // height of a lying bar with its gap
const STANDING = 280;
const MOST_LABELLED = 14; // values beyond these are not written beside their bars
const LETTER = 12;

/** Tell whether bars lie: names that do not fit side by side stand one below the other. */
export function lies(kind: Kind, data: ChartData, width: number): boolean {
  if ((kind !== "bar" && kind !== "stack") || data.is_time) return false;
  const longest = Math.max(0, ...data.labels.map((label) => wide(label)));
  return data.labels.length * (longest + 10) > width - 60;
}

/** Return how high a chart stands at a width, in pixels. */
export function heightOf(kind: Kind, data: ChartData, width: number): number {
  const legend = hasLegend(kind, data) ? 30 : 0;
  if (kind === "heat") return Math.max(160, data.series.length * 28 + 96);
  if (!lies(kind, data, width)) return STANDING + legend;
  const bars = kind === "stack" ? 1 : data.series.length;
  return Math.max(120, data.labels.length * (ROW * bars * (bars > 1 ? 0.72 : 1) + (bars > 1 ? 12 : 0)) + 40 + legend);
}

function wide(words: string): number {
  // A Latin letter is about half as wide as a character.
  return Array.from(words).reduce((sum, letter) => sum + (letter.charCodeAt(0) > 255 ? LETTER : LETTER * 0.58), 0);
}

function hasLegend(kind: Kind, data: ChartData): boolean {
  return kind !== "heat" && kind !== "pie" && (kind === "line" ? data.series.length > 2 : data.series.length > 1);
}

/** Return the option of a chart. */
export function optionOf(kind: Kind, data: ChartData, theme: Theme, width: number): EChartsCoreOption {
  const common: Part = {
    animation: false,
    textStyle: { fontFamily: theme.font, color: theme.ink2, fontSize: LETTER },
    tooltip: tooltip(kind, data, theme),
    legend: hasLegend(kind, data)
      ? { top: 0, left: 0, itemWidth: 18, itemHeight: 10, icon: kind === "line" ? undefined : "rect", textStyle: { color: theme.ink2, fontSize: LETTER + 1 } }
      : undefined,
  };
  const draw = { line: lines, bar: bars, stack: bars, heat, pie }[kind];
  return { ...common, ...draw(kind, data, theme, width) };
}

function tooltip(kind: Kind, data: ChartData, theme: Theme): Part {
  return {
    trigger: kind === "heat" || kind === "pie" ? "item" : "axis",
    // Drawn on the canvas: markup with styles of its own is not allowed by our policy.
    renderMode: "richText",
    confine: true,
    backgroundColor: theme.ground,
    borderColor: theme.edge,
    borderWidth: 1,
    padding: [8, 12],
    textStyle: { color: theme.ink, fontSize: 13, fontFamily: theme.font },
    axisPointer: { type: kind === "line" ? "line" : "shadow", lineStyle: { color: theme.edge } },
    formatter: (given: unknown) => told(data, given as Pointed | Pointed[]),
  };
}

interface Pointed { seriesName?: string; name?: string; value: unknown; seriesType?: string }

function told(data: ChartData, given: Pointed | Pointed[]): string {
  const points = Array.isArray(given) ? given : [given];
  const first = points[0];
  if (!first) return "";
  if (first.seriesType === "heatmap") {
    const [x, y, value] = first.value as [number, number, number];
    return `${data.series[y]?.name ?? ""} ${data.labels[x] ?? ""}：${withUnit(data, value)}`;
  }
  const rows = points.map((point) => `${points.length > 1 || data.series.length > 1 ? `${point.seriesName ?? ""} ` : ""}${withUnit(data, point.value as number | null)}`);
  return [first.name ?? "", ...rows].join("\n");
}

function withUnit(data: ChartData, value: number | null): string {
  const number = said(value, data.is_share, data.digits);
  return data.is_share || !data.unit || number === "—" ? number : `${number} ${data.unit}`;
}

function valueAxis(data: ChartData, theme: Theme, isShown = true): Part {
  return {
    type: "value",
    min: data.from_zero === false ? undefined : (range: { min: number }) => Math.min(0, range.min),
    scale: data.from_zero === false,
    minInterval: data.is_share || data.from_zero === false ? 0 : 1,
    axisLabel: { show: isShown, color: theme.ink3, formatter: (value: number) => said(value, data.is_share, data.digits) },
    splitLine: { show: isShown, lineStyle: { color: theme.line } },
    axisLine: { show: false },
    axisTick: { show: false },
  };
}

function nameAxis(data: ChartData, theme: Theme, width: number, lying: boolean): Part {
  return {
    type: "category",
    data: data.labels,
    inverse: lying,
    axisLine: { lineStyle: { color: theme.edge } },
    axisTick: { show: false },
    axisLabel: lying
      ? { color: theme.ink, interval: 0, width: Math.min(180, width * 0.34), overflow: "truncate", fontSize: LETTER + 1 }
      : { color: theme.ink3, hideOverlap: true },
  };
}

function lines(_kind: Kind, data: ChartData, theme: Theme, width: number): Part {
  const names = Math.max(0, ...data.series.map((each) => wide(`${each.name} 000`)));
  const symbols = ["circle", "rect", "triangle", "diamond", "emptyCircle", "emptyRect"];
  return {
    grid: { left: 4, right: Math.min(names + 16, width * 0.34), top: hasLegend("line", data) ? 40 : 16, bottom: 4, containLabel: true },
    xAxis: { ...nameAxis(data, theme, width, false), boundaryGap: false },
    yAxis: valueAxis(data, theme),
    series: data.series.map((each, place) => ({
      type: "line",
      name: each.name,
      data: each.values,
      symbol: symbols[place % symbols.length],
      symbolSize: 7,
      showSymbol: data.labels.length <= 31,
      connectNulls: false,
      lineStyle: { width: 2, type: (["solid", "dashed", "dotted"] as const)[place % 3] },
      itemStyle: { color: colourOf(theme, place, each.tone) },
      endLabel: {
        show: true, color: theme.ink, distance: 8, fontSize: LETTER + 1,
        formatter: (point: { value: unknown }) => `${data.series.length > 1 ? `${each.name} ` : ""}${said(point.value as number | null, data.is_share, data.digits)}`,
      },
      labelLayout: { moveOverlap: "shiftY" },
    })),
  };
}

function bars(kind: Kind, data: ChartData, theme: Theme, width: number): Part {
  const lying = lies(kind, data, width);
  const isStack = kind === "stack";
  const isLabelled = !isStack && data.series.length <= 2 && (lying || data.labels.length * data.series.length <= MOST_LABELLED);
  const value = valueAxis(data, theme, !isLabelled);
  const name = nameAxis(data, theme, width, lying);
  return {
    grid: { left: 4, right: lying ? 52 : 8, top: hasLegend(kind, data) ? 40 : 24, bottom: 4, containLabel: true },
    xAxis: lying ? value : name,
    yAxis: lying ? name : value,
    series: data.series.map((each, place) => bar(data, theme, each, place, { lying, isStack, isLabelled })),
  };
}

function bar(data: ChartData, theme: Theme, each: Series, place: number, how: { lying: boolean; isStack: boolean; isLabelled: boolean }): Part {
  return {
    type: "bar",
    name: each.name,
    data: each.values,
    stack: how.isStack ? "all" : undefined,
    barMaxWidth: how.lying ? 18 : 34,
    barGap: "12%",
    itemStyle: {
      color: colourOf(theme, place, each.tone), decal: patternOf(theme, place, each.tone, data.series.length),
      borderRadius: how.isStack ? 0 : 2, borderColor: theme.ground, borderWidth: how.isStack ? 1 : 0,
    },
    label: {
      show: how.isLabelled, position: how.lying ? "right" : "top", color: theme.ink, fontSize: LETTER,
      formatter: (point: { value: unknown }) => said(point.value as number | null, data.is_share),
    },
    labelLayout: { hideOverlap: true },
  };
}

function heat(_kind: Kind, data: ChartData, theme: Theme, width: number): Part {
  const cells = data.series.flatMap((each, y) => each.values.map((value, x) => [x, y, value] as const));
  const most = Math.max(1, ...cells.map(([, , value]) => value ?? 0));
  const room = (width - 90) / Math.max(1, data.labels.length);
  const isLabelled = room >= wide(said(most, data.is_share)) + 4;
  return {
    grid: { left: 4, right: 4, top: 4, bottom: 44, containLabel: true },
    xAxis: { ...nameAxis(data, theme, width, false), splitArea: { show: false }, axisLine: { show: false } },
    yAxis: { type: "category", inverse: true, data: data.series.map((each) => each.name), axisLine: { show: false }, axisTick: { show: false }, axisLabel: { color: theme.ink2 } },
    visualMap: {
      type: "piecewise", orient: "horizontal", left: 0, bottom: 0, itemWidth: 16, itemHeight: 12, itemGap: 8, selectedMode: false,
      textStyle: { color: theme.ink3 }, pieces: pieces(most, theme, data.is_share), dimension: 2,
    },
    series: [{
      type: "heatmap",
      data: cells.map(([x, y, value]) => ({
        value: [x, y, value ?? "-"],
        label: { color: (value ?? 0) > most * 0.6 ? theme.ground : theme.ink },
      })),
      itemStyle: { borderColor: theme.ground, borderWidth: 1 },
      label: { show: isLabelled, fontSize: LETTER, formatter: (point: { value: unknown }) => said((point.value as number[])[2], data.is_share) },
      emphasis: { itemStyle: { borderColor: theme.ink, borderWidth: 2 } },
    }],
  };
}

/** Cut up to the largest into as many steps as there are shades; whole numbers where cases are counted. */
function pieces(most: number, theme: Theme, isShare: boolean): Part[] {
  const step = isShare ? most / 6 : Math.max(1, Math.ceil(most / 6));
  const count = Math.min(6, Math.ceil(most / step));
  return Array.from({ length: count }, (_, place) => {
    const low = place * step;
    const high = (place + 1) * step;
    const begin = isShare || !place ? low : low + 1;
    return {
      ...(isShare ? { gte: low, [place === count - 1 ? "lte" : "lt"]: high } : { gte: begin, lte: high }),
      color: theme.heat[count === 1 ? 3 : Math.round((place * 5) / (count - 1))],
      label: isShare || begin !== high ? `${said(begin, isShare)}–${said(high, isShare)}` : said(high, isShare),
    };
  });
}

function pie(_kind: Kind, data: ChartData, theme: Theme): Part {
  const values = data.series[0]?.values ?? [];
  const total = values.reduce<number>((sum, value) => sum + (value ?? 0), 0);
  return {
    series: [{
      type: "pie",
      radius: ["46%", "72%"],
      data: data.labels.map((name, place) => ({
        name,
        value: values[place] ?? 0,
        itemStyle: { color: colourOf(theme, place, ""), decal: patternOf(theme, place, "", data.labels.length), borderColor: theme.ground, borderWidth: 2 },
      })),
      label: {
        color: theme.ink, fontSize: LETTER + 1,
        formatter: (point: { name: string; value: number }) => `${point.name}\n${said(point.value, data.is_share)}${total && !data.is_share ? `（${said(point.value / total, true)}）` : ""}`,
      },
      labelLine: { lineStyle: { color: theme.edge } },
    }],
  };
}
