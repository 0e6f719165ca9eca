/** Whether words tell of danger now, by the server's own patterns (danger.json, made from work/dispatch/rules.py). */
import patterns from "./danger.json";

export type Severity = "normal" | "pressing" | "urgent";

/** What the words say of how pressing it is, with the words that said so. */
export interface Danger {
  value: Exclude<Severity, "normal">;
  words: string[];
}

const REACH = 100; // characters each way that may take the alarm back
const NOT_NOW = new RegExp(patterns.not_now, "u");
const DRILL = new RegExp(patterns.drill, "u");
const CLAUSE = marks(patterns.clause_marks);
const SENTENCE = marks(patterns.sentence_marks);
const LEVELS = [
  { value: "urgent", pattern: new RegExp(patterns.urgent, "gu") },
  { value: "pressing", pattern: new RegExp(patterns.pressing, "gu") },
] as const;

function marks(characters: string): RegExp {
  return new RegExp(`[${characters}]`, "u");
}

/** Return the words around a place, up to the nearest of the marks. */
function around(text: string, start: number, stops: RegExp): string {
  const before = text.slice(Math.max(0, start - REACH), start).split(stops).at(-1) ?? "";
  return before + (text.slice(start, start + REACH).split(stops)[0] ?? "");
}

function isNow(text: string, start: number): boolean {
  return !NOT_NOW.test(around(text, start, CLAUSE)) && !DRILL.test(around(text, start, SENTENCE));
}

/** Return urgent or pressing when the words tell of danger now; null tells nothing. */
export function severityOf(text: string): Danger | null {
  for (const { value, pattern } of LEVELS) {
    const found = [...text.matchAll(pattern)].filter((hit) => isNow(text, hit.index)).map((hit) => hit[0]);
    if (found.length) return { value, words: [...new Set(found)].slice(0, 3) };
  }
  return null;
}
