/** What a chart is drawn from: the words of `lianxin.faces.parts.charts`. */
export type Kind = "line" | "bar" | "stack" | "heat" | "pie";
export type Tone = "" | "late" | "warn" | "ok" | "none";

export interface Series {
  name: string;
  values: (number | null)[];
  tone: Tone;
}

export interface ChartData {
  title: string;
  unit: string;
  labels: string[];
  series: Series[];
  as_of: string;
  definition: string;
  said: string; // the chart in one sentence, for who hears it
  is_share: boolean;
  digits?: number; // behind the point; 1 where not said
  from_zero?: boolean;
  is_time?: boolean; // labels are instants
}

const KINDS: readonly string[] = ["line", "bar", "stack", "heat", "pie"];

/** Return the kind and the data of a figure; null where it holds none. */
export function read(figure: HTMLElement): [Kind, ChartData] | null {
  const kind = figure.dataset["chart"] ?? "";
  const words = figure.querySelector('script[type="application/json"]')?.textContent;
  return words && KINDS.includes(kind) ? [kind as Kind, JSON.parse(words) as ChartData] : null;
}

/** Say a number as the house does: 6,214 · 24.1 万 · 97.4%. */
export function said(value: number | null | undefined, isShare: boolean, digits = 1): string {
  if (value === null || value === undefined || Number.isNaN(value)) return "—";
  if (isShare) return `${(value * 100).toFixed(1).replace(/\.0$/, "")}%`;
  if (Math.abs(value) >= 10_000) return `${(value / 10_000).toFixed(1).replace(/\.0$/, "")} 万`;
  return value.toLocaleString("zh-CN", { maximumFractionDigits: digits });
}
