/** The order of the day and the walk through it. */
import { describe, expect, it } from "vitest";
import type { TodayItem } from "../src/today/item";
import { briefly, ordered } from "../src/today/merging/order";
import { walk } from "../src/today/merging/walk";

const NOW = Date.parse("2026-11-22T14:00:00+08:00");
const HERE = { lon: 116.95, lat: 31.05 };
const east = (metres: number) => ({ lon: HERE.lon + metres / 95_300, lat: HERE.lat });
const item = (title: string, more: Partial<TodayItem> = {}): TodayItem => ({ icon: "x", title, line: "", to: "/", weight: 50, ...more });
const titles = (items: TodayItem[], order: "time" | "distance") => ordered(items, HERE, order, NOW).map((each) => each.title);

describe("order", () => {
  const items = [
    item("本周", { weight: 10 }),
    item("今天", { weight: 50, point: east(10) }),
    item("剩一小时", { due: "2026-11-22T07:00:00Z", point: east(400) }),
    item("超时", { due: "2026-11-22T05:00:00Z", point: east(900) }),
    item("明天", { due: "2026-11-23T02:00:00Z", point: east(200) }),
    item("停着", { due: "2026-11-22T05:00:00Z", paused: true, point: east(50) }),
  ];

  it("by time: what is late first, what has only a day at its end, what stands last", () => {
    expect(titles(items, "time")).toEqual(["超时", "剩一小时", "今天", "明天", "本周", "停着"]);
  });

  it("by distance: what has no place comes last", () => {
    expect(titles(items, "distance")).toEqual(["今天", "停着", "明天", "剩一小时", "超时", "本周"]);
  });
});

describe("an address in the list", () => {
  it.each([
    ["文昌街道太平社区宏泰华府3栋旁", "宏泰华府3栋旁"],
    ["孔城镇桃花村王庄组12号", "王庄组12号"],
    ["同安路口", "同安路口"],
    ["龙眠街道办事处门口", "龙眠街道办事处门口"],
  ])("%s", (address, said) => {
    expect(briefly(address)).toBe(said);
  });
});

describe("a walk", () => {
  it("needs two stops, and none further than a walk", () => {
    expect(walk([item("一", { point: east(100) }), item("远", { point: east(5_000) })], HERE)).toBeNull();
  });

  it("does not run to and fro: 2-opt mends what the nearest neighbour spoils", () => {
    const stops = [100, -110, 320, -130].map((metres) => item(String(metres), { point: east(metres) }));

    const way = walk(stops, HERE);

    expect(way?.stops.map((stop) => stop.title).slice(2)).toEqual(["100", "320"]);
    expect(way?.metres).toBeCloseTo((130 + 130 + 320) * 1.3, -1);
  });

  it("makes one stop of things at one place, and eight at most", () => {
    const crowd = Array.from({ length: 20 }, (_, at) => item(String(at), { point: east(50 + at * 30) }));

    expect(walk([...crowd, ...crowd], HERE)?.stops).toHaveLength(8);
  });
});
