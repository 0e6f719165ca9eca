/** What the phone carries: sections of the pack, sealed in the database, at hand at once and kept fresh. */
import { ref, shallowRef, type Ref, type ShallowRef } from "vue";
import { database, readMeta, writeMeta } from "./db";
import { hasKey, open, seal } from "./keys";
import { askJson, Denied, Unreached } from "./net";
import { learn } from "./clock";
import type { Pack } from "./sections";
import { expire, mustSignIn, noteContact, onEnter, onForget, useMe } from "./session";

export type { Pack } from "./sections";
type Name = keyof Pack;
interface Answer {
  now: string;
  day: string;
  sections: Record<string, { tag: string; data: unknown } | null>;
}

const held = new Map<string, ShallowRef<unknown>>();
const tags = new Map<string, string>();
const time: Ref<Date | null> = ref(null);

/** Whether the last refresh failed though there was a signal. */
export const packFault = ref("");

function slot(name: string): ShallowRef<unknown> {
  let found = held.get(name);
  if (!found) held.set(name, (found = shallowRef(null)));
  return found;
}

/** Return a section: from the phone at once, then kept fresh; null when this person has none. */
export function usePack<K extends Name>(name: K): Readonly<Ref<Pack[K] | null>> {
  return slot(name) as Readonly<Ref<Pack[K] | null>>;
}

/** As of when the pack is. */
export function packTime(): Readonly<Ref<Date | null>> {
  return time;
}

/** Read what lies in the phone. */
export async function loadPack(): Promise<void> {
  if (!hasKey("cache")) return;
  for (const row of await (await database()).getAll("pack")) {
    const data = await open<unknown>("cache", row.box);
    // What cannot be opened is asked for again, as if it had never been there.
    if (data === null) continue;
    slot(row.name).value = data;
    tags.set(row.name, row.tag);
  }
  const at = await readMeta<number>("packTime");
  time.value = at && tags.size ? new Date(at) : null;
}

let running: Promise<void> | null = null;

let early: Promise<Answer> | null = null;

/** Ask for the whole pack before it is known who asks: the answers to both questions are needed, so both are asked at once. */
export function askEarly(): void {
  early = askJson<Answer>("/api/v1/pack?have=", { isSignIn: true });
  early.catch(() => undefined);
}

/** Forget that answer: whoever signs in from now on may be another. */
export function dropEarly(): void {
  early = null;
}

function fetched(): Promise<Answer> {
  const begun = early;
  early = null;
  if (begun && !tags.size) return begun;
  const have = [...tags].map(([name, tag]) => `${name}:${tag}`).join(",");
  return askJson<Answer>(`/api/v1/pack?have=${encodeURIComponent(have)}`);
}

/** Ask for what has changed. Without a signal nothing happens; what is there stays. */
export function refresh(): Promise<void> {
  running ??= ask().finally(() => (running = null));
  return running;
}

async function ask(): Promise<void> {
  if (!useMe().value || mustSignIn.value) return;
  const asked = Date.now();
  try {
    const answer = await fetched();
    learn(answer.now, asked, Date.now());
    await take(answer);
    await noteContact();
    packFault.value = "";
  } catch (error) {
    if (error instanceof Denied) packFault.value = error.status === 401 ? "" : error.detail;
    else if (!(error instanceof Unreached)) throw error;
    await expire();
  }
}

async function take(answer: Answer): Promise<void> {
  if (!hasKey("cache")) return;
  const fresh = Object.entries(answer.sections);
  // Sealing waits, and a transaction does not: seal first, then write all at once.
  const rows = await Promise.all(
    fresh.map(async ([name, section]) => section && { name, tag: section.tag, box: await seal("cache", section.data) }),
  );
  const tx = (await database()).transaction("pack", "readwrite");
  await Promise.all([...fresh.map(([name], i) => (rows[i] ? tx.store.put(rows[i]) : tx.store.delete(name))), tx.done]);
  for (const [name, section] of fresh) {
    slot(name).value = section?.data ?? null;
    if (section) tags.set(name, section.tag);
    else tags.delete(name);
  }
  time.value = new Date(answer.now);
  await writeMeta("packTime", time.value.getTime());
}

const EVERY = 120_000;

/** Keep the pack fresh: now, when the app is looked at again, and every two minutes while it is. */
export function keepFresh(): void {
  const look = (): void => {
    if (document.visibilityState === "visible") void refresh();
  };
  document.addEventListener("visibilitychange", look);
  setInterval(look, EVERY);
  look();
}

onForget(() => {
  for (const each of held.values()) each.value = null;
  tags.clear();
  time.value = null;
});
onEnter(refresh);
