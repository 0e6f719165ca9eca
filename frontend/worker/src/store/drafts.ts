/** What is typed survives a crash: each page keeps its draft, sealed, until it is sent. */
import { database } from "./db";
import { hasKey, open, seal } from "./keys";

const later = new Map<string, { timer: ReturnType<typeof setTimeout>; value: unknown }>();
const PAUSE = 400;

/** Keep what stands on a page; keystrokes close together are written once. */
export function saveDraft(page: string, value: unknown): Promise<void> {
  clearTimeout(later.get(page)?.timer);
  // The value as it is now, not as it will be when the timer rings.
  const copy: unknown = JSON.parse(JSON.stringify(value ?? null));
  return new Promise((done) => {
    const timer = setTimeout(() => void write(page).then(done), PAUSE);
    later.set(page, { timer, value: copy });
  });
}

async function write(page: string): Promise<void> {
  const kept = later.get(page);
  later.delete(page);
  if (!kept || !hasKey("cache")) return;
  const box = await seal("cache", kept.value);
  await (await database()).put("drafts", { page, at: Date.now(), box });
}

/** Write what is still in memory; the page is being hidden and may never come back. */
export function flushDrafts(): Promise<void> {
  return Promise.all([...later].map(([page, { timer }]) => (clearTimeout(timer), write(page)))).then(() => undefined);
}

/** Return what stood on a page, or null. */
export async function loadDraft<T = unknown>(page: string): Promise<T | null> {
  const waiting = later.get(page);
  if (waiting) return waiting.value as T;
  const row = await (await database()).get("drafts", page);
  return row ? open<T>("cache", row.box) : null;
}

/** Forget a draft: it was sent, or its owner threw it away. */
export async function dropDraft(page: string): Promise<void> {
  clearTimeout(later.get(page)?.timer);
  later.delete(page);
  await (await database()).delete("drafts", page);
}
