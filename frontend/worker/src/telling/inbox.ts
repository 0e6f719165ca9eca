/** Notices as this phone knows them: what waits to be read or confirmed, with what was done here and not yet sent. */
import { computed, type ComputedRef } from "vue";
import { put, useOutbox, type OutItem } from "../store/outbox";
import { usePack, type Pack } from "../store/pack";
import { t } from "../words";

export type Notice = Pack["notices"]["notices"][number];
export type Message = Pack["notices"]["messages"][number];

/** What this phone did about a notice and has not yet sent; the pack does not know of it. */
export interface Marks {
  read: boolean;
  confirmed: boolean;
  explained: boolean;
  questions: string[];
}

interface ReadData {
  notice: string;
  version: number;
  confirmed: boolean;
  explained: boolean;
}

/** The order key of a notice in the outbox. */
export function noticeSubject(key: string): string {
  return `notice:${key}`;
}

/** Gather what the outbox holds about a notice. What ended lately counts too: the next pack may be older. */
export function marksOf(notice: Pick<Notice, "key" | "version">, items: readonly OutItem[]): Marks {
  const mine = items.filter((item) => item.subject === noticeSubject(notice.key) && item.state !== "refused");
  const reads = mine.filter((item) => item.kind === "notice.read").map((item) => item.data as ReadData);
  const current = reads.filter((data) => data.version >= notice.version);
  return {
    read: current.length > 0,
    confirmed: current.some((data) => data.confirmed),
    explained: reads.some((data) => data.explained),
    questions: mine.filter((item) => item.kind === "notice.ask").map((item) => (item.data as { words: string }).words),
  };
}

/** Whether a notice still wants reading or confirming. */
export function wants(notice: Notice, marks: Marks): "read" | "confirm" | "" {
  if (notice.is_unread && !marks.read) return "read";
  return notice.confirm_by && !notice.is_confirmed && !marks.confirmed ? "confirm" : "";
}

/** Unread first, then what wants confirming, then the latest. */
export function inOrder(notices: readonly Notice[], items: readonly OutItem[]): { notice: Notice; want: ReturnType<typeof wants> }[] {
  const rank = { read: 0, confirm: 1, "": 2 } as const;
  return notices
    .map((notice) => ({ notice, want: wants(notice, marksOf(notice, items)) }))
    .sort((a, b) => rank[a.want] - rank[b.want] || Number(b.notice.is_pinned) - Number(a.notice.is_pinned) || b.notice.published_at.localeCompare(a.notice.published_at));
}

/** Ids of messages opened on this phone, sent or not. */
export function openedOf(items: readonly OutItem[]): Set<number> {
  return new Set(items.filter((item) => item.kind === "message.read").flatMap((item) => (item.data as { ids: number[] }).ids));
}

/** How many wait in the inbox, for the bell. */
export function useUnread(): ComputedRef<number> {
  const [pack, items] = [usePack("notices"), useOutbox()];
  return computed(() => {
    const told = pack.value;
    if (!told) return 0;
    const opened = openedOf(items.value);
    const notices = told.notices.filter((each) => wants(each, marksOf(each, items.value)) === "read").length;
    return notices + told.messages.filter((each) => !each.is_read && !opened.has(each.id)).length;
  });
}

/** Note that a notice was read, confirmed or told to residents. */
export function mark(notice: Notice, done: { confirmed?: boolean; explained?: boolean } = {}): Promise<string> {
  const data: ReadData = { notice: notice.key, version: notice.version, confirmed: done.confirmed ?? false, explained: done.explained ?? false };
  const label = done.explained ? t("已向居民说明") : done.confirmed ? t("确认通知") : t("看过通知");
  return put({ kind: "notice.read", data, subject: noticeSubject(notice.key), label, detail: notice.title });
}

/** Ask about a notice. */
export function askAbout(notice: Notice, words: string): Promise<string> {
  return put({ kind: "notice.ask", data: { notice: notice.key, words }, subject: noticeSubject(notice.key), label: t("提问"), detail: words.slice(0, 60) });
}

/** Note that messages were opened. */
export function markMessages(ids: number[]): Promise<string> {
  return put({ kind: "message.read", data: { ids }, subject: "messages", label: t("看过消息"), detail: t("{n} 条", { n: ids.length }) });
}

/** Where a message leads in this app, or nothing: some lead to pages that only the console has. */
export function placeOf(link: string): string {
  const number = /^\/console\/cases\/([\w-]+)/.exec(link)?.[1];
  if (number) return `/case/${number}`;
  const key = /^\/console\/notices\/in\/([\w-]+)/.exec(link)?.[1];
  if (key) return `/notice/${key}`;
  if (link.startsWith("/console/me/month")) return "/month";
  return link.startsWith("/worker/") ? link.slice("/worker".length) : "";
}
