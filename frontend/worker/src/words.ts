/** The words of the interface: the Chinese text is the key, so that a table for another language can be loaded later. */

type Values = Record<string, string | number>;

let table: Readonly<Record<string, string>> = {};

/** Load a translation; what it lacks stays Chinese. */
export function speak(words: Readonly<Record<string, string>>): void {
  table = words;
}

/** Return the words, with `{name}` filled in: `t("还有 {n} 条", { n: 3 })`. */
export function t(words: string, values?: Values): string {
  const said = table[words] ?? words;
  return values ? said.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole)) : said;
}

const zone = { timeZone: "Asia/Shanghai" } as const;
const day = new Intl.DateTimeFormat("en-CA", { ...zone, year: "numeric", month: "2-digit", day: "2-digit" });
const hour = new Intl.DateTimeFormat("zh-CN", { ...zone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" });

/** Return the day in the place, as 2026-11-22. */
export function dayOf(at: Date): string {
  return day.format(at);
}

/** Say an instant as the house does: today 14:05, this year 11月21日 14:05, else with the year. */
export function instant(at: Date | string, now: Date = new Date()): string {
  const when = typeof at === "string" ? new Date(at) : at;
  const [date, today] = [dayOf(when), dayOf(now)];
  if (date === today) return hour.format(when);
  const [year, month, number] = date.split("-").map(Number);
  const said = `${month}月${number}日 ${hour.format(when)}`;
  return date.slice(0, 4) === today.slice(0, 4) ? said : `${year}年${said}`;
}

/** Say a size as people read it: 1.2 MB, 340 KB. */
export function size(bytes: number): string {
  if (bytes >= 1e9) return `${(bytes / 1e9).toFixed(1)} GB`;
  if (bytes >= 1e6) return `${(bytes / 1e6).toFixed(1)} MB`;
  return `${Math.max(1, Math.round(bytes / 1e3))} KB`;
}

/** Say a distance: 12 米, 1.3 公里. */
export function far(metres: number): string {
  return metres < 950 ? t("{n} 米", { n: Math.round(metres) }) : t("{n} 公里", { n: (metres / 1000).toFixed(1) });
}
