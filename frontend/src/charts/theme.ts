/** Colours of a chart: the tokens as they stand at its place, so that a dark screen draws dark charts. */
import type { Tone } from "./data";

export interface Theme {
  series: string[];
  heat: string[];
  ink: string;
  ink2: string;
  ink3: string;
  line: string;
  edge: string;
  ground: string;
  late: string;
  lateDark: string;
  warn: string;
  ok: string;
  brand: string;
  font: string;
}

/** Read the tokens that are in force at an element. */
export function themeAt(place: Element): Theme {
  const style = getComputedStyle(place);
  const token = (name: string) => style.getPropertyValue(`--lx-${name}`).trim();
  const row = (name: string) => [1, 2, 3, 4, 5, 6].map((number) => token(`${name}-${number}`));
  return {
    series: row("series"), heat: row("heat"), ink: token("ink"), ink2: token("ink-2"), ink3: token("ink-3"),
    line: token("line"), edge: token("edge"), ground: token("card"), late: token("late"), lateDark: token("late-d"),
    warn: token("warn-s"), ok: token("ok"), brand: token("brand"), font: style.fontFamily,
  };
}

/** Return the colour of a series: red only for what is overdue. */
export function colourOf(theme: Theme, place: number, tone: Tone): string {
  if (tone === "late") return theme.late;
  if (tone === "warn") return theme.warn;
  if (tone === "ok") return theme.ok;
  return theme.series[place % theme.series.length] ?? theme.brand;
}

const SLANT = Math.PI / 4;
const STRIPES = { symbol: "rect", dashArrayX: [1, 0], dashArrayY: [2, 6], rotation: -SLANT };
const PATTERNS = [
  null,
  STRIPES,
  { symbol: "circle", symbolSize: 0.7, dashArrayX: [[0, 9], [5, 5]], dashArrayY: [5, 0] },
  { symbol: "rect", dashArrayX: [1, 0], dashArrayY: [2, 5] },
  { symbol: "rect", dashArrayX: [1, 0], dashArrayY: [2, 6], rotation: SLANT },
  { symbol: "triangle", symbolSize: 0.8, dashArrayX: [[0, 10], [6, 6]], dashArrayY: [7, 2] },
];

/** Return the pattern beside the colour: stripes for what is overdue, none for a series that stands alone. */
export function patternOf(theme: Theme, place: number, tone: Tone, count: number): object | undefined {
  if (tone === "late") return { ...STRIPES, color: theme.lateDark };
  const pattern = count > 1 ? PATTERNS[place % PATTERNS.length] : null;
  return pattern ? { ...pattern, color: theme.ground } : { symbol: "none" };
}
