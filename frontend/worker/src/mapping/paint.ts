/** The pen of the drawn map: land, estates, buildings, areas, marks, and where one stands with how sure that is. */
import { drawShape, token, type ShapeName } from "../../../src/shapes";
import type { Spot } from "../today/item";
import { cornersOf, middleOf, type Outline, type Ring, type Scene } from "./scene";
import { boxAround, toPixel, type View } from "./view";

/** Something to go to; the shape says how its clock stands. */
export interface Mark extends Spot {
  key: string;
  shape: ShapeName;
  label?: string;
  chosen?: boolean;
}

/** Where the phone is, and within how many metres. */
export interface Here extends Spot {
  accuracy: number;
}

export interface Picture {
  scene: Scene;
  marks: readonly Mark[];
  here: Here | null;
  /** The place a report is about. */
  pin: Spot | null;
  /** The way of a walk. */
  way: readonly Spot[];
}

const MARK = 28; // pixels
const NAMES_FROM = 1.4; // metres a pixel: nearer than this, buildings carry their names
const BUILDINGS_FROM = 5;

interface Inks {
  [name: string]: string;
}

let inks: Inks = {};
const shapes = new Map<ShapeName, HTMLCanvasElement>();

function ink(name: string): string {
  return (inks[name] ??= token(`--lx-${name}`));
}

function shape(name: ShapeName): HTMLCanvasElement {
  const known = shapes.get(name) ?? drawShape(name);
  shapes.set(name, known);
  return known;
}

/** Draw everything, back to front. */
export function paint(pen: CanvasRenderingContext2D, view: View, picture: Picture): void {
  const { scene } = picture;
  pen.fillStyle = ink("map-land");
  pen.fillRect(0, 0, view.width, view.height);
  outlines(pen, view, scene.estates, { fill: ink("map-green"), opacity: 0.5 });
  if (view.scale < BUILDINGS_FROM) outlines(pen, view, scene.buildings, { fill: ink("map-building"), line: ink("map-building-line"), width: 0.8 });
  for (const area of scene.areas) outlines(pen, view, [area], { line: ink("brand"), width: 2, dash: [6, 5] });
  names(pen, view, scene);
  way(pen, view, picture.way);
  if (picture.here) standing(pen, view, picture.here);
  for (const mark of picture.marks) drawMark(pen, view, mark);
  if (picture.pin) drop(pen, ...toPixel(view, picture.pin));
}

interface Stroke {
  fill?: string;
  opacity?: number;
  line?: string;
  width?: number;
  dash?: number[];
}

function trace(pen: CanvasRenderingContext2D, view: View, ring: Ring): void {
  ring.forEach(([lon, lat], at) => {
    const [x, y] = toPixel(view, { lon: lon as number, lat: lat as number });
    if (at) pen.lineTo(x, y);
    else pen.moveTo(x, y);
  });
  pen.closePath();
}

function isSeen(view: View, outline: Outline): boolean {
  const box = boxAround(cornersOf([outline]));
  if (!box) return false;
  const [left, bottom] = toPixel(view, { lon: box.west, lat: box.south });
  const [right, top] = toPixel(view, { lon: box.east, lat: box.north });
  return right >= 0 && left <= view.width && bottom >= 0 && top <= view.height;
}

function outlines(pen: CanvasRenderingContext2D, view: View, all: readonly Outline[], stroke: Stroke): void {
  pen.beginPath();
  for (const outline of all) if (isSeen(view, outline)) for (const polygon of outline.rings) for (const ring of polygon) trace(pen, view, ring);
  pen.globalAlpha = stroke.opacity ?? 1;
  if (stroke.fill) {
    pen.fillStyle = stroke.fill;
    pen.fill("evenodd");
  }
  pen.globalAlpha = 1;
  if (stroke.line) {
    pen.strokeStyle = stroke.line;
    pen.lineWidth = stroke.width ?? 1;
    pen.setLineDash(stroke.dash ?? []);
    pen.stroke();
    pen.setLineDash([]);
  }
}

