/** Which records go next: pure, one pass over the queue in its order. */
import type { OutItem } from "./outitem";

export const MOST = 200;
export const MOST_BYTES = 900_000;

/** Why a record does not go now. */
export type Why = "" | "before" | "files" | "wifi" | "later" | "stuck";

export interface Choice {
  batch: OutItem[];
  why: Map<string, Why>;
}

export interface Rules {
  now: number;
  isMetered: boolean;
  most?: number;
  bytes: (item: OutItem) => number;
}

/** Whether a part waits for Wi-Fi: a video, over a metered link, unless its owner said “now”. */
export function waitsForWifi(item: OutItem, isMetered: boolean): boolean {
  return isMetered && item.files.some((file) => !file.there && file.kind === "video" && !file.now);
}

/**
 * Choose a batch from the open records in their order. What has the same subject keeps its order: while an earlier one
 * waits, later ones wait. A record after another goes with it or when that is taken. What was refused or is in conflict
 * holds up only what comes after it by name: its owner decides.
 */
export function choose(open: readonly OutItem[], rules: Rules): Choice {
  const batch: OutItem[] = [];
  const why = new Map<string, Why>();
  const untaken = new Set(open.map((item) => item.id));
  const stuck = new Set<string>();
  const held = new Set<string>();
  const chosen = new Set<string>();
  let bytes = 0;
  for (const item of open) {
    if (item.state !== "ready") {
      stuck.add(item.id);
      continue;
    }
    const reason = reasonOf(item);
    if (reason) {
      why.set(item.id, reason);
      if (reason === "stuck") stuck.add(item.id);
      if (item.subject) held.add(item.subject);
      continue;
    }
    const weight = rules.bytes(item);
    const isFull = batch.length >= (rules.most ?? MOST) || (batch.length > 0 && bytes + weight > MOST_BYTES);
    if (isFull) {
      if (item.subject) held.add(item.subject);
      continue;
    }
    bytes += weight;
    batch.push(item);
    chosen.add(item.id);
  }
  return { batch, why };

  function reasonOf(item: OutItem): Why {
    if (item.after && stuck.has(item.after)) return "stuck";
    if (item.after && untaken.has(item.after) && !chosen.has(item.after)) return "before";
    if (item.subject && held.has(item.subject)) return "before";
    if (waitsForWifi(item, rules.isMetered)) return "wifi";
    if (item.files.some((file) => !file.there)) return "files";
    return item.notBefore > rules.now ? "later" : "";
  }
}

const FIRST = 2_000;
const LONGEST = 300_000;

/** Return how long to wait after so many failures, in milliseconds: doubling, spread by half so that phones do not all come at once. */
export function pause(tries: number, random: number = Math.random()): number {
  return Math.min(LONGEST, FIRST * 2 ** Math.min(tries, 20)) * (0.5 + random);
}
