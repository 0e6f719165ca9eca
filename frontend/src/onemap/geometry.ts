/** Measures and shapes on the round earth; positions are lon,lat in degrees (WGS-84), lengths metres, areas square metres. */
import type { Position } from "geojson";

const RADIUS = 6_371_008.8;
const MU = 2000 / 3; // square metres of one 亩
const rad = (degrees: number): number => (degrees * Math.PI) / 180;

export type Ring = Position[];
export type Box = readonly [west: number, south: number, east: number, north: number];

/** Return the distance of two positions along the ground. */
export function distance([ax = 0, ay = 0]: Position, [bx = 0, by = 0]: Position): number {
  const half = Math.sin(rad(by - ay) / 2) ** 2 + Math.cos(rad(ay)) * Math.cos(rad(by)) * Math.sin(rad(bx - ax) / 2) ** 2;
  return 2 * RADIUS * Math.asin(Math.min(1, Math.sqrt(half)));
}

/** Return the length of a line. */
export function lengthOf(line: readonly Position[]): number {
  return line.slice(1).reduce((sum, place, index) => sum + distance(line[index] ?? place, place), 0);
}

/** Return the area inside a ring, closed or not, whichever way it turns. */
export function areaOf(ring: readonly Position[]): number {
  let sum = 0;
  ring.forEach(([x = 0, y = 0], index) => {
    const [nextX = 0, nextY = 0] = ring[(index + 1) % ring.length] ?? [x, y];
    sum += rad(nextX - x) * (2 + Math.sin(rad(y)) + Math.sin(rad(nextY)));
  });
  return Math.abs((sum * RADIUS * RADIUS) / 2);
}

/** Return the ring with its first position repeated at its end, as GeoJSON asks. */
export function closed(ring: readonly Position[]): Ring {
  const [first] = ring;
  const last = ring[ring.length - 1];
  if (!first || !last) return [];
  return first[0] === last[0] && first[1] === last[1] && ring.length > 1 ? [...ring] : [...ring, first];
}

/** Return the four corners of the upright rectangle between two opposite corners, closed. */
export function rectangle([ax = 0, ay = 0]: Position, [bx = 0, by = 0]: Position): Ring {
  const [west, east, south, north] = [Math.min(ax, bx), Math.max(ax, bx), Math.min(ay, by), Math.max(ay, by)];
  return [[west, south], [east, south], [east, north], [west, north], [west, south]];
}

/** Return a circle of a radius as a closed ring of `corners` corners. */
export function circle([x = 0, y = 0]: Position, radius: number, corners = 48): Ring {
  const ring = Array.from({ length: corners }, (_, index) => {
    const turn = (2 * Math.PI * index) / corners;
    const up = (radius / RADIUS) * Math.sin(turn);
    const aside = ((radius / RADIUS) * Math.cos(turn)) / Math.cos(rad(y));
    return [x + (aside * 180) / Math.PI, y + (up * 180) / Math.PI];
  });
  return closed(ring);
}

const turns = ([ax = 0, ay = 0]: Position, [bx = 0, by = 0]: Position, [cx = 0, cy = 0]: Position): number =>
  Math.sign((bx - ax) * (cy - ay) - (by - ay) * (cx - ax));

/** Tell whether the edges of a ring cross each other: such a ring has no clear inside. */
export function crosses(ring: readonly Position[]): boolean {
  const round = closed(ring);
  const edges = round.slice(1).map((end, index) => [round[index] ?? end, end] as const);
  return edges.some(([a, b], one) =>
    edges.some(([c, d], other) => {
      const apart = Math.abs(one - other);
      if (other <= one || apart === 1 || apart === edges.length - 1) return false;
      return turns(a, b, c) !== turns(a, b, d) && turns(c, d, a) !== turns(c, d, b);
    }),
  );
}

/** Return the box around positions. */
export function boxAround(places: readonly Position[]): Box {
  const lons = places.map(([x = 0]) => x);
  const lats = places.map(([, y = 0]) => y);
  return [Math.min(...lons), Math.min(...lats), Math.max(...lons), Math.max(...lats)];
}

