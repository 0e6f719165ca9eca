/** What was reported already, and whether one stands at the place. */
import { describe, expect, it } from "vitest";
import { standing } from "../src/mapping/onsite";
import { alikeTo, likeness } from "../src/proposing/alike";

const NOW = Date.parse("2026-11-22T14:00:00+08:00");
const HERE = { lon: 116.95, lat: 31.05 };
const east = (metres: number) => ({ lon: HERE.lon + metres / 95_265, lat: HERE.lat });
const known = (number: string, title: string, metres: number, hours: number, category = "") => ({
  number, title, category, point: east(metres), reported_at: new Date(NOW - hours * 3_600_000).toISOString(),
});

describe("somebody has reported this already", () => {
  it.each([
    ["near and lately, of a kind not known yet, in other words", known("1", "路灯不亮", 42, 2), false],
    ["near and lately, of another kind", known("7", "路灯不亮", 42, 2, "060201"), false],
    ["near and lately, filed as another kind but told alike", known("8", "装修垃圾挡路", 42, 2, "010101"), true],
    ["near, long ago, of another kind", known("2", "路灯不亮", 42, 200, "060201"), false],
    ["near, long ago, of the same kind and still open", known("3", "又是垃圾", 42, 200, "010104"), true],
    ["around, in like words", known("4", "桶边堆了几袋装修垃圾", 180, 60), true],
    ["around, in other words", known("5", "路灯不亮", 180, 1), false],
    ["far away, in the same words", known("6", "桶边堆了几袋装修垃圾", 2_000, 1), false],
  ])("%s", (_said, one, found) => {
    const told = { text: "桶边堆了几袋装修垃圾，挡住半边路", point: HERE, category: "010104" };

    expect(alikeTo(told, [one], NOW).length > 0).toBe(found);
  });

  it("shows what is near before anything is told", () => {
    const near = [known("1", "路灯不亮", 42, 2, "060201"), known("2", "路灯不亮", 90, 2), known("3", "路灯不亮", 20, 40)];

    const found = alikeTo({ text: " ", point: HERE }, near, NOW);

    expect(found.map((each) => [each.case.number, Math.round(each.metres)])).toEqual([["1", 42]]);
  });

  it("measures words as the server does", () => {
    expect(likeness("井盖破损", "井盖破损")).toBe(1);
    expect(likeness("井盖破损", "路灯不亮")).toBe(0);
    expect(likeness("井盖破损", "井盖破损了")).toBeCloseTo((3 / 4 + 1) / 2, 5);
  });
});

describe("standing at the place", () => {
  it.each([
    [{ ...east(12), accuracy: 8 }, "here"],
    [{ ...east(110), accuracy: 65 }, "here"],
    [{ ...east(260), accuracy: 20 }, "away"],
    [{ ...east(400), accuracy: 600 }, "unsure"],
    [null, "unknown"],
  ])("%o is %s", (here, state) => {
    expect(standing(here, HERE).state).toBe(state);
  });
});
