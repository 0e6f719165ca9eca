/** Small laws: ids, order, pauses, words. */
import { describe, expect, it, vi } from "vitest";
import { remaining } from "../src/parts/clockwords";
import { changed, linesOf } from "../src/showing/labels";
import { choose, pause } from "../src/store/choosing";
import { madeAt, uuid7 } from "../src/store/ids";
import type { OutItem } from "../src/store/outitem";
import { distance } from "../src/store/place";
import { instant, size, t } from "../src/words";

describe("ids", () => {
  it("are of version 7, differ, sort as they were made, also when the clock goes back", () => {
    const ids = Array.from({ length: 9000 }, () => uuid7(1_700_000_000_000));
    ids.push(uuid7(1_600_000_000_000), uuid7(1_800_000_000_000));
    expect(new Set(ids).size).toBe(ids.length);
    expect([...ids].sort()).toEqual(ids);
    for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(madeAt(ids[ids.length - 1] ?? "")).toBe(1_800_000_000_000);
  });
});

const item = (id: string, given: Partial<OutItem> = {}): OutItem => ({
  id, seq: 0, kind: "k", subject: "", after: "", madeAt: new Date(), state: "ready", tries: 0, notBefore: 0, files: [], size: 0, sent: 0, doneAt: null,
  data: {}, label: "", detail: "", said: "", code: "", fields: null, theirs: null, version: null, led: "", photos: 0, ...given,
});
const rules = { now: 100, isMetered: false, bytes: () => 1 };
const chosen = (items: OutItem[], more = {}): string[] => choose(items, { ...rules, ...more }).batch.map((each) => each.id);
const part = (kind: "photo" | "video", there = false) => ({ key: "f", kind, label: "", size: 1, sent: 0, there, now: false });

describe("what goes next", () => {
  it("keeps the order of a subject and holds up nobody else", () => {
    const waiting = item("1", { subject: "a", files: [part("photo")] });
    expect(chosen([waiting, item("2", { subject: "a" }), item("3", { subject: "b" }), item("4")])).toEqual(["3", "4"]);
  });
  it("sends a record together with the one it comes after, never before", () => {
    expect(chosen([item("1"), item("2", { after: "1" })])).toEqual(["1", "2"]);
    expect(chosen([item("1", { notBefore: 200 }), item("2", { after: "1" })])).toEqual([]);
    expect(chosen([item("2", { after: "gone" })])).toEqual(["2"]);
  });
  it("tells what waits for an owner's word", () => {
    const { batch, why } = choose([item("1", { state: "refused", subject: "a" }), item("2", { after: "1" }), item("3", { after: "2" }), item("4", { subject: "a" })], rules);
    expect(batch.map((each) => each.id)).toEqual(["4"]);
    expect([why.get("2"), why.get("3")]).toEqual(["stuck", "stuck"]);
  });
  it("fills a batch to its limits, one record at least, without letting a subject overtake itself", () => {
    expect(chosen([item("1"), item("2"), item("3")], { most: 2 })).toEqual(["1", "2"]);
    expect(chosen([item("1"), item("2", { subject: "a" }), item("3", { subject: "a" })], { bytes: (each: OutItem) => (each.id === "2" ? 900_000 : 500_000) })).toEqual(["1"]);
    expect(chosen([item("1")], { bytes: () => 5_000_000 })).toEqual(["1"]);
  });
  it("looks at ten thousand records in a moment", () => {
    const many = Array.from({ length: 10_000 }, (_, n) => item(String(n), { subject: `s${n % 7}` }));
    const begun = performance.now();
    choose(many, rules);
    expect(performance.now() - begun).toBeLessThan(200);
  });
});

it("pauses double, are spread, and end at five minutes", () => {
  expect(pause(0, 0.5)).toBe(2000);
  expect(pause(3, 0.5)).toBe(16_000);
  expect(pause(3, 0)).toBe(8_000);
  expect(pause(400, 0.999)).toBeLessThan(450_000);
});

it("says how much time is left", () => {
  const now = new Date("2026-11-22T02:00:00Z");
  const at = (minutes: number): string => new Date(now.getTime() + minutes * 60_000).toISOString();
  expect(remaining(at(232), null, false, now)).toEqual({ state: "ok", words: "剩 4 小时" });
  expect(remaining(at(8), null, false, now)).toEqual({ state: "warn", words: "剩 8 分" });
  expect(remaining(at(-3000), null, false, now)).toEqual({ state: "late", words: "超时 2 天" });
  expect(remaining(at(60), at(-1), false, now).state).toBe("warn");
  expect(remaining(at(-5), null, true, now).state).toBe("paused");
});

it("words", () => {
  expect(t("还有 {n} 条", { n: 3 })).toBe("还有 3 条");
  expect(instant("2026-11-21T06:05:00Z", new Date("2026-11-21T10:00:00Z"))).toBe("14:05");
  expect(instant("2026-11-20T16:30:00Z", new Date("2026-11-22T10:00:00Z"))).toBe("11月21日 00:30");
  expect(instant("2025-11-21T06:05:00Z", new Date("2026-11-22T10:00:00Z"))).toBe("2025年11月21日 14:05");
  expect([size(340), size(1_240_000)]).toEqual(["1 KB", "1.2 MB"]);
  expect(distance({ lon: 117, lat: 31 }, { lon: 117.01, lat: 31 })).toBeCloseTo(953, -1);
});

it("shows what a record says, and changes one value of it", () => {
  const data = { number: "1", data: { note: "到了", severity: "urgent" }, files: [{ key: "k" }] };
  expect(linesOf(data)).toEqual([
    { path: ["data", "note"], label: "说明", value: "到了", isText: true },
    { path: ["data", "severity"], label: "急不急", value: "紧急", isText: false },
  ]);
  expect(linesOf({ kind: "problem" }, "case.report")).toEqual([]);
  expect(linesOf({ kind: "home" }, "visit.save")).toMatchObject([{ value: "上门", isText: false }]);
  expect(changed(data, ["data", "note"], "改了")).toEqual({ ...data, data: { ...data.data, note: "改了" } });
});
vi.useRealTimers();