/** Return the middle of a ring: where its name stands. */
export function middleOf(ring: readonly Position[]): Position {
  const [ox = 0, oy = 0] = ring[0] ?? [];
  let [twice, x, y] = [0, 0, 0];
  ring.forEach(([ax = 0, ay = 0], index) => {
    const [bx = 0, by = 0] = ring[(index + 1) % ring.length] ?? [];
    const cross = (ax - ox) * (by - oy) - (bx - ox) * (ay - oy);
    twice += cross;
    x += (ax + bx - 2 * ox) * cross;
    y += (ay + by - 2 * oy) * cross;
  });
  return twice ? [ox + x / (3 * twice), oy + y / (3 * twice)] : [ox, oy];
}

/** Return a box grown by a share of its sides in every direction. */
export function grown([west, south, east, north]: Box, share: number): Box {
  const [dx, dy] = [(east - west) * share, (north - south) * share];
  return [west - dx, south - dy, east + dx, north + dy];
}

/** Tell whether a box lies wholly in another. */
export function within(inner: Box, outer: Box): boolean {
  return inner[0] >= outer[0] && inner[1] >= outer[1] && inner[2] <= outer[2] && inner[3] <= outer[3];
}

/** Keep of a ring what lies on one side of a line through `at` across `[dx, dy]`: where (p − at)·d ≥ 0, or ≤ 0. */
function cut(ring: Ring, at: Position, [dx, dy]: readonly [number, number], above: boolean): Ring {
  const side = ([x = 0, y = 0]: Position) => ((x - (at[0] ?? 0)) * dx + (y - (at[1] ?? 0)) * dy) * (above ? 1 : -1);
  const kept: Ring = [];
  ring.forEach((place, index) => {
    const next = ring[(index + 1) % ring.length] ?? place;
    const [here, there] = [side(place), side(next)];
    if (here >= 0) kept.push(place);
    if (here * there >= 0) return;
    const share = here / (here - there);
    const [x = 0, y = 0] = place;
    kept.push([x + share * ((next[0] ?? 0) - x), y + share * ((next[1] ?? 0) - y)]);
  });
  return kept;
}

/** Return the longest edge of a ring, in metres to east and to north; it points east. */
function longestEdge(ring: readonly Position[]): [east: number, north: number] {
  const flat = Math.cos(rad(ring[0]?.[1] ?? 0));
  const metres = rad(1) * RADIUS;
  let longest: [number, number] = [0, 0];
  ring.forEach(([x = 0, y = 0], index) => {
    const [nextX = 0, nextY = 0] = ring[(index + 1) % ring.length] ?? [x, y];
    const edge: [number, number] = [(nextX - x) * flat * metres, (nextY - y) * metres];
    if (Math.hypot(...edge) > Math.hypot(...longest)) longest = edge;
  });
  return longest[0] < 0 ? [-longest[0], -longest[1]] : longest;
}

/** Return how a building is looked at from its long side: the map's bearing in degrees, −90 to 90, and the side's length in metres. */
export function facing(footprint: Ring): { bearing: number; length: number } {
  const [east, north] = longestEdge(footprint);
  return { bearing: (-Math.atan2(north, east) * 180) / Math.PI, length: Math.hypot(east, north) };
}

/** Divide a footprint across its longest edge into `count` slices of the same width, as entrances (单元) divide a house. */
export function slices(footprint: Ring, count: number): Ring[] {
  const ring = closed(footprint).slice(0, -1);
  if (count < 2 || ring.length < 3) return [closed(ring)];
  const flat = Math.cos(rad(ring[0]?.[1] ?? 0));
  const [east, north] = longestEdge(ring);
  // Along the edge in degrees, weighed so that a right angle on the ground is one here.
  const along: [number, number] = [east * flat, north];
  const reach = ring.map(([x = 0, y = 0]) => x * along[0] + y * along[1]);
  const [from, to] = [Math.min(...reach), Math.max(...reach)];
  const norm = along[0] ** 2 + along[1] ** 2;
  const at = (share: number): Position => {
    const value = from + (to - from) * share;
    return [(along[0] * value) / norm, (along[1] * value) / norm];
  };
  return Array.from({ length: count }, (_, index) => closed(cut(cut(ring, at(index / count), along, true), at((index + 1) / count), along, false)));
}

