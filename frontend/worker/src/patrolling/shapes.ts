/** Patrols as the phone has them: what the pack says, and what was done here and is not there yet. */
import type { OutItem } from "../store/outitem";
import type { Pack } from "../store/pack";
import type { Spot } from "../today/item";

export type Patrols = Pack["patrols"];
export type PackRound = Patrols["rounds"][number];
export type PackPoint = Patrols["points"][number];
export type Hazard = Patrols["hazards"][number];
export type Question = Patrols["checklists"][number]["questions"][number];

/** A point of a round, with where it stands. */
export interface Leg {
  point: PackPoint;
  isDone: boolean;
  isMissed: boolean;
  excuse: string;
  /** Done here, waiting for a signal or asking for a look. */
  pending: "" | "waiting" | "trouble";
}

/** A round of the pack, or one begun on this phone that the server may not know yet. */
export interface Round {
  key: string;
  name: string;
  day: string;
  state: string;
  opensAt: string;
  closesAt: string | null;
  legs: Leg[];
  isOwn: boolean;
}

export const roundSubject = (key: string): string => `patrol:${key}`;
export const hazardSubject = (key: string): string => `hazard:${key}`;

interface CheckIn {
  round: string;
  point: string;
}

const isAlive = (item: OutItem): boolean => item.state !== "dropped";
const of = (outbox: readonly OutItem[], kind: string): OutItem[] => outbox.filter((item) => item.kind === kind && isAlive(item));

/** Return all rounds, those begun here with them; what was done here counts at once. */
export function roundsOf(pack: Patrols | null, outbox: readonly OutItem[]): Round[] {
  if (!pack) return [];
  const points = new Map(pack.points.map((point) => [point.key, point]));
  const rounds = pack.rounds.map((round): Round => ({
    key: round.key, name: round.name, day: round.day, state: round.state, opensAt: round.opens_at, closesAt: round.closes_at,
    isOwn: round.closes_at === null,
    legs: round.legs.flatMap((leg) => {
      const point = points.get(leg.point);
      return point ? [{ point, isDone: leg.is_done, isMissed: leg.is_missed, excuse: leg.excuse, pending: "" as const }] : [];
    }),
  }));
  for (const item of of(outbox, "patrol.start")) {
    const told = item.data as { round: string | null; name?: string };
    if (told.round || item.state === "refused" || rounds.some((round) => round.key === item.id)) continue;
    const day = item.madeAt.toISOString();
    rounds.push({ key: item.id, name: told.name || "临时巡查", day, state: "running", opensAt: day, closesAt: null, isOwn: true, legs: [] });
  }
  for (const item of of(outbox, "patrol.checkin")) note(rounds, points, item);
  for (const item of of(outbox, "patrol.start")) begin(rounds, (item.data as { round: string | null }).round ?? item.id);
  for (const item of of(outbox, "patrol.finish")) {
    const found = rounds.find((round) => round.key === (item.data as { round: string }).round);
    if (found && item.state !== "refused") found.state = "finished";
  }
  return rounds.sort((a, b) => a.opensAt.localeCompare(b.opensAt));
}

function begin(rounds: Round[], key: string): void {
  const found = rounds.find((round) => round.key === key);
  if (found?.state === "planned") found.state = "running";
}

function note(rounds: Round[], points: ReadonlyMap<string, PackPoint>, item: OutItem): void {
  const told = item.data as CheckIn;
  const round = rounds.find((each) => each.key === told.round);
  const point = points.get(told.point);
  if (!round || !point) return;
  let leg = round.legs.find((each) => each.point.key === point.key);
  if (!leg) round.legs.push((leg = { point, isDone: false, isMissed: false, excuse: "", pending: "" }));
  if (item.state === "refused" || item.state === "conflict") leg.pending = "trouble";
  else {
    leg.isDone = true;
    if (item.state === "ready") leg.pending = "waiting";
  }
  if (round.state === "planned" && leg.isDone) round.state = "running";
}

/** Whether a round may be walked now: its hours, or begun of one's own accord. */
export function isOpen(round: Round, now: Date): boolean {
  if (round.state === "finished" || round.state === "missed") return false;
  return round.closesAt === null || (new Date(round.opensAt) <= now && now < new Date(round.closesAt));
}

/** The next point to go to: the first in order that is not done. */
export function nextLeg(round: Round): Leg | null {
  return round.legs.find((leg) => !leg.isDone) ?? null;
}

export const doneCount = (round: Round): number => round.legs.filter((leg) => leg.isDone).length;

/** Return the questions asked at a point. */
export function questionsAt(pack: Patrols, point: PackPoint): Question[] {
  return pack.checklists.find((list) => list.key === point.checklist)?.questions ?? [];
}

/** Whether a place counts as at a point: within its radius and what the phone is unsure of, believed up to a limit. */
export function isAt(point: PackPoint, metres: number, accuracy: number, most: number): boolean {
  return metres <= point.radius + Math.min(accuracy, most);
}

/** The record that a check-in of a round must wait for: the round's own beginning, while it is on its way. */
export function startOf(round: string, outbox: readonly OutItem[]): string | undefined {
  return outbox.find((item) => item.id === round && item.kind === "patrol.start" && (item.state === "ready" || item.state === "refused"))?.id;
}

export const placeOf = (leg: Leg): Spot => leg.point.place;
