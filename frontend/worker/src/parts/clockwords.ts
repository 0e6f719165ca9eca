/** How much time is left, in words. */
import { t } from "../words";

const [MINUTE, HOUR, DAY] = [60_000, 3_600_000, 86_400_000];
const NEAR = 2 * HOUR;

export interface Said {
  state: "ok" | "warn" | "late" | "paused";
  words: string;
}

/** Say what is left until `due`; without `warn` the last fifth of two hours is near. */
export function remaining(due: string, warn: string | null, paused: boolean, now: Date): Said {
  if (paused) return { state: "paused", words: t("已挂起") };
  const left = Date.parse(due) - now.getTime();
  if (left < 0) return { state: "late", words: t("超时 {span}", { span: span(-left) }) };
  const isNear = warn ? now.getTime() >= Date.parse(warn) : left <= NEAR / 5;
  return { state: isNear ? "warn" : "ok", words: t("剩 {span}", { span: span(left) }) };
}

/** Say a span: minutes under an hour, else hours, else days. */
export function span(milliseconds: number): string {
  if (milliseconds < HOUR) return t("{n} 分", { n: Math.max(1, Math.round(milliseconds / MINUTE)) });
  if (milliseconds < 2 * DAY) return t("{n} 小时", { n: Math.round(milliseconds / HOUR) });
  return t("{n} 天", { n: Math.round(milliseconds / DAY) });
}