/** Draw a ring in towards its middle, so that neighbours stand apart. */
export function shrunk(ring: Ring, share: number): Ring {
  const open = closed(ring).slice(0, -1);
  const [x, y] = [0, 1].map((axis) => open.reduce((sum, place) => sum + (place[axis] ?? 0), 0) / Math.max(1, open.length)) as [number, number];
  return closed(open.map(([px = 0, py = 0]) => [x + (px - x) * share, y + (py - y) * share]));
}

const spoken = (value: number, digits: number): string => value.toLocaleString("zh-CN", { maximumFractionDigits: digits });

/** Say a length: 260 米, 1.25 公里. */
export function sayLength(metres: number): string {
  return metres < 1000 ? `${spoken(metres, 0)} 米` : `${spoken(metres / 1000, 2)} 公里`;
}

/** Say an area in square metres, 亩 and, when large, square kilometres. */
export function sayArea(square: number): string {
  const mu = `${spoken(square / MU, square < MU * 100 ? 1 : 0)} 亩`;
  return square < 1e6 ? `${spoken(square, 0)} 平方米 · ${mu}` : `${spoken(square / 1e6, 2)} 平方公里 · ${mu}`;
}

/** Return the longest round length (1, 2, 5 × 10ⁿ metres) that is not above the given one: the bar of a scale. */
export function roundLength(metres: number): number {
  const power = 10 ** Math.floor(Math.log10(metres));
  return ([5, 2, 1].find((step) => step * power <= metres) ?? 1) * power;
}

/** Return how many tenths of a cluster's ring are red: any late case shows, and only all late close the ring. */
export function lateTenths(late: number, count: number): number {
  if (late <= 0 || count <= 0) return 0;
  return late >= count ? 10 : Math.min(9, Math.max(1, Math.round((10 * late) / count)));
}

const ARC = 6; // degrees between the corners of an arc
const deg = (radians: number): number => (radians * 180) / Math.PI;

/** Return the position so many metres ahead in a direction, clockwise from north. */
export function ahead([x = 0, y = 0]: Position, direction: number, metres: number): Position {
  const [lat, arc, course] = [rad(y), metres / RADIUS, rad(direction)];
  const to = Math.asin(Math.sin(lat) * Math.cos(arc) + Math.cos(lat) * Math.sin(arc) * Math.cos(course));
  const aside = Math.atan2(Math.sin(course) * Math.sin(arc) * Math.cos(lat), Math.cos(arc) - Math.sin(lat) * Math.sin(to));
  return [x + deg(aside), deg(to)];
}

/** Return the direction from one position to another: 0 to 360, clockwise from north. */
export function direction([ax = 0, ay = 0]: Position, [bx = 0, by = 0]: Position): number {
  const turn = rad(bx - ax);
  const east = Math.sin(turn) * Math.cos(rad(by));
  const north = Math.cos(rad(ay)) * Math.sin(rad(by)) - Math.sin(rad(ay)) * Math.cos(rad(by)) * Math.cos(turn);
  return (deg(Math.atan2(east, north)) + 360) % 360;
}

/** Return the outline of a wedge as a closed ring. */
export function sector(at: Position, bearing: number, angle: number, reach: number): Position[] {
  const count = Math.max(2, Math.ceil(angle / ARC));
  const arc = Array.from({ length: count + 1 }, (_, step) => ahead(at, bearing + angle / 2 - (angle * step) / count, reach));
  const ring = angle >= 360 ? arc.slice(0, -1) : [at, ...arc];
  return [...ring, ring[0] ?? at];
}
