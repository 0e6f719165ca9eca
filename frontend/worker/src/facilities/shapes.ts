/** Components (部件) as the phone carries them: their words, their numbers, and what is known of them beyond the pack. */
import type { OutItem } from "../store/outbox";
import { distance } from "../store/place";
import type { Pack } from "../store/pack";
import type { Spot } from "../today/item";

export type ThingPack = Pack["components"];
export type Thing = ThingPack["items"][number];
export type ThingClass = ThingPack["classes"][number];
export type ThingState = "intact" | "damaged" | "missing" | "occupied" | "disused" | "removed";

export const STATES: readonly (readonly [ThingState, string])[] = [
  ["intact", "完好"], ["damaged", "破损"], ["missing", "丢失"], ["occupied", "占用"], ["disused", "废弃"], ["removed", "移除"],
];
/** What somebody should do something about, as it is reported. */
export const WRONGS = STATES.filter(([code]) => code === "damaged" || code === "missing" || code === "occupied");
const DIGITS = 16;
const SERIAL = 6;

export const stateWord = (code: string): string => STATES.find(([each]) => each === code)?.[1] ?? code;
export const isAmiss = (code: string): boolean => WRONGS.some(([each]) => each === code);

/** Return the outbox's order key of a component. */
export const thingSubject = (key: string): string => `component:${key}`;

/** Return a number as it is read out: county, class, running number. */
export const spoken = (number: string): string => [number.slice(0, 6), number.slice(6, 10), number.slice(10)].join(" ");

/** Return the sixteen digits of a scanned label or of typed text; "" where there are none. Wide digits and blanks are fine. */
export function numberIn(text: string): string {
  const plain = text.normalize("NFKC").trim();
  const tail = /^https?:/i.test(plain) ? (plain.split(/[?#]/u)[0]?.split("/").filter(Boolean).pop() ?? "") : plain;
  const digits = tail.replace(/[\s-]/gu, "");
  return new RegExp(`^\\d{${DIGITS}}$`, "u").test(digits) ? digits : "";
}

/** Return what typed text finds: a whole number, the last digits of one, or words of name, class, address or keeper. */
export function found(text: string, things: readonly Thing[], classes: readonly ThingClass[]): Thing[] {
  const whole = numberIn(text);
  if (whole) return things.filter((each) => each.number === whole);
  const words = text.normalize("NFKC").trim().toLowerCase();
  if (!words) return [...things];
  if (/^\d{3,}$/u.test(words)) return things.filter((each) => (words.length <= SERIAL ? each.number.endsWith(words) : each.number.startsWith(words)));
  const named = new Map(classes.map((each) => [each.code, `${each.name} ${each.initials} ${each.major}`.toLowerCase()]));
  return things.filter((each) => words.split(/\s+/u).every((word) => `${each.name} ${each.address} ${each.keeper} ${named.get(each.category) ?? ""}`.toLowerCase().includes(word)));
}

export interface Near extends Thing {
  metres: number | null;
}

/** Return the nearest first; without a place as the pack has them. */
export function nearest(things: readonly Thing[], here: Spot | null, most: number): Near[] {
  if (!here) return things.slice(0, most).map((each) => ({ ...each, metres: null }));
  return things.map((each) => ({ ...each, metres: distance(here, each.point) })).sort((one, other) => one.metres - other.metres).slice(0, most);
}

interface Checked {
  component: string;
  state: string;
}

/** Return the things with what was checked on this phone since the pack came: waiting, or taken and not yet in it. */
export function withOwn(things: readonly Thing[], outbox: readonly OutItem[], packAt: Date | null): Thing[] {
  const own = new Map<string, string>();
  for (const item of outbox) {
    const isNews = item.state === "ready" || (item.state === "done" && item.doneAt !== null && (!packAt || item.doneAt > packAt));
    const data = item.data as Checked | null;
    if (item.kind === "component.check" && isNews && data && !own.has(data.component)) own.set(data.component, data.state);
  }
  return own.size ? things.map((each) => ({ ...each, state: own.get(each.key) ?? each.state })) : [...things];
}
