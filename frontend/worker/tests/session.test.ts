/** What the phone keeps is sealed, and forgotten when it should be; what is unsent waits for its owner only. */
import { beforeEach, describe, expect, it, vi } from "vitest";
import { newPhone, photo, sendAll, setClock, settle, start, type App } from "./phone";
import { Server } from "./server";

let server: Server;
const SECRET = "独居老人王桂英";
beforeEach(() => {
  newPhone();
  server = new Server().install();
  server.pack = { visits: { tag: "a1", data: { whom: SECRET } } };
});

async function filled(): Promise<App> {
  const app = await start();
  await app.pack.refresh();
  app.session.mustSignIn.value = true; // keep it unsent
  await app.outbox.put({ kind: "visit.save", label: `走访 · ${SECRET}`, data: { note: SECRET }, files: [photo(400)] });
  const draft = app.drafts.saveDraft("visit", { note: SECRET });
  await app.drafts.flushDrafts();
  void draft;
  app.session.mustSignIn.value = false;
  return app;
}

/** Everything in the database as text: bytes as letters, keys as nothing. */
async function everything(app: App): Promise<string> {
  const db = await app.db.database();
  const told: string[] = [];
  const tell = (value: unknown): void => {
    if (value instanceof ArrayBuffer) told.push(new TextDecoder().decode(value));
    else if (value instanceof Uint8Array) told.push(new TextDecoder().decode(value));
    else if (typeof value === "object" && value !== null && !(value instanceof CryptoKey)) Object.values(value).forEach(tell);
    else told.push(String(value));
  };
  for (const store of db.objectStoreNames) for (const row of await db.getAll(store)) tell(row);
  return told.join("\n");
}

describe("at rest", () => {
  it("nothing personal can be read without the keys, and no key can be read out", async () => {
    const app = await filled();
    expect(app.pack.usePack("visits").value).toEqual({ whom: SECRET });
    const text = await everything(app);
    expect(text).not.toContain(SECRET);
    expect(text).not.toContain("许跃进");
    expect(text).not.toContain(String.fromCharCode(7).repeat(20));
    const key = await (await app.db.database()).get("meta", "cacheKey");
    await expect(crypto.subtle.exportKey("raw", key as CryptoKey)).rejects.toThrow();
  });

  it("opens again after a restart, without the server", async () => {
    await filled();
    vi.stubGlobal("fetch", () => Promise.reject(new TypeError("no signal")));
    const app = await start();
    expect(app.session.useMe().value?.name).toBe("许跃进");
    expect(app.pack.usePack("visits").value).toEqual({ whom: SECRET });
    expect(await app.drafts.loadDraft("visit")).toEqual({ note: SECRET });
    expect(app.outbox.useOutbox().value).toHaveLength(1);
  });

  it("a key that is gone or another is a clean start", async () => {
    let app = await filled();
    await (await app.db.database()).delete("meta", "cacheKey");
    server.state = "out";
    app = await start();
    expect(app.session.useMe().value).toBeNull();
    expect(await (await app.db.database()).count("pack")).toBe(0);
  });
});

