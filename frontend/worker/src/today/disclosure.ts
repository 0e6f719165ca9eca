/** Notices on 今天: an urgent one nobody has opened, and what is to be confirmed by a day. */
import type { Packed, TodayItem } from "./item";

/** Return what notices ask of me. */
export function items(pack: Packed): TodayItem[] {
  const told = pack.notices;
  if (!told) return [];
  return told.notices
    .filter((each) => (each.is_urgent && each.is_unread) || (each.confirm_by !== null && !each.is_confirmed))
    .map((each): TodayItem => ({
      icon: each.is_urgent ? "alert" : "bell", title: `${each.confirm_by && !each.is_unread ? "请确认" : "通知"}：${each.title}`,
      line: each.signed, due: each.confirm_by, to: `/notice/${each.key}`, weight: each.is_urgent ? 90 : 40,
      subject: `notice:${each.key}`,
    }));
}
