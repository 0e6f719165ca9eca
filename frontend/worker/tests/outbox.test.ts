/** The outbox against a net that loses requests and answers, and a phone that dies, at every point. */
import { beforeEach, describe, expect, it, vi } from "vitest";
import { newPhone, photo, sendAll, settle, start, type App } from "./phone";
import { Server, type Fault } from "./server";

let server: Server;
beforeEach(() => {
  newPhone();
  server = new Server().install();
});

/** A day's work: two acts on one case, the first with photos; something after it; something of its own. */
async function work(app: App): Promise<string[]> {
  const first = await app.outbox.put({ kind: "case.act", subject: "case-1", label: "核查", data: { n: 1 }, files: [photo(900_000), photo(300)] });
  const second = await app.outbox.put({ kind: "case.act", subject: "case-1", label: "说明", data: { n: 2 } });
  const third = await app.outbox.put({ kind: "visit.save", label: "走访", data: { n: 3 }, after: second });
  const fourth = await app.outbox.put({ kind: "case.report", label: "上报", data: { n: 4 } });
  return [first, second, third, fourth];
}

async function quietApp(): Promise<App> {
  const app = await start();
  server.calls = [];
  return app;
}

async function expectAllOnce(app: App, ids: string[]): Promise<void> {
  expect([...server.taken].sort()).toEqual([...ids].sort());
  const [first, second, third] = ids.map((id) => server.taken.indexOf(id));
  expect(first).toBeLessThan(second as number);
  expect(second).toBeLessThan(third as number);
  for (const file of server.files.values()) expect(file.received).toBe(file.size);
  const db = await app.db.database();
  expect(await Promise.all([db.count("records"), db.count("files"), db.count("pieces")])).toEqual([0, 0, 0]);
  expect(await db.count("outcomes")).toBe(4);
}

/** How many requests the day's work takes when nothing fails. */
async function usualCalls(): Promise<number> {
  const app = await quietApp();
  const ids = await work(app);
  await sendAll(app);
  await expectAllOnce(app, ids);
  return server.calls.length;
}

describe("whatever fails, each record is taken exactly once, in its order", () => {
  const faults: Fault[] = ["unsent", "unanswered", "dies before", "dies after"];
  it.each(faults)("%s, at each request", async (fault) => {
    const calls = await usualCalls();
    expect(calls).toBeGreaterThan(5);
    for (let at = 1; at <= calls; at += 1) {
      newPhone();
      server = new Server().install();
      let app = await quietApp();
      Object.assign(server, { fault, faultAt: at });
      let isDead = false;
      server.died = () => (isDead = true);
      const ids = await work(app);
      await settle(() => isDead || app.sending.nextTry.value !== null || server.taken.length === 4);
      if (isDead) app = await start();
      await sendAll(app);
      await expectAllOnce(app, ids);
    }
  });

  it("the phone dies at any step of keeping a record: it is whole, or it is not there", async () => {
    for (let at = 1; at < 12; at += 1) {
      newPhone();
      server = new Server().install();
      let app = await start();
      let steps = 0;
      const original = IDBDatabase.prototype.transaction;
      IDBDatabase.prototype.transaction = function (this: IDBDatabase, ...given: Parameters<typeof original>) {
        steps += 1;
        if (steps >= at) throw new DOMException("the phone is off", "InvalidStateError");
        return original.apply(this, given);
      } as typeof original;
      const kept = await app.outbox.put({ kind: "case.report", label: "上报", data: {}, files: [photo(1_700_000)] }).then(() => true, () => false);
      await settle(() => false, 20);
      IDBDatabase.prototype.transaction = original;
      app = await start();
      await sendAll(app);
      expect(server.taken.length === 1, `dying at step ${at}`).toBe(kept);
    }
  });
});

