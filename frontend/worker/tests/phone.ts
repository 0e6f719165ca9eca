/** A phone that can be switched off: the app's modules anew on the same database, as after a crash. */
import { IDBFactory } from "fake-indexeddb";
import { vi } from "vitest";

declare const setImmediate: (run: (value?: unknown) => void) => void;

export interface App {
  outbox: typeof import("../src/store/outbox");
  session: typeof import("../src/store/session");
  pack: typeof import("../src/store/pack");
  drafts: typeof import("../src/store/drafts");
  db: typeof import("../src/store/db");
  keys: typeof import("../src/store/keys");
  net: typeof import("../src/store/net");
  sending: typeof import("../src/store/sending");
}

/** Set the phone's clock; its timers run only when a test lets them. The database answers by setImmediate, which goes on by itself. */
export function setClock(now: Date): void {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval", "Date"], now });
}

/** A phone nobody has used. */
export function newPhone(): void {
  vi.stubGlobal("indexedDB", new IDBFactory());
}

/** Start the app as main.ts does; whatever ran before is dead. */
export async function start(): Promise<App> {
  vi.clearAllTimers();
  vi.resetModules();
  const [outbox, session, pack, drafts, db, keys, net, sending, clock] = await Promise.all([
    import("../src/store/outbox"), import("../src/store/session"), import("../src/store/pack"), import("../src/store/drafts"),
    import("../src/store/db"), import("../src/store/keys"), import("../src/store/net"), import("../src/store/sending"), import("../src/store/clock"),
  ]);
  await clock.loadClock();
  await session.loadSession();
  await Promise.all([pack.loadPack(), outbox.startOutbox()]);
  await session.checkSession();
  return { outbox, session, pack, drafts, db, keys, net, sending };
}

/** Let everything run that needs no timer, until something is so, or for a while of real time. */
export async function settle(until: () => boolean = () => false, milliseconds = 5000): Promise<void> {
  const end = performance.now() + milliseconds;
  while (!until() && performance.now() < end) await new Promise((done) => setImmediate(done));
}

/** Send, with all pauses cut short, until the queue is empty or nothing moves. */
export async function sendAll(app: App, rounds = 12): Promise<void> {
  for (let round = 0; round < rounds; round += 1) {
    await app.outbox.sendNow();
    await settle(() => !app.sending.sending.value);
    vi.advanceTimersByTime(400_000);
    await settle(() => !app.sending.sending.value);
    if (!(await (await app.db.database()).count("records"))) return;
  }
}

/** A photo of so many bytes. */
export function photo(size: number, fill = 7): { blob: Blob; kind: "photo"; takenAt: Date } {
  return { blob: new Blob([new Uint8Array(size).fill(fill)]), kind: "photo", takenAt: new Date() };
}
