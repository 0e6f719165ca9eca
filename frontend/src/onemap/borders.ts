/** Borders as lines, each drawn once: two neighbours' dashes on one another would make a broken line whole. */
import type { Feature, FeatureCollection, Geometry, LineString, Point, Position } from "geojson";
import { areaOf, middleOf } from "./geometry";

const SAME = 6; // digits behind the comma that make two corners one: about a decimetre

const named = ([x = 0, y = 0]: Position): string => `${x.toFixed(SAME)},${y.toFixed(SAME)}`;

function ringsOf(geometry: Geometry): Position[][] {
  if (geometry.type === "Polygon") return geometry.coordinates;
  return geometry.type === "MultiPolygon" ? geometry.coordinates.flat() : [];
}

/** Return one point for the name of each area, in the middle of its largest piece: labels of surfaces would repeat in every tile. */
export function namePoints(areas: readonly Feature[]): FeatureCollection<Point> {
  const features = areas.flatMap(({ geometry, properties }): Feature<Point>[] => {
    const rings = geometry.type === "Polygon" ? geometry.coordinates.slice(0, 1) : geometry.type === "MultiPolygon" ? geometry.coordinates.map(([outer]) => outer ?? []) : [];
    const [largest] = rings.sort((a, b) => areaOf(b) - areaOf(a));
    return largest ? [{ type: "Feature", geometry: { type: "Point", coordinates: middleOf(largest) }, properties: { name: (properties?.["name"] ?? "") as string } }] : [];
  });
  return { type: "FeatureCollection", features };
}

/** Return the parts of a ring whose edges nobody drew before. */
function fresh(ring: readonly Position[], drawn: Set<string>): Position[][] {
  const lines: Position[][] = [];
  let line: Position[] = [];
  ring.slice(1).forEach((end, index) => {
    const begin = ring[index] ?? end;
    const edge = [named(begin), named(end)].sort().join(" ");
    if (drawn.has(edge)) {
      if (line.length) lines.push(line);
      line = [];
    } else {
      drawn.add(edge);
      if (!line.length) line.push(begin);
      line.push(end);
    }
  });
  if (line.length) lines.push(line);
  return lines;
}

/** Return the borders of areas as lines, those of outer areas first: a grid's edge on its community's border is the community's. */
export function borderLines(areas: readonly Feature[]): FeatureCollection<LineString> {
  const drawn = new Set<string>();
  const outer = areas.filter(({ properties }) => properties?.["rim"] === true);
  const inner = areas.filter(({ properties }) => properties?.["rim"] !== true);
  const features = [...outer, ...inner].flatMap(({ geometry, properties }) =>
    ringsOf(geometry).flatMap((ring) => fresh(ring, drawn)).map((coordinates): Feature<LineString> => ({
      type: "Feature", geometry: { type: "LineString", coordinates },
      properties: { level: (properties?.["level"] ?? "") as string, rim: properties?.["rim"] === true },
    })),
  );
  return { type: "FeatureCollection", features };
}