describe("what the server does not take stays, visibly", () => {
  it("a refused record keeps its words; what follows it waits; mended, both go", async () => {
    const app = await quietApp();
    server.judge = (record) => (record.data["note"] === "" ? { state: "refused", code: "note", detail: "还要写一句说明", fields: { note: "写一句" } } : null);
    const id = await app.outbox.put({ kind: "case.act", subject: "c", label: "核查", data: { note: "" }, files: [photo(10)] });
    const next = await app.outbox.put({ kind: "visit.save", label: "走访", data: {}, after: id });
    await sendAll(app, 2);
    const shown = (): Map<string, string> => new Map(app.outbox.useOutbox().value.map((item) => [item.id, item.state]));
    expect(shown()).toEqual(new Map([[id, "refused"], [next, "ready"]]));
    expect(app.outbox.useOutbox().value[0]).toMatchObject({ said: "还要写一句说明", fields: { note: "写一句" } });
    const again = await start(); // it is still there after a crash, photo and all
    const item = again.outbox.useOutbox().value[0];
    await again.outbox.resend(id, { ...(item?.data as object), note: "到了" });
    await sendAll(again);
    expect(server.taken).toEqual([id, next]);
  });

  it("a conflict holds both versions until its owner decides", async () => {
    const app = await quietApp();
    server.judge = (record) => (record.data["overrides"] === 5 ? null : { state: "conflict", code: "stale", detail: "刘* 改过", version: 5, theirs: { count: 5 } });
    const id = await app.outbox.put({ kind: "visit.save", subject: "v", label: "走访", data: { count: 4 } });
    await sendAll(app, 1);
    const item = app.outbox.useOutbox().value[0];
    expect(item).toMatchObject({ state: "conflict", data: { count: 4 }, theirs: { count: 5 }, version: 5 });
    await app.outbox.resend(id, { count: 4, overrides: 5 });
    await sendAll(app);
    expect(server.taken).toEqual([id]);
  });

  it("giving one up asks about what follows it, and removes its photos", async () => {
    const app = await quietApp();
    server.judge = () => ({ state: "refused", code: "gone", detail: "已结案" });
    const id = await app.outbox.put({ kind: "case.act", label: "核查", data: {}, files: [photo(10)] });
    const next = await app.outbox.put({ kind: "visit.save", label: "走访", data: {}, after: id });
    await sendAll(app, 1);
    await app.outbox.drop(id);
    const states = new Map((await start()).outbox.useOutbox().value.map((item) => [item.id, item.state]));
    expect(states).toEqual(new Map([[next, "refused"], [id, "dropped"]]));
    expect(await (await app.db.database()).count("pieces")).toBe(0);
  });

  it("one record that spoils a batch is found and shown; the others go", async () => {
    const app = await quietApp();
    app.session.mustSignIn.value = true; // nothing goes while they are put
    const ids: string[] = [];
    for (let n = 0; n < 7; n += 1) ids.push(await app.outbox.put({ kind: "case.report", label: "上报", data: { n } }));
    app.session.mustSignIn.value = false;
    const real = globalThis.fetch;
    vi.stubGlobal("fetch", (path: string, init: RequestInit) => {
      const isBad = path === "/api/v1/sync" && (JSON.parse(String(init.body)) as { records: { data: { n: number } }[] }).records.some((each) => each.data.n === 3);
      return isBad ? Promise.resolve(new Response(JSON.stringify({ code: "invalid", detail: "读不懂" }), { status: 422 })) : real(path, init);
    });
    await sendAll(app, 3);
    expect(server.taken).toEqual(ids.filter((_, n) => n !== 3));
    expect(app.outbox.useOutbox().value[0]).toMatchObject({ id: ids[3], state: "refused", said: "读不懂" });
  });
});

describe("pauses", () => {
  it("waits as long as the server asks, and longer each time", async () => {
    const app = await quietApp();
    const busy = (): Response => new Response("{}", { status: 503, headers: { "Retry-After": "120" } });
    server.overrides.set(1, busy);
    await app.outbox.put({ kind: "case.report", label: "上报", data: {} });
    await settle(() => app.sending.nextTry.value !== null);
    expect(server.calls).toHaveLength(1);
    vi.advanceTimersByTime(119_000);
    await settle(() => false, 20);
    expect(server.calls).toHaveLength(1);
    vi.advanceTimersByTime(2_000);
    await settle(() => server.taken.length === 1);
    expect(server.taken).toHaveLength(1);
  });

  it("many puts make one run at a time", async () => {
    const app = await quietApp();
    let running = 0;
    let most = 0;
    const real = globalThis.fetch;
    vi.stubGlobal("fetch", async (path: string, init: RequestInit) => {
      running += 1;
      most = Math.max(most, running);
      await settle(() => false, 3);
      const answer = await real(path, init);
      running -= 1;
      return answer;
    });
    const ids = await Promise.all([1, 2, 3, 4, 5].map((n) => app.outbox.put({ kind: "case.report", label: "上报", data: { n } })));
    await sendAll(app);
    expect(most).toBe(1);
    expect([...server.taken].sort()).toEqual([...ids].sort());
  });
});

it("five hundred records with two photos each go in order, in few requests", async () => {
  const app = await quietApp();
  app.session.mustSignIn.value = true;
  const ids: string[] = [];
  for (let n = 0; n < 500; n += 1) ids.push(await app.outbox.put({ kind: "case.act", subject: `c${n % 50}`, label: "核查", data: { n }, files: [photo(2000), photo(1000)] }));
  app.session.mustSignIn.value = false;
  await sendAll(app, 40);
  expect(server.taken).toHaveLength(500);
  for (let subject = 0; subject < 50; subject += 1) {
    const own = ids.filter((_, n) => n % 50 === subject);
    expect(server.taken.filter((id) => own.includes(id))).toEqual(own);
  }
  expect(server.calls.filter((call) => call === "POST /api/v1/sync").length).toBeLessThan(40);
  expect(server.calls).toHaveLength(2000 + server.calls.filter((call) => call === "POST /api/v1/sync").length);
}, 60_000);