describe("forgetting", () => {
  const gone = async (app: App): Promise<number[]> => {
    const db = await app.db.database();
    return Promise.all([db.count("pack"), db.count("drafts"), db.count("thumbs")]);
  };

  it("revoked from elsewhere: the cache goes, what is unsent stays sealed for its owner", async () => {
    let app = await filled();
    server.state = "revoked";
    await app.pack.refresh();
    await settle(() => app.session.useMe().value === null);
    expect(app.session.leaving.value).toBe("revoked");
    expect(await gone(app)).toEqual([0, 0, 0]);
    expect(app.keys.hasKey("outbox")).toBe(false);
    expect(app.outbox.useOutbox().value).toEqual([]);
    app = await start();
    expect(app.session.leaving.value).toBe("revoked");
    server.state = "in";
    await app.session.checkSession();
    await sendAll(app);
    expect(server.taken).toHaveLength(1);
  });

  it("run out: work goes on from the phone, nothing is sent until the sign-in, then everything", async () => {
    const app = await filled();
    server.state = "out";
    await app.outbox.sendNow();
    await settle(() => app.session.mustSignIn.value);
    expect(app.session.useMe().value).not.toBeNull();
    expect(app.outbox.useOutbox().value).toHaveLength(1);
    server.state = "in";
    await app.session.checkSession();
    await sendAll(app);
    expect(server.taken).toHaveLength(1);
  });

  it("another account sees nothing of it and never sends it; the owner's sign-in does", async () => {
    let app = await filled();
    await app.session.signOut();
    Object.assign(server, { account: "8", state: "in" });
    app = await start();
    expect(app.session.useMe().value?.account).toBe("8");
    expect(app.outbox.useOutbox().value).toEqual([]);
    const own = await app.outbox.put({ kind: "case.report", label: "上报", data: {} });
    await sendAll(app, 3);
    expect(server.taken).toEqual([own]);
    const { sealedOfOthers } = await import("../src/store/queue");
    expect(await sealedOfOthers()).toBe(1);
    await app.session.signOut();
    Object.assign(server, { account: "7", state: "in" });
    app = await start();
    expect(app.outbox.useOutbox().value).toMatchObject([{ data: { note: SECRET } }]);
    await sendAll(app);
    expect(server.taken).toHaveLength(2);
  });

  it("signed out without a signal: the server's session ends before anything else, and lets nobody in", async () => {
    let app = await filled();
    const real = globalThis.fetch;
    vi.stubGlobal("fetch", () => Promise.reject(new TypeError("no signal")));
    await app.session.signOut();
    app = await start();
    expect(app.session.useMe().value).toBeNull();
    vi.stubGlobal("fetch", real);
    server.calls = [];
    await app.session.checkSession();
    expect(server.calls).toEqual(["GET /worker/session", "POST /api/v1/sign-out", "GET /worker/session"]);
    expect(app.session.useMe().value).toBeNull();
  });

  it("too many days without contact: the cache goes, also at the next start", async () => {
    await filled();
    vi.stubGlobal("fetch", () => Promise.reject(new TypeError("no signal")));
    setClock(new Date("2026-11-25T00:59:00Z"));
    expect((await start()).session.useMe().value).not.toBeNull();
    setClock(new Date("2026-11-25T01:01:00Z"));
    const app = await start();
    expect(app.session.useMe().value).toBeNull();
    expect(app.session.leaving.value).toBe("unused");
    expect(await gone(app)).toEqual([0, 0, 0]);
    expect(await (await app.db.database()).count("records")).toBe(1);
  });

  it("a wipe that is cut short after the keys leaves nothing to read and is finished at the next start", async () => {
    let app = await filled();
    await app.keys.dropKeys(["cache", "outbox"]); // and here the phone dies
    server.state = "out";
    app = await start();
    expect(await gone(app)).toEqual([0, 0, 0]);
    expect(await (await app.db.database()).count("records")).toBe(1);
  });
});

it("a pack brings what changed and takes away what is gone", async () => {
  const app = await filled();
  server.pack = { visits: null, cases: { tag: "b", data: { cases: [] } } };
  await app.pack.refresh();
  expect(app.pack.usePack("visits").value).toBeNull();
  expect((await start()).pack.usePack("cases").value).toEqual({ cases: [] });
});

it("fetches a token anew when the server no longer takes the old one, and asks once more", async () => {
  const app = await start();
  server.calls = [];
  server.overrides.set(1, () => new Response(JSON.stringify({ code: "csrf", detail: "" }), { status: 403 }));
  await app.outbox.put({ kind: "case.report", label: "上报", data: {} });
  await settle(() => server.taken.length === 1);
  expect(server.calls).toEqual(["POST /api/v1/sync", "GET /worker/session", "POST /api/v1/sync"]);
});

it("learns how wrong the phone's clock is, to the second and not by a slow answer", async () => {
  server.offset = -20 * 60_000;
  const app = await start();
  const clock = await import("../src/store/clock");
  expect(clock.clockFault.value).toBeLessThan(-19 * 60_000);
  expect(Math.abs(clock.now().getTime() - Date.now() + 20 * 60_000)).toBeLessThan(2_000);
  const learnt = clock.now().getTime() - Date.now();
  clock.learn(new Date(Date.now() + learnt).toUTCString(), Date.now() - 30_000, Date.now() + 30_000);
  expect(clock.now().getTime() - Date.now()).toBe(learnt);
  void app;
});
