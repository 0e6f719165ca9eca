/**
 * From words and what stands near to at most three categories, with what spoke for each. No server is asked.
 *
 * The longest word at a place wins: “装修垃圾” is not also “垃圾”. A word that many categories share says less.
 */

export interface Category {
  code: string;
  name: string;
  path: readonly string[];
  words: readonly (readonly [string, number])[];
}

/** Something beside the place: its own words speak softly, or the category of a case there. */
export interface Near {
  /** What it is called, as the reason says it. */
  name: string;
  /** Name, kind and trade in one, searched as the report's own words are. */
  words?: string;
  /** The category of a case reported here lately. */
  category?: string;
}

export interface Choice<C extends Category = Category> {
  category: C;
  score: number;
  /** The words of the report that spoke for it, the most telling first. */
  words: string[];
  /** What stands near that spoke for it. */
  near: string[];
}

const MOST = 3;
const NEAR_WORDS = 0.3; // of what a word in the report itself would weigh
const NEAR_CASE = 0.5;
const OWN_NAME = 1.5; // a category called by its whole name
// Beside the best, one that speaks with less than this share of it only takes up room.
const BESIDE = 0.2;

interface Word {
  text: string;
  of: { place: number; weight: number }[];
}

interface Index {
  byFirst: Map<string, Word[]>; // the longest first
}

const indices = new WeakMap<readonly Category[], Index>();

function indexOf(categories: readonly Category[]): Index {
  const known = indices.get(categories);
  if (known) return known;
  const words = new Map<string, Map<number, number>>();
  const add = (text: string, place: number, weight: number): void => {
    const key = text.trim().toLowerCase();
    if (!key) return;
    const of = words.get(key) ?? new Map<number, number>();
    of.set(place, Math.max(of.get(place) ?? 0, weight));
    words.set(key, of);
  };
  categories.forEach((category, place) => {
    category.words.forEach(([text, weight]) => add(text, place, weight));
    add(category.name, place, OWN_NAME);
  });
  const byFirst = new Map<string, Word[]>();
  for (const [text, of] of words) {
    const first = text[0] as string;
    const word = { text, of: [...of].map(([place, weight]) => ({ place, weight })) };
    byFirst.set(first, [...(byFirst.get(first) ?? []), word]);
  }
  for (const list of byFirst.values()) list.sort((one, other) => other.text.length - one.text.length);
  const made = { byFirst };
  indices.set(categories, made);
  return made;
}

/** Return the words that stand in a text, without those inside a longer one. */
function wordsIn(text: string, index: Index): Word[] {
  const low = text.toLowerCase();
  const found = new Map<string, Word>();
  let covered = 0; // the end of the furthest word so far
  for (let start = 0; start < low.length; start += 1) {
    const word = index.byFirst.get(low[start] as string)?.find((each) => low.startsWith(each.text, start));
    if (!word || start + word.text.length <= covered) continue;
    covered = start + word.text.length;
    found.set(word.text, word);
  }
  return [...found.values()];
}

/** What one word gives one category: long words more, words of many categories less. */
function voice(word: Word, weight: number): number {
  return (weight * Math.sqrt(word.text.length)) / Math.sqrt(word.of.length);
}

interface Tally {
  score: number;
  words: Map<string, number>;
  near: Set<string>;
}

/** Return the likeliest categories, best first; none when nothing speaks for any. */
export function propose<C extends Category>(text: string, near: readonly Near[], categories: readonly C[]): Choice<C>[] {
  const index = indexOf(categories);
  const tallies = new Map<number, Tally>();
  const at = (place: number): Tally => {
    const tally = tallies.get(place) ?? { score: 0, words: new Map(), near: new Set() };
    tallies.set(place, tally);
    return tally;
  };
  for (const word of wordsIn(text, index)) {
    for (const { place, weight } of word.of) {
      const tally = at(place);
      tally.score += voice(word, weight);
      tally.words.set(word.text, voice(word, weight));
    }
  }
  near.forEach((thing) => hear(thing, index, categories, at));
  const best = Math.max(0, ...[...tallies.values()].map((tally) => tally.score));
  return [...tallies]
    .filter(([, tally]) => tally.score >= best * BESIDE)
    .sort(([, one], [, other]) => other.score - one.score)
    .slice(0, MOST)
    .map(([place, tally]) => ({
      category: categories[place] as C,
      score: tally.score,
      words: [...tally.words].sort(([, one], [, other]) => other - one).map(([word]) => word),
      near: [...tally.near],
    }));
}

/** Let what stands near speak: each thing once for a category, softly. */
function hear(thing: Near, index: Index, categories: readonly Category[], at: (place: number) => Tally): void {
  const gains = new Map<number, number>();
  for (const word of thing.words ? wordsIn(thing.words, index) : []) {
    for (const { place, weight } of word.of) gains.set(place, Math.max(gains.get(place) ?? 0, voice(word, weight) * NEAR_WORDS));
  }
  const place = thing.category ? categories.findIndex((category) => category.code === thing.category) : -1;
  if (place >= 0) gains.set(place, NEAR_CASE);
  for (const [each, gain] of gains) {
    const tally = at(each);
    tally.score += gain;
    tally.near.add(thing.name);
  }
}

/** Say why a category is proposed: “依据“装修垃圾””, or what stands near. */
export function why(choice: Choice): string {
  const said = choice.words.slice(0, 2).map((word) => `“${word}”`).join("、");
  if (said) return `依据${said}`;
  return choice.near.length ? `依据附近的${choice.near[0]}` : "";
}

/** Return the categories that a search finds by name, path, words, code or the first letters of its pinyin. */
export function search<C extends Category & { initials?: string }>(sought: string, categories: readonly C[]): C[] {
  const wanted = sought.trim().toLowerCase();
  if (!wanted) return [...categories];
  const rank = (category: C): number => {
    if (category.name.startsWith(wanted) || category.initials?.startsWith(wanted)) return 0;
    if (category.name.includes(wanted) || category.initials?.includes(wanted)) return 1;
    if (category.words.some(([word]) => word.toLowerCase().includes(wanted))) return 2;
    if (category.path.some((step) => step.includes(wanted)) || category.code.startsWith(wanted)) return 3;
    return -1;
  };
  const ranked = categories.map((category) => ({ category, rank: rank(category) })).filter((each) => each.rank >= 0);
  return ranked.sort((one, other) => one.rank - other.rank).map((each) => each.category);
}
