import type { Feature, MultiPolygon, Polygon, Position } from "geojson";
import { describe, expect, it, vi } from "vitest";
import { areaOf, boxAround, circle, closed, crosses, distance, facing, grown, lateTenths, lengthOf, rectangle, roundLength, sayArea, sayLength, slices, within } from "../src/onemap/geometry";
import { borderLines } from "../src/onemap/borders";
import { readView, writeView, type View } from "../src/onemap/view";

vi.mock("maplibre-gl", () => ({}));
vi.mock("../src/page", () => ({ make: () => ({}) }));
const { exploded, stepOf } = await import("../src/onemap/buildings");
const { dressed, sayCluster } = await import("../src/onemap/points");
const { measures, outline, polygonOf, sketched } = await import("../src/onemap/sketch");

const LON = 116.95;
const LAT = 31.05;
const METRE_NORTH = 180 / (Math.PI * 6_371_008.8);
const METRE_EAST = METRE_NORTH / Math.cos((LAT * Math.PI) / 180);
const at = (east: number, north: number): Position => [LON + east * METRE_EAST, LAT + north * METRE_NORTH];

describe("measures", () => {
  it("know a hundred metres in both directions, and a hectare", () => {
    expect(distance(at(0, 0), at(100, 0))).toBeCloseTo(100, 1);
    expect(distance(at(0, 0), at(0, 100))).toBeCloseTo(100, 1);
    const hectare = [at(0, 0), at(100, 0), at(100, 100), at(0, 100)];
    expect(areaOf(hectare) / 10_000).toBeCloseTo(1, 3);
    expect(areaOf([...hectare].reverse())).toBeCloseTo(areaOf(closed(hectare)), 6);
    expect(lengthOf(closed(hectare)) / 400).toBeCloseTo(1, 4);
  });

  it("are said as people say them", () => {
    expect([sayLength(260.4), sayLength(1254)]).toEqual(["260 米", "1.25 公里"]);
    expect(sayArea(10_000)).toBe("10,000 平方米 · 15 亩");
    expect(sayArea(1_250_000)).toBe("1.25 平方公里 · 1,875 亩");
    expect([roundLength(130), roundLength(99), roundLength(2400)]).toEqual([100, 50, 2000]);
  });

  it("make a circle of the radius, and a rectangle whichever corner came first", () => {
    const ring = circle(at(0, 0), 250);
    expect(ring[0]).toEqual(ring[ring.length - 1]);
    for (const place of ring) expect(distance(at(0, 0), place)).toBeCloseTo(250, 0);
    expect(rectangle(at(50, 50), at(0, 0))).toEqual(rectangle(at(0, 0), at(50, 50)));
  });
});

describe("a drawn polygon", () => {
  const bow = [at(0, 0), at(100, 100), at(100, 0), at(0, 100)];

  it("is closed once and not twice", () => {
    const open = [at(0, 0), at(9, 0), at(9, 9)];
    expect(closed(open)).toHaveLength(4);
    expect(closed(closed(open))).toEqual(closed(open));
  });

  it("has no crossing edges; neighbours that touch do not cross", () => {
    expect(crosses(bow)).toBe(true);
    expect(crosses([at(0, 0), at(100, 0), at(100, 100), at(0, 100)])).toBe(false);
    expect(crosses([at(0, 0), at(100, 0), at(50, 40)])).toBe(false);
  });

  it("is a surface only when it is ended and has points enough", () => {
    const points = [at(0, 0), at(100, 0), at(100, 100)];
    expect(polygonOf({ figure: "polygon", points, ended: false })).toBeNull();
    expect(polygonOf({ figure: "polygon", points: points.slice(0, 2), ended: true })).toBeNull();
    expect(polygonOf({ figure: "line", points, ended: true })).toBeNull();
    expect(polygonOf({ figure: "polygon", points, ended: true })?.coordinates[0]).toHaveLength(4);
    expect(polygonOf({ figure: "circle", points: points.slice(0, 2), ended: true })?.coordinates[0]).toHaveLength(49);
  });

  it("measures what it shows", () => {
    const { length, area } = measures({ figure: "rectangle", points: [at(0, 0), at(200, 50)], ended: true });
    expect(area / 10_000).toBeCloseTo(1, 3);
    expect(length / 500).toBeCloseTo(1, 3);
    expect(measures({ figure: "line", points: [at(0, 0), at(30, 40)], ended: false })).toEqual({ length: expect.closeTo(50, 1) as number, area: 0 });
    const words = sketched({ figure: "line", points: [at(0, 0), at(30, 40)], ended: false }, true).features.map(({ properties }) => properties?.["words"] as string | undefined);
    expect(words.filter(Boolean)).toEqual(["50 米"]);
    expect(outline("line", [at(0, 0)])).toHaveLength(1);
  });
});