/** Write names from the large to the small; one that would cover another is left out. */
function names(pen: CanvasRenderingContext2D, view: View, scene: Scene): void {
  const taken: [number, number, number, number][] = [];
  const write = (text: string, place: Spot | null, size: number, colour: string): void => {
    if (!text || !place) return;
    const [x, y] = toPixel(view, place);
    pen.font = `${size >= 14 ? 600 : 400} ${size}px ${ink("sans")}`;
    const half = pen.measureText(text).width / 2 + 3;
    const box: [number, number, number, number] = [x - half, y - size, x + half, y + size];
    const isOut = box[2] < 0 || box[0] > view.width || box[3] < 0 || box[1] > view.height;
    if (isOut || taken.some((one) => one[0] < box[2] && one[2] > box[0] && one[1] < box[3] && one[3] > box[1])) return;
    taken.push(box);
    halo(pen, text, x, y, colour);
  };
  if (view.scale > 2) for (const area of scene.areas) write(area.name, middleOf(area), 15, ink("brand-d"));
  if (view.scale < BUILDINGS_FROM) for (const estate of scene.estates) write(estate.name, middleOf(estate), 14, ink("ink-2"));
  if (view.scale < NAMES_FROM) for (const house of scene.buildings) write(house.name, middleOf(house) ?? house.point, 12, ink("ink-2"));
}

function halo(pen: CanvasRenderingContext2D, text: string, x: number, y: number, colour: string): void {
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  pen.lineJoin = "round";
  pen.strokeStyle = ink("map-halo");
  pen.lineWidth = 4;
  pen.strokeText(text, x, y);
  pen.fillStyle = colour;
  pen.fillText(text, x, y);
}

function way(pen: CanvasRenderingContext2D, view: View, stops: readonly Spot[]): void {
  if (stops.length < 2) return;
  pen.beginPath();
  stops.forEach((stop) => pen.lineTo(...toPixel(view, stop)));
  pen.strokeStyle = ink("brand");
  pen.lineWidth = 3;
  pen.setLineDash([8, 6]);
  pen.stroke();
  pen.setLineDash([]);
}

function standing(pen: CanvasRenderingContext2D, view: View, here: Here): void {
  const [x, y] = toPixel(view, here);
  pen.beginPath();
  pen.arc(x, y, Math.max(10, here.accuracy / view.scale), 0, 2 * Math.PI);
  pen.globalAlpha = 0.15;
  pen.fillStyle = ink("brand");
  pen.fill();
  pen.globalAlpha = 1;
  pen.strokeStyle = ink("brand");
  pen.lineWidth = 1.2;
  pen.stroke();
  pen.beginPath();
  pen.arc(x, y, 7, 0, 2 * Math.PI);
  pen.fillStyle = ink("series-5");
  pen.fill();
  pen.strokeStyle = ink("map-halo");
  pen.lineWidth = 2.5;
  pen.stroke();
}

function drawMark(pen: CanvasRenderingContext2D, view: View, mark: Mark): void {
  const [x, y] = toPixel(view, mark);
  if (x < -MARK || y < -MARK || x > view.width + MARK || y > view.height + MARK) return;
  const size = mark.chosen ? MARK * 1.4 : MARK;
  pen.drawImage(shape(mark.shape), x - size / 2, y - size / 2, size, size);
  if (mark.label) {
    pen.font = `600 13px ${ink("sans")}`;
    halo(pen, mark.label, x, y + size / 2 + 9, ink("ink"));
  }
}

/** Draw the pin whose point stands at a pixel. */
export function drop(pen: CanvasRenderingContext2D, x: number, y: number): void {
  pen.beginPath();
  pen.moveTo(x, y);
  pen.bezierCurveTo(x - 6, y - 8, x - 15, y - 16, x - 15, y - 26);
  pen.arc(x, y - 26, 15, Math.PI, 0);
  pen.bezierCurveTo(x + 15, y - 16, x + 6, y - 8, x, y);
  pen.fillStyle = ink("brand");
  pen.fill();
  pen.strokeStyle = ink("map-halo");
  pen.lineWidth = 2;
  pen.stroke();
  pen.beginPath();
  pen.arc(x, y - 26, 5, 0, 2 * Math.PI);
  pen.fillStyle = ink("map-halo");
  pen.fill();
}

/** Return the marks under a finger, the nearest first. */
export function marksAt(view: View, marks: readonly Mark[], x: number, y: number): Mark[] {
  const reach = 26; // half of what a gloved thumb needs
  return marks
    .map((mark) => ({ mark, away: Math.hypot(toPixel(view, mark)[0] - x, toPixel(view, mark)[1] - y) }))
    .filter((each) => each.away <= reach)
    .sort((one, other) => one.away - other.away)
    .map((each) => each.mark);
}
