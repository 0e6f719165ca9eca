/** Patrols on 今天: rounds of today by when they must be walked, and hazards that want a look. */
import { hazardSubject, roundSubject } from "../patrolling/shapes";
import { dayOf } from "../words";
import type { Packed, TodayItem } from "./item";

const SOON = 2 * 86_400_000;

/** Return what patrols ask of me. */
export function items(pack: Packed): TodayItem[] {
  const told = pack.patrols;
  if (!told) return [];
  const [now, today] = [Date.now(), dayOf(new Date())];
  const points = new Map(told.points.map((point) => [point.key, point]));
  const rounds = told.rounds
    .filter((round) => round.closes_at !== null && ["planned", "running"].includes(round.state) && Date.parse(round.closes_at) > now && dayOf(new Date(round.opens_at)) <= today)
    .map((round): TodayItem => {
      const next = round.legs.find((leg) => !leg.is_done);
      const done = round.legs.length - round.legs.filter((leg) => !leg.is_done).length;
      return {
        icon: "walk", title: `巡查：${round.name}`, line: `${done}/${round.legs.length} 个点`, due: round.closes_at,
        point: points.get(next?.point ?? "")?.place ?? null, to: `/patrol/${round.key}`, weight: 50, subject: roundSubject(round.key),
      };
    });
  const hazards = told.hazards
    .filter((row) => row.state === "recheck" || row.state === "reported" || Date.parse(`${row.due_date}T23:59:59+08:00`) < now + SOON)
    .slice(0, 6)
    .map((row): TodayItem => ({
      icon: row.grade === "major" ? "alert" : "shield", title: `${row.state === "reported" ? "核实隐患" : "复查隐患"}：${row.what}`, line: row.address,
      due: `${row.due_date}T23:59:59+08:00`, point: row.place, to: `/hazard/${row.key}`, weight: row.grade === "major" ? 75 : 45, subject: hazardSubject(row.key),
    }));
  return [...rounds, ...hazards];
}
