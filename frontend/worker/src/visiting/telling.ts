/** What is told of a visit while it is written, and as the server takes it. Chips hold lists, also where one is chosen. */
import type { Diary } from "./shapes";

export interface Told {
  kind: string[];
  outcome: string[];
  went: string[];
  company: string[];
  topics: string[];
  mood: string[];
  words: string;
  follow_up_on: string;
  visited_at: string;
  /** What it shall lead to: case, wish, need. */
  leads: string[];
  matter: string;
  wish: string;
  need: string[];
  evidence: string;
}

export function blank(): Told {
  return { kind: ["home"], outcome: ["met"], went: ["self"], company: [], topics: [], mood: [], words: "", follow_up_on: "", visited_at: "", leads: [], matter: "", wish: "", need: [], evidence: "" };
}

/** Return a visit of the diary as the form shows it. */
export function fromDiary(one: Diary): Partial<Told> {
  return { kind: [one.kind], outcome: [one.outcome], went: [one.went], company: [...one.company], topics: [...one.topics], mood: one.mood ? [one.mood] : [], words: one.words, follow_up_on: one.follow_up_on ?? "" };
}

/** Return what is sent. Time of day is the place's own, whatever the phone's zone; `stood` is when an old visit was. */
export function asData(told: Told, stood: string | null, address: string): Record<string, unknown> {
  const met = told.outcome[0] === "met";
  const leads = (name: string): boolean => met && told.leads.includes(name);
  return {
    kind: told.kind[0] ?? "home", outcome: told.outcome[0] ?? "met", went: told.went[0] ?? "self", company: told.company,
    topics: met ? told.topics : [], mood: (met && told.mood[0]) || "", words: told.words.trim(), follow_up_on: told.follow_up_on || null,
    visited_at: stood ?? (told.visited_at ? `${told.visited_at}:00+08:00` : null),
    case: leads("case") ? { text: told.matter.trim(), address: doorless(address) } : null,
    wish: leads("wish") ? told.wish.trim() : "",
    need: leads("need") ? { need: told.need[0] ?? "", evidence: told.evidence.trim() } : null,
  };
}

/** A case goes to departments: it says which building, not whose door. */
function doorless(address: string): string {
  return address.replace(/(\d+单元)?[^幢栋号楼单元]*室?$/, "") || address;
}

/** Now as a control for day and hour takes it, in the place's own time. */
export function localNow(at: Date = new Date()): string {
  return new Date(at.getTime() + 8 * 3_600_000).toISOString().slice(0, 16);
}
