/** Whether somebody has reported this already: near in place and of a kind, or told in like words around. */
import { distance } from "../store/place";
import type { Spot } from "../today/item";

export interface Known {
  number: string;
  title: string;
  category?: string | null;
  point?: Spot | null;
  reported_at: string;
}

export interface Alike<K extends Known = Known> {
  case: K;
  metres: number;
  /** On the very same component. */
  isSame?: boolean;
}

const NEAR = 50; // metres
const SOON = 24 * 3_600_000;
const AROUND = 300; // metres, for like words
const LATELY = 7 * SOON;
const ALIKE = 0.35;
const SOMEWHAT = 0.12; // near, and lately: a few like words are enough
const MOST = 3;

function pairs(text: string): Set<string> {
  const low = [...text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "")];
  return new Set(low.slice(1).map((letter, at) => `${low[at]}${letter}`));
}

/** Return how alike two short texts are, 0 to 1: shared pairs among all, and among the shorter text's. */
export function likeness(one: string, other: string): number {
  const [left, right] = [pairs(one), pairs(other)];
  if (!left.size || !right.size) return 0;
  const shared = [...left].filter((pair) => right.has(pair)).length;
  return (shared / (left.size + right.size - shared) + shared / Math.min(left.size, right.size)) / 2;
}

/**
 * Return open cases that may be this very matter, the likest first. Before anything is told, what came lately near by counts;
 * then its kind or its words must agree: litter is not a broken lamp, however near.
 */
export function alikeTo<K extends Known>(told: { text: string; point: Spot; category?: string | null }, known: readonly K[], now: number): Alike<K>[] {
  const isBlank = !told.text.trim() && !told.category;
  return known
    .flatMap((each) => (each.point ? [{ case: each, metres: distance(told.point, each.point), words: likeness(each.title, told.text) }] : []))
    .map((each) => ({ ...each, age: now - Date.parse(each.case.reported_at), isKind: Boolean(told.category) && each.case.category === told.category }))
    .filter(({ metres, age, words, isKind }) => {
      if (metres <= NEAR && (isKind || (age <= SOON && (isBlank || words >= SOMEWHAT)))) return true;
      return metres <= AROUND && age <= LATELY && words >= ALIKE;
    })
    .sort((one, other) => weight(other) - weight(one))
    .slice(0, MOST)
    .map(({ case: found, metres }) => ({ case: found, metres }));
}

function weight({ metres, words, isKind }: { metres: number; words: number; isKind: boolean }): number {
  return words + (isKind ? 0.5 : 0) + (metres <= NEAR ? 0.5 : 0) - metres / 1000;
}
