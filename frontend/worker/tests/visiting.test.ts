/** Visits in the phone: a home is found by a piece of its address; what is sent says no more than it should. */
import { expect, it } from "vitest";
import { homesOf, search } from "../src/visiting/homes";
import { sent } from "../src/visiting/shapes";
import { asData, blank } from "../src/visiting/telling";
import { items } from "../src/today/visits";

const building = (name: string, numbers: string[]) => ({
  code: name, name, kind: "residential", estate: "", address: `桐城市和平社区和平小区${name}`, point: null, footprint: null, floors: 3,
  dwellings: numbers.map((number) => ({ code: `${name}-${number}`, entrance: "1", floor: 3, number, use: "self" })),
});
const homes = homesOf({ estates: [], establishments: [], buildings: [building("3幢", ["301", "302"]), building("13幢", ["302"])] });

it("finds a home by pieces of its address in their order", () => {
  expect(search(homes, "3幢302").map((home) => home.code)).toEqual(["3幢-302", "13幢-302"]);
  expect(search(homes, "13 302").map((home) => home.code)).toEqual(["13幢-302"]);
  expect(search(homes, "和平 １单元 301").map((home) => home.code)).toEqual(["3幢-301"]);
  expect(search(homes, "302 3幢 9")).toEqual([]);
  expect(search(homes, "  ")).toEqual([]);
});

it("tells a case which building, not whose door", () => {
  const told = { ...blank(), leads: ["case"], matter: "楼道灯坏了" };
  expect(asData(told, null, "和平小区3幢1单元302室")["case"]).toEqual({ text: "楼道灯坏了", address: "和平小区3幢" });
  expect(asData(told, null, "三里村15号")["case"]).toEqual({ text: "楼道灯坏了", address: "三里村15号" });
});

it("leads nowhere when nobody was met", () => {
  const told = { ...blank(), outcome: ["nobody"], leads: ["case", "wish"], matter: "x", wish: "y", topics: ["house"], mood: ["well"] };
  expect(asData(told, null, "")).toMatchObject({ outcome: "nobody", case: null, wish: "", topics: [], mood: "" });
});

it("sends the hour as the place has it, whatever the phone's zone", () => {
  expect(asData({ ...blank(), visited_at: "2026-11-22T20:30" }, null, "")["visited_at"]).toBe("2026-11-22T20:30:00+08:00");
});

it("sends no field twice and none empty", () => {
  expect(sent({ values: { phone: "139", name: " " }, confirmed: ["phone", "sex"] })).toEqual({ values: { phone: "139" }, confirmed: ["sex"] });
});

it("puts a missed sign before everything, and of visits only what somebody waits for", () => {
  const whom = (weight: number) => ({ person: `p${weight}`, dwelling: "", name: "王**", address: "3幢", why: ["约好今天再去"], needs: [], weight, due: null, form: null });
  const sign = { key: "s", day: "2026-11-22", state: "worker", asked_at: "", until: "2026-11-22T03:00:00Z", name: "王秀英", address: "3幢", phone: "", neighbour: "", neighbour_phone: "", neighbour_said: "" };
  const choices = { kinds: [], outcomes: [], went: [], company: [], topics: [], moods: [], needs: [] };
  const made = items({ visits: { whom: [whom(210), whom(50)], diary: [], signs: [sign], calls: [], choices } });
  expect(made.map((each) => [each.to, each.weight])).toEqual([["/sign/s", 100], ["/visit/new?person=p210", 50]]);
  expect(made.every((each) => !each.point)).toBe(true);
});
