/** The drawn map: places and pixels, what lies where, and how that is said. */
import { describe, expect, it } from "vitest";
import { whereIs } from "../src/mapping/address";
import { inside, ringsOf, type Scene } from "../src/mapping/scene";
import { fitted, moved, toPixel, toPlace, zoomed, type View } from "../src/mapping/view";

const VIEW: View = { lon: 116.95, lat: 31.05, scale: 2, width: 360, height: 240 };
const at = (east: number, north: number) => ({ lon: 116.95 + east / 95_265, lat: 31.05 + north / 111_195 });
const square = (east: number, north: number, half: number) => {
  const [w, e, s, n] = [at(east - half, 0).lon, at(east + half, 0).lon, at(0, north - half).lat, at(0, north + half).lat];
  return [[w, s], [e, s], [e, n], [w, n], [w, s]];
};
const outline = (name: string, east: number, north: number, half: number) => ({ code: name, name, rings: [[square(east, north, half)]] });

describe("a view", () => {
  it("gives the place back that a pixel came from", () => {
    const [x, y] = toPixel(VIEW, at(120, -80));

    expect(toPlace(VIEW, x, y).lon).toBeCloseTo(at(120, -80).lon, 9);
    expect(x).toBeCloseTo(180 + 60, 0);
    expect(y).toBeCloseTo(120 + 40, 0);
  });

  it("keeps what lies under the fingers there while it zooms, and moves with them", () => {
    const held = toPlace(VIEW, 40, 200);

    const [x, y] = toPixel(moved(zoomed(VIEW, 3, 40, 200), 12, -7), held);

    expect([x, y].map(Math.round)).toEqual([52, 193]);
  });

  it("shows a box whole", () => {
    const view = fitted(VIEW, { west: at(-900, 0).lon, east: at(900, 0).lon, south: at(0, -100).lat, north: at(0, 100).lat });

    expect(toPixel(view, at(-900, 0))[0]).toBeGreaterThanOrEqual(23);
    expect(toPixel(view, at(900, 100))[0]).toBeLessThanOrEqual(337);
  });
});

describe("where a point is, in words", () => {
  const scene: Scene = {
    areas: [{ ...outline("同安社区第3网格", 0, 0, 500), level: "grid" }],
    estates: [outline("同安新村", 0, 0, 200)],
    buildings: [{ ...outline("3 栋", 0, 0, 20), estate: "同安新村", address: "", point: at(0, 0) }],
  };

  it.each([
    [at(0, 0), "同安新村 3 栋", "同安社区第3网格"],
    [at(45, 0), "同安新村 3 栋东侧", "同安社区第3网格"],
    [at(-40, -40), "同安新村 3 栋西南侧", "同安社区第3网格"],
    [at(150, 150), "同安新村", "同安社区第3网格"],
    [at(400, 0), "", "同安社区第3网格"],
    [at(5_000, 0), "", null],
  ])("says it for %o", (point, address, grid) => {
    expect(whereIs(point, scene)).toEqual({ address, grid });
  });

  it("leaves the hole of an area outside", () => {
    const ring = { code: "", name: "", rings: ringsOf({ type: "Polygon", coordinates: [square(0, 0, 100), square(0, 0, 30)] }) };

    expect([inside(at(60, 0), ring), inside(at(0, 0), ring), inside(at(200, 0), ring)]).toEqual([true, false, false]);
  });
});