describe("a cluster's arc", () => {
  it("shows any late case and closes only when all are late", () => {
    expect([lateTenths(0, 26), lateTenths(1, 1000), lateTenths(5, 26), lateTenths(25, 26), lateTenths(26, 26)]).toEqual([0, 1, 2, 9, 10]);
    expect([sayCluster(999), sayCluster(1234), sayCluster(12_345)]).toEqual(["999", "1.2千", "1.2万"]);
  });

  it("is a picture by size and share; a case is a picture by its clock", () => {
    const point = (properties: object) => ({ type: "Feature" as const, geometry: { type: "Point" as const, coordinates: at(0, 0) }, properties });
    const pictures = dressed({ type: "FeatureCollection", features: [point({ cluster: true, count: 26, late: 5 }), point({ shape: "clock", tone: "late" }), point({ shape: "clock", tone: "" }), point({ shape: "patrol" }), point({ shape: "unknown" })] });
    expect(pictures.features.map(({ properties }) => properties?.["picture"] as string)).toEqual(["cluster-1-2", "late", "ok", "point", "unit"]);
  });
});

describe("the address of a view", () => {
  const view: View = { centre: [LON, LAT], zoom: 15.25, bearing: 12, pitch: 55, on: ["areas", "cases"], open: ["estate", "E-1.2"], building: "B:7", tint: "visits", at: "2026-11-18T06:00:00.000Z" };

  it("comes back as it went", () => expect(readView(`?${writeView(view)}`)).toEqual(view));

  it("leaves out what is wrong in it, and keeps that nothing is on", () => {
    expect(readView("?c=999,1,3&open=<b>~x&building=%3Cscript%3E&at=gestern&on=")).toEqual({ on: [] });
    expect(readView("?c=116.9,31,99")).toEqual({});
    expect(readView("")).toEqual({});
  });
});

describe("an open building", () => {
  const turned = (east: number, north: number): Position => at(east * Math.cos(0.5) - north * Math.sin(0.5), east * Math.sin(0.5) + north * Math.cos(0.5));
  const footprint = closed([turned(0, 0), turned(60, 0), turned(60, 12), turned(0, 12)]);
  const house: Feature<Polygon | MultiPolygon, never> = {
    type: "Feature", geometry: { type: "Polygon", coordinates: [footprint] }, properties: { key: "b", name: "6 栋", height: 18, floors: 6, units: 3 } as never,
  };

  it("is divided across its long side into entrances of the same size that together are the whole", () => {
    const parts = slices(footprint, 3);
    expect(parts).toHaveLength(3);
    for (const part of parts) expect(areaOf(part) / (areaOf(footprint) / 3)).toBeCloseTo(1, 2);
    // The first entrance lies west of the last, however the footprint turns.
    expect(boxAround(parts[0] ?? [])[0]).toBeLessThan(boxAround(parts[2] ?? [])[0]);
  });

  it("is looked at from its long side", () => {
    const { bearing, length } = facing(footprint);
    expect(bearing).toBeCloseTo((-0.5 * 180) / Math.PI, 1);
    expect(length).toBeCloseTo(60, 1);
  });

  it("has a slab for each floor and entrance; the chosen floor stands free", () => {
    const whole = exploded(house, null, new Map([["3-2", { on: 2, all: 4 }]])).features;
    expect(whole).toHaveLength(18);
    const base = (features: typeof whole, floor: number) => features.find(({ properties }) => properties?.["floor"] === floor)?.properties?.["base"] as number;
    const raised = exploded(house, 4, new Map()).features;
    expect(base(raised, 3)).toBe(base(whole, 3));
    expect(base(raised, 4)).toBeGreaterThan(base(whole, 4));
    expect(base(raised, 5) - base(raised, 4)).toBeGreaterThan(base(whole, 5) - base(whole, 4));
    expect(whole.find(({ properties }) => properties?.["floor"] === 3 && properties["unit"] === 2)?.properties?.["step"]).toBe(stepOf(0.5));
  });
});

it("a border between two grids is drawn once, and one on the community's border is the community's", () => {
  const square = (x: number, size: number, properties: object) => ({ type: "Feature" as const, properties, geometry: { type: "Polygon" as const, coordinates: [[[x, 0], [x + size, 0], [x + size, 1], [x, 1], [x, 0]]] } });
  const lines = borderLines([square(0, 1, { level: "grid" }), square(1, 1, { level: "grid" }), { ...square(0, 1, { level: "community", rim: true }), geometry: { type: "Polygon", coordinates: [[[0, 0], [1, 0], [2, 0], [2, 1], [1, 1], [0, 1], [0, 0]]] } }]).features;
  const edges = (level: string) => lines.filter(({ properties }) => properties?.["level"] === level).reduce((sum, { geometry }) => sum + geometry.coordinates.length - 1, 0);
  expect([edges("community"), edges("grid")]).toEqual([6, 1]);
});

it("a window that lies in what was fetched asks for nothing", () => {
  const box = [116.9, 31, 117, 31.1] as const;
  expect(within(box, grown(box, 0.25))).toBe(true);
  expect(within(grown(box, 0.25), box)).toBe(false);
});
