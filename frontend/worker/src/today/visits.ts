/** Visits on 今天: signs of life that were missed come before everything; calls by their time; a few people to visit. */
import { signSubject, whomSubject } from "../visiting/shapes";
import type { Packed, TodayItem } from "./item";

const MOST = 5;
const DUE = 150; // from here on somebody waits: overdue care, a day that was agreed

/** Return what signs and visits ask of me. */
export function items(pack: Packed): TodayItem[] {
  const told = pack.visits;
  if (!told) return [];
  const signs = told.signs.map((each): TodayItem => ({
    icon: "alert", title: "平安信号没来，马上联系", line: each.address, due: each.until, to: `/sign/${each.key}`, weight: 100,
    subject: signSubject(each.key, each.day),
  }));
  const calls = told.calls.map((each): TodayItem => ({
    icon: "phone", title: "打电话问平安", line: each.address, due: each.until, to: `/sign/${each.key}`, weight: 70,
    subject: signSubject(each.key, each.day),
  }));
  const visits = told.whom.filter((each) => each.weight >= DUE).slice(0, MOST).map((each): TodayItem => ({
    icon: "heart", title: `走访：${each.name || "新搬来的一户"}`, line: [each.address, each.why[0]].filter(Boolean).join(" · "), when: "今天",
    to: each.person ? `/visit/new?person=${each.person}` : `/visit/new?dwelling=${encodeURIComponent(each.dwelling)}`,
    weight: 50, subject: whomSubject(each.person || each.dwelling),
  }));
  return [...signs, ...calls, ...visits];
}
