/** What brings the queue to the server: one tab at a time, in order, with pauses after failures. */
import { ref } from "vue";
import { choose, pause, waitsForWifi } from "./choosing";
import { askJson, Denied, isMetered, online, Unreached } from "./net";
import type { OutItem } from "./outitem";
import { mustChangePassword, mustSignIn, useMe } from "./session";
import { uploadAll, type Unusable } from "./uploads";

/** What the sender needs of the outbox. */
export interface Store {
  open(): OutItem[];
  save(items: readonly OutItem[]): Promise<void>;
  moved(): void;
}

interface Outcome {
  id: string;
  state: "done" | "refused" | "conflict" | "waiting";
  code: string;
  detail: string;
  fields: Record<string, string> | null;
  subject: string;
  version: number | null;
  theirs: Record<string, unknown> | null;
}

/** Records whose files go together, between two batches. */
const STRETCH = 20;
const LOCK = "lianxin-outbox";
const ELSEWHERE = 30_000;

/** Whether something is going out now. */
export const sending = ref(false);
/** When the next try is after a failure; null: at once. */
export const nextTry = ref<Date | null>(null);

let failures = 0;
let again = false;
let timer: ReturnType<typeof setTimeout> | undefined;

/** Send what can go. Called as often as one likes: one run at a time, over all tabs. */
export async function send(store: Store): Promise<void> {
  if (sending.value) {
    again = true;
    return;
  }
  if (!useMe().value || mustSignIn.value || mustChangePassword.value) return;
  clearTimeout(timer);
  nextTry.value = null;
  sending.value = true;
  let wait: number | null = null;
  try {
    wait = await locked(() => run(store));
  } finally {
    sending.value = false;
    store.moved();
  }
  if (again) {
    again = false;
    if (wait === null) return send(store);
  }
  if (wait !== null) plan(store, wait);
}

/** Try again at once, whatever was planned: the signal is back, or somebody pressed. */
export function sendNow(store: Store): Promise<void> {
  failures = 0;
  return send(store);
}

function plan(store: Store, wait: number): void {
  nextTry.value = new Date(Date.now() + wait);
  timer = setTimeout(() => void send(store), wait);
}

async function locked(work: () => Promise<number | null>): Promise<number | null> {
  const locks = (navigator as { locks?: LockManager }).locks;
  // Without locks two tabs may send the same; the server takes each record once all the same.
  if (!locks) return work();
  return locks.request(LOCK, { ifAvailable: true }, (lock) => (lock ? work() : Promise.resolve(ELSEWHERE)));
}

/** Send until nothing more can go. Returns after how many milliseconds to look again, or null. */
async function run(store: Store): Promise<number | null> {
  try {
    let most = 200;
    for (;;) {
      const rules = { now: Date.now(), isMetered: isMetered(), bytes: weigh, most };
      const { batch, why } = choose(store.open(), rules);
      if (batch.length) {
        most = await sendBatch(store, batch, most);
        continue;
      }
      const next = store.open().filter((item) => item.state === "ready" && why.get(item.id) !== "stuck" && item.notBefore <= rules.now
        && item.files.some((file) => !file.there) && !waitsOnly(item)).slice(0, STRETCH);
      if (!next.length) return earliest(store.open());
      await uploadAll(next, store.moved, (item, fault) => refuse(store, item, fault));
      failures = 0;
    }
  } catch (error) {
    // Whatever else goes wrong, such as a database that another app closed, passes; what is kept is kept.
    if (!(error instanceof Unreached) && !(error instanceof Denied)) console.error(error);
    if (error instanceof Denied && error.status === 401) return null;
    failures += 1;
    const asked = error instanceof Denied ? error.retryAfter * 1000 : 0;
    return Math.max(asked, pause(failures - 1));
  }
}

/** Whether all that is left of a record waits for Wi-Fi. */
function waitsOnly(item: OutItem): boolean {
  return waitsForWifi(item, isMetered()) && item.files.every((file) => file.there || (file.kind === "video" && !file.now));
}

function earliest(open: OutItem[]): number | null {
  const times = open.filter((item) => item.state === "ready" && item.notBefore > Date.now()).map((item) => item.notBefore);
  return times.length ? Math.max(1000, Math.min(...times) - Date.now()) : null;
}

const encoder = new TextEncoder();
const weights = new WeakMap<object, number>();

function weigh(item: OutItem): number {
  const data = item.data as object;
  let known = weights.get(data);
  if (known === undefined) weights.set(data, (known = encoder.encode(JSON.stringify(data)).length + 200));
  return known;
}

/** Send a batch and take in what became of it. Returns how many the next may hold. Raises Unreached, Denied. */
async function sendBatch(store: Store, batch: OutItem[], most: number): Promise<number> {
  const records = batch.map(({ id, kind, madeAt, data, after }) => ({ id, kind, made_at: madeAt.toISOString(), data, ...(after ? { after } : {}) }));
  let answer: { outcomes: Outcome[] };
  try {
    answer = await askJson("/api/v1/sync", { json: { device_now: new Date().toISOString(), records }, patience: 90_000 });
  } catch (error) {
    if (!(error instanceof Denied) || ![400, 413, 422].includes(error.status)) throw error;
    // The batch as such was not readable: halve it until the one that spoils it stands alone, and show that one.
    if (batch.length > 1) return Math.max(1, batch.length >> 1);
    await refuse(store, batch[0] as OutItem, error);
    return 200;
  }
  failures = 0;
  online.value = true;
  const found = new Map(answer.outcomes.map((outcome) => [outcome.id, outcome]));
  for (const item of batch) take(item, found.get(item.id));
  await store.save(batch);
  return most < 200 ? Math.min(200, most * 2) : most;
}

function take(item: OutItem, outcome: Outcome | undefined): void {
  if (!outcome || outcome.state === "waiting") {
    item.tries += 1;
    item.notBefore = Date.now() + pause(item.tries);
    item.said = outcome?.detail ?? "";
    // The server lacks a file we thought it had: look again what it holds.
    if (outcome?.code === "files") for (const file of item.files) file.there = false;
    return;
  }
  item.state = outcome.state;
  item.code = outcome.code;
  item.said = outcome.detail;
  item.fields = outcome.fields;
  item.theirs = outcome.theirs;
  item.version = outcome.version;
  item.led = outcome.subject;
  if (outcome.state === "done") item.doneAt = new Date();
}

async function refuse(store: Store, item: OutItem, fault: Unusable | Denied): Promise<void> {
  item.state = "refused";
  item.code = fault.code;
  item.said = fault.detail;
  item.fields = fault instanceof Denied ? { ...fault.fields } : null;
  await store.save([item]);
}
