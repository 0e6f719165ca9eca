/** Files go on where they broke off. */
import { beforeEach, expect, it, vi } from "vitest";
import { newPhone, photo, sendAll, settle, start, type App } from "./phone";
import { Server } from "./server";

const PIECE = 768 * 1024;
let server: Server;
let app: App;
beforeEach(async () => {
  newPhone();
  server = new Server().install();
  app = await start();
  server.calls = [];
});
const put = (size: number, kind: "photo" | "video" = "photo"): Promise<string> =>
  app.outbox.put({ kind: "case.report", label: "上报", data: {}, files: [{ ...photo(size), kind }] });

it("resumes from what the server has, after a restart", async () => {
  Object.assign(server, { faultAt: 4, fault: "unsent" }); // announce, piece 1, piece 2, then no signal
  await put(PIECE * 4);
  await settle(() => app.sending.nextTry.value !== null);
  expect([...server.files.values()][0]).toMatchObject({ received: PIECE * 2 });
  const half = app.outbox.useOutbox().value[0];
  vi.advanceTimersByTime(100);
  expect(half).toBeDefined();
  Object.assign(server, { calls: [], faultAt: 0 });
  app = await start();
  await sendAll(app);
  expect([...server.files.values()][0]?.writes).toEqual([0, PIECE, PIECE * 2, PIECE * 3]);
  expect(server.calls.filter((call) => call.startsWith("HEAD"))).toHaveLength(1);
  expect(server.taken).toHaveLength(1);
});

it("begins again when the server cleared what lay half done", async () => {
  Object.assign(server, { faultAt: 3, fault: "unsent" });
  await put(PIECE * 2);
  await settle(() => app.sending.nextTry.value !== null);
  server.files.clear();
  await sendAll(app);
  expect(server.taken).toHaveLength(1);
});

it("sends a file again that the server lost after it was whole", async () => {
  server.judge = () => null;
  Object.assign(server, { faultAt: 3, fault: "unsent" }); // announce, piece, then the record itself is not heard
  await put(100);
  await settle(() => app.sending.nextTry.value !== null);
  server.files.clear();
  await sendAll(app);
  expect(server.taken).toHaveLength(1);
});

it("a file that is not taken makes its record ask its owner, and holds up nobody", async () => {
  server.overrides.set(1, () => new Response(JSON.stringify({ code: "invalid", detail: "", errors: { size: "照片太大" } }), { status: 422 }));
  const id = await put(100);
  const other = await app.outbox.put({ kind: "case.report", label: "上报", data: {} });
  await sendAll(app, 2);
  expect(server.taken).toEqual([other]);
  expect(app.outbox.useOutbox().value[0]).toMatchObject({ id, state: "refused", said: "照片太大" });
});

it("a video waits for Wi-Fi until its owner says now; photos and records go", async () => {
  vi.stubGlobal("navigator", { connection: { type: "cellular" } });
  const film = await put(2000, "video");
  const plain = await put(100);
  await sendAll(app, 2);
  expect(server.taken).toEqual([plain]);
  await app.outbox.sendOverMetered(film);
  await sendAll(app);
  expect(server.taken).toEqual([plain, film]);
});
