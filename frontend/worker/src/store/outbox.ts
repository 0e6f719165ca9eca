/** The outbox: what was done in the field and is not yet at the server. Nothing in it is ever lost silently. */
import { computed, shallowRef, type Ref } from "vue";
import { say } from "../parts/toast";
import { t } from "../words";
import type { Draft, OutItem } from "./outitem";
import { keep, noteFile, readAll, removeFile, tidy, write } from "./queue";
import { watchRoom } from "./quota";
import { send as sendQueue, sendNow as sendQueueNow, sending } from "./sending";
import { onEnter, onForget } from "./session";

export type { Draft, OutFile, OutItem, OutPart } from "./outitem";
export { blobOf } from "./queue";
export { nextTry, sending } from "./sending";

const all = new Map<string, OutItem>();
const shown = shallowRef<OutItem[]>([]);
const PAINT = 80;
let painting: ReturnType<typeof setTimeout> | undefined;

/** Everything not yet taken, refused or in conflict, in its order; then what ended in the last seven days, newest first. */
export function useOutbox(): Readonly<Ref<OutItem[]>> {
  return shown;
}

/** What waits, was refused or is in conflict for one subject, such as a case. */
export function pendingFor(subject: string): Readonly<Ref<OutItem[]>> {
  return computed(() => shown.value.filter((item) => item.subject === subject && isOpen(item)));
}

/** Whether an item is still the worker's concern. */
export function isOpen(item: OutItem): boolean {
  return item.state === "ready" || item.state === "refused" || item.state === "conflict";
}

/** How many wait to be sent. */
export const waitingCount: Readonly<Ref<number>> = computed(() => shown.value.filter((item) => item.state === "ready").length);
/** How many ask for a decision. */
export const troubledCount: Readonly<Ref<number>> = computed(() => shown.value.filter((item) => item.state === "refused" || item.state === "conflict").length);

/** Put a record with its photos into the phone; it is sent when it can be. Returns its id, once it is safe. */
export async function put<D>(draft: Draft<D>): Promise<string> {
  const item = await keep(draft).catch((error: unknown) => {
    if ((error as Error | null)?.name === "QuotaExceededError") say(t("手机存满了，这一条还没存下。先到有信号的地方把没送的送出去，再存一次"));
    throw error;
  });
  all.set(item.id, item);
  paint(true);
  tellOthers();
  if (item.files.length) void watchRoom();
  void send();
  return item.id;
}

/** Send what can go. */
export function send(): Promise<void> {
  return sendQueue(store);
}

/** Send at once, whatever pause was planned. */
export function sendNow(): Promise<void> {
  return sendQueueNow(store);
}

/** Give a record up, with its photos. What was to follow it asks its owner what to do. */
export async function drop(id: string): Promise<void> {
  const item = all.get(id);
  if (!item) return;
  const followers = [...all.values()].filter((each) => each.after === id && isOpen(each));
  for (const each of followers) Object.assign(each, { state: "refused", code: "left_alone", after: "", said: t("它前面的“{label}”已经放弃，这一条还送不送？", { label: item.label }) });
  Object.assign(item, { state: "dropped", doneAt: new Date() });
  await store.save([item, ...followers]);
}

/** Send a refused record or one in conflict again, changed or as it is. */
export async function resend(id: string, data?: unknown): Promise<void> {
  const item = all.get(id);
  if (!item) return;
  Object.assign(item, { state: "ready", code: "", said: "", fields: null, theirs: null, tries: 0, notBefore: 0 });
  if (data !== undefined) item.data = data;
  await store.save([item]);
  await send();
}

/** Take one file out of a record that was refused because of it. */
export async function dropFile(id: string, key: string): Promise<void> {
  const item = all.get(id);
  if (!item) return;
  const data = item.data as { files?: { key: string }[] };
  item.data = { ...data, files: (data.files ?? []).filter((file) => file.key !== key) };
  item.files = item.files.filter((file) => file.key !== key);
  item.size = item.files.reduce((sum, file) => sum + file.size, 0);
  await removeFile(key);
  await store.save([item]);
}

/** Send a record's videos now, though the link is metered. */
export async function sendOverMetered(id: string): Promise<void> {
  const item = all.get(id);
  if (!item) return;
  for (const file of item.files) {
    file.now = true;
    await noteFile(file.key, { now: true });
  }
  await sendNow();
}

const store = {
  open: (): OutItem[] => [...all.values()].filter(isOpen).sort((a, b) => a.seq - b.seq),
  save: async (items: readonly OutItem[]): Promise<void> => {
    await write(items);
    paint();
    tellOthers();
  },
  moved: (): void => paint(),
};

/** Show changes at most every 80 ms: five hundred records may move at once. */
function paint(atOnce = false): void {
  if (atOnce) {
    clearTimeout(painting);
    painting = undefined;
    draw();
  } else painting ??= setTimeout(() => ((painting = undefined), draw()), PAINT);
}

function draw(): void {
  const ended = [...all.values()].filter((item) => !isOpen(item)).sort((a, b) => (b.doneAt?.getTime() ?? 0) - (a.doneAt?.getTime() ?? 0));
  shown.value = [...store.open(), ...ended].map((item) => ({ ...item }));
}

/** Read the queue as it lies in the phone. */
export async function loadOutbox(): Promise<void> {
  const items = await readAll();
  const there = new Set(items.map((item) => item.id));
  // What is on its way now is ours: its object must stay the one that the sender changes.
  if (!sending.value) for (const id of all.keys()) if (!there.has(id)) all.delete(id);
  for (const item of items) if (!sending.value || !all.has(item.id)) all.set(item.id, item);
  paint(true);
}

const channel = typeof BroadcastChannel === "undefined" ? null : new BroadcastChannel("lianxin-outbox");
let reading = false;

function tellOthers(): void {
  channel?.postMessage("changed");
}

/** Begin: clear what a crash left half-written, follow other tabs. */
export async function startOutbox(): Promise<void> {
  await tidy();
  await loadOutbox();
  channel?.addEventListener("message", () => {
    if (reading) return;
    reading = true;
    setTimeout(() => void loadOutbox().finally(() => (reading = false)).then(send), 300);
  });
}

onForget(() => {
  all.clear();
  paint(true);
});
onEnter(async () => {
  await loadOutbox();
  void send();
});
