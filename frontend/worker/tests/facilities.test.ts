/** Components in the hand: numbers from labels, the nearest, what typed words find, what I checked a moment ago. */
import { describe, expect, it } from "vitest";
import { found, nearest, numberIn, spoken, withOwn, type Thing, type ThingClass } from "../src/facilities/shapes";
import type { OutItem } from "../src/store/outitem";

const thing = (serial: number, more: Partial<Thing> = {}): Thing => ({
  key: `k${serial}`, number: `3408810102${String(serial).padStart(6, "0")}`, version: 1, category: "0102", name: "污水井盖", state: "intact", since: "2026-11-01",
  point: { lon: 116.95 + serial * 0.001, lat: 31.05 }, address: "东苑路", keeper: "排水所", checked_on: null, cases: [], ...more,
});
const CLASSES: ThingClass[] = [{ code: "0102", name: "污水井盖", initials: "wsjg", major: "公用设施", report: "" }, { code: "0305", name: "垃圾箱", initials: "ljx", major: "市容环境设施", report: "" }];
const item = (component: string, state: string, how: OutItem["state"], doneAt: Date | null = null): OutItem =>
  ({ id: component + state, kind: "component.check", subject: `component:${component}`, data: { component, state }, state: how, doneAt }) as OutItem;

describe("the number on a label", () => {
  it.each([
    ["https://wendu.example/b/3408810102000001", "3408810102000001"],
    ["https://wendu.example/b/3408810102000001?from=poster#x", "3408810102000001"],
    ["3408810102000001", "3408810102000001"],
    [" 340881 0102 000001 ", "3408810102000001"],
    ["３４０８８１-０１０２-０００００１", "3408810102000001"],
    ["https://wendu.example/patrol/AB12CD", ""],
    ["340881010200001", ""],
    ["34088101020000011", ""],
    ["wifi:340881", ""],
    ["", ""],
  ])("is read from %s", (text, number) => expect(numberIn(text)).toBe(number));

  it("is read out in groups", () => expect(spoken("3408810102000001")).toBe("340881 0102 000001"));
});

describe("what typed words find", () => {
  const things = [thing(1), thing(12, { name: "东门垃圾箱", category: "0305", address: "盛唐路", keeper: "环卫所" }), thing(1012)];

  it("finds by the last digits, the whole number, name, initials, road and keeper", () => {
    const named = (text: string): string[] => found(text, things, CLASSES).map((each) => each.key);
    expect(named("000012")).toEqual(["k12"]);
    expect(named("012")).toEqual(["k12", "k1012"]);
    expect(named(thing(1).number)).toEqual(["k1"]);
    expect(named("340881010200101")).toEqual(["k1012"]);
    expect(named("垃圾箱")).toEqual(["k12"]);
    expect(named("wsjg")).toEqual(["k1", "k1012"]);
    expect(named("盛唐 环卫")).toEqual(["k12"]);
    expect(named("没有的")).toEqual([]);
    expect(named("")).toHaveLength(3);
  });
});

describe("what is near", () => {
  it("comes first, bounded, with its metres; without a place as it lies in the pack", () => {
    const things = [thing(3), thing(1), thing(2)];
    expect(nearest(things, { lon: 116.951, lat: 31.05 }, 2).map((each) => [each.key, Math.round(each.metres ?? -1)])).toEqual([["k1", 0], ["k2", 95]]);
    expect(nearest(things, null, 2).map((each) => [each.key, each.metres])).toEqual([["k3", null], ["k1", null]]);
  });
});

describe("what I checked a moment ago", () => {
  const packAt = new Date("2026-11-22T02:00:00Z");

  it("is shown until the pack tells it", () => {
    const state = (items: OutItem[]): string | undefined => withOwn([thing(1)], items, packAt)[0]?.state;
    expect(state([item("k1", "missing", "ready")])).toBe("missing");
    expect(state([item("k1", "missing", "done", new Date("2026-11-22T02:01:00Z"))])).toBe("missing");
    expect(state([item("k1", "missing", "done", new Date("2026-11-22T01:59:00Z"))])).toBe("intact");
    expect(state([item("k1", "missing", "refused")])).toBe("intact");
    expect(state([item("k2", "missing", "ready")])).toBe("intact");
  });
});
