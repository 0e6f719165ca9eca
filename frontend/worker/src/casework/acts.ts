/** What each act asks for on a phone, and the data it sends; the acts and their words come with the case. */
import type { OutFile } from "../store/outitem";
import { t } from "../words";
import type { PackAct } from "./shapes";

/** What is filled in. */
export interface Filled {
  note: string;
  reason: string;
  isPublic: boolean;
  days: number;
  files: OutFile[];
}

/** How an act's sheet looks beside the note and the reasons that the pack demands. */
interface Manner {
  /** The verb on the button; without it the act's own label. */
  verb?: string;
  hint?: string;
  /** Whether words may be written at all. */
  hasNote?: boolean;
  hasPhotos?: boolean;
  /** A switch: the reporter reads it. */
  canPublish?: boolean;
  hasDays?: boolean;
  /** It is done at once, without a sheet. */
  isBare?: boolean;
}

const MANNERS: Record<string, Manner> = {
  accept: { isBare: true },
  report_in: { hint: "说一声到了，不写也行", hasNote: true },
  contact: { hint: "和上报人说了什么" },
  progress: { hint: "办到哪一步，还要做什么", hasPhotos: true, canPublish: true },
  handle: { hint: "怎么办的，结果怎样", hasPhotos: true, canPublish: true },
  return: { verb: "退回去", hint: "为什么不该你办，该谁办" },
  ask_extension: { verb: "送出申请", hint: "为什么要延期", hasDays: true },
  answer: { verb: "答复", hint: "这些话会给上报人看" },
  escalate: { hint: "为什么这一级解决不了" },
  annotate: { verb: "记下", hint: "给同事看的话，上报人看不到", hasPhotos: true },
  reply: { verb: "答复", hint: "这些话会给上报人看" },
  resolve_on_spot: { verb: "解决了，送出", hint: "怎么解决的", hasPhotos: true },
};

/** Return how an act's sheet looks; an act of a newer server gets words, if it wants them. */
export function mannerOf(act: PackAct): Required<Manner> {
  const known = MANNERS[act.name] ?? {};
  return {
    verb: known.verb ? t(known.verb) : t(act.label),
    hint: known.hint ? t(known.hint) : "",
    hasNote: act.needs_note || known.hasNote === true,
    hasPhotos: known.hasPhotos === true,
    canPublish: known.canPublish === true,
    hasDays: known.hasDays === true,
    isBare: known.isBare === true,
  };
}

/** Acts that have a page or a sheet here, in the order a thumb wants them; others stay with the desk. */
export const ORDER = ["accept", "handle", "resolve_on_spot", "report_in", "progress", "contact", "answer", "reply", "annotate", "ask_extension", "escalate", "return"];

/** The act that moves the case on: one primary button a page. */
export function mainAct(acts: readonly PackAct[]): PackAct | null {
  const main = ["accept", "report_in", "handle", "resolve_on_spot", "answer"];
  return main.map((name) => acts.find((act) => act.name === name)).find((act) => act !== undefined) ?? null;
}

/** Return what is still missing, as a sentence; "" when it can go. */
export function missing(act: PackAct, filled: Filled): string {
  const lacking = act.photos.filter((want) => !want.is_there && !filled.files.some((file) => file.label === want.label));
  if (lacking.length) return t("还缺{names}", { names: lacking.map((want) => want.name).join("、") });
  if (Object.keys(act.reasons).length && !filled.reason) return t("先选一个原因");
  return act.needs_note && !filled.note.trim() ? t("写一句情况") : "";
}

/** Return the act's own data. */
export function dataOf(act: PackAct, filled: Filled): Record<string, unknown> {
  const manner = mannerOf(act);
  return {
    ...(manner.hasNote ? { note: filled.note.trim() } : {}),
    ...(Object.keys(act.reasons).length ? { reason: filled.reason } : {}),
    ...(manner.canPublish ? { is_public: filled.isPublic } : {}),
    ...(manner.hasDays ? { more: { value: filled.days, unit: "work_day" } } : {}),
  };
}
