import { describe, expect, it } from "vitest";
import { ahead, direction, distance, sector } from "../src/onemap/geometry";

const AT = [117.01, 31.01];

describe("the wedge of a camera", () => {
  it("goes as far and where it says", () => {
    for (const turn of [0, 45, 90, 179, 270, 359]) {
      const there = ahead(AT, turn, 120);
      expect(distance(AT, there)).toBeCloseTo(120, 1);
      expect(Math.abs(((direction(AT, there) - turn + 540) % 360) - 180)).toBeLessThan(0.01);
    }
  });

  it("is a closed ring at the reach, from side to side", () => {
    const ring = sector(AT, 90, 60, 100);
    expect(ring[0]).toEqual(ring.at(-1));
    expect(ring[0]).toEqual(AT);
    const turns = ring.slice(1, -1).map((corner) => direction(AT, corner));
    expect(Math.max(...turns)).toBeCloseTo(120, 1);
    expect(Math.min(...turns)).toBeCloseTo(60, 1);
    for (const corner of ring.slice(1, -1)) expect(distance(AT, corner)).toBeCloseTo(100, 1);
  });

  it("has no corner at the mast when it sees all around", () => {
    expect(sector(AT, 0, 360, 30)).not.toContainEqual(AT);
  });
});
