/** Shapes of the map, drawn on canvas from the colour tokens: each meaning has its own outline, never colour alone. */

export type ShapeName = "ok" | "warn" | "late" | "paused" | "outside" | "staff" | "component" | "sensor" | "station" | "amiss" | "here" | "todo" | "fault" | "hint" | "point" | "reached" | "missed" | "hazard" | "unit" | "video" | "spot";

export const SHAPES: Record<ShapeName, { token: string; label: string }> = {
  late: { token: "--lx-late", label: "超时" },
  warn: { token: "--lx-warn", label: "快到期" },
  ok: { token: "--lx-brand", label: "在办" },
  paused: { token: "--lx-pause", label: "挂账" },
  outside: { token: "--lx-ink-3", label: "工作时间外" },
  staff: { token: "--lx-ok", label: "在岗人员" },
  component: { token: "--lx-series-3", label: "部件" },
  amiss: { token: "--lx-warn-s", label: "部件有问题" },
  sensor: { token: "--lx-series-5", label: "感知设备" },
  station: { token: "--lx-series-4", label: "服务站点" },
  here: { token: "--lx-late", label: "这件事" },
  spot: { token: "--lx-late", label: "就在这里" },
  todo: { token: "--lx-brand-d", label: "今天要去" },
  fault: { token: "--lx-late", label: "要改的边界" },
  hint: { token: "--lx-warn-s", label: "细缝和提示" },
  point: { token: "--lx-brand", label: "巡查点" },
  reached: { token: "--lx-ok", label: "到过" },
  missed: { token: "--lx-pause", label: "没打卡" },
  hazard: { token: "--lx-warn-s", label: "隐患" },
  unit: { token: "--lx-series-6", label: "单位" },
  video: { token: "--lx-ink-2", label: "视频点位" },
};

const SIZE = 24;
const RATIO = 2;

/** Read a colour token of the page. */
export function token(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

function outline(pen: CanvasRenderingContext2D, name: ShapeName): void {
  const corners: Partial<Record<ShapeName, readonly (readonly [number, number])[]>> = {
    late: [[8, 3], [16, 3], [21, 8], [21, 16], [16, 21], [8, 21], [3, 16], [3, 8]],
    warn: [[12, 3], [22, 20.500], [2, 20.500]],
    component: [[4, 4], [20, 4], [20, 20], [4, 20]],
    amiss: [[4, 4], [20, 4], [20, 20], [4, 20]],
    sensor: [[12, 2], [22, 12], [12, 22], [2, 12]],
    fault: [[12, 2], [22, 12], [12, 22], [2, 12]],
    hint: [[12, 4], [20, 12], [12, 20], [4, 12]],
    missed: [[4, 8], [20, 8], [20, 16], [4, 16]],
    hazard: [[12, 3], [22, 20.500], [2, 20.500]],
    station: [[12, 3], [21, 10], [21, 21], [3, 21], [3, 10]],
    unit: [[5, 3], [19, 3], [19, 21], [5, 21]],
    video: [[2, 7], [15, 7], [15, 10], [22, 6], [22, 18], [15, 14], [15, 17], [2, 17]],
  };
  pen.beginPath();
  const points = corners[name];
  if (points) {
    points.forEach(([x, y]) => pen.lineTo(x, y));
    pen.closePath();
  } else pen.arc(12, 12, 9, 0, 2 * Math.PI);
}

function mark(pen: CanvasRenderingContext2D, name: ShapeName, halo: string): void {
  pen.strokeStyle = halo;
  pen.lineWidth = 2.200;
  pen.lineCap = "round";
  pen.beginPath();
  if (name === "late") {
    pen.moveTo(12, 7);
    pen.lineTo(12, 12.500);
    pen.moveTo(12, 16.800);
    pen.lineTo(12, 16.900);
  } else if (name === "reached") {
    pen.moveTo(7.500, 12.200);
    pen.lineTo(11, 15.500);
    pen.lineTo(16.500, 9);
  } else if (name === "missed") {
    pen.moveTo(8, 12);
    pen.lineTo(16, 12);
  } else if (name === "hazard") {
    pen.moveTo(12, 9.500);
    pen.lineTo(12, 14);
    pen.moveTo(12, 17.200);
    pen.lineTo(12, 17.300);
  } else if (name === "unit") {
    for (const y of [8, 12, 16]) {
      pen.moveTo(9, y);
      pen.lineTo(15, y);
    }
  } else if (name === "amiss") {
    pen.moveTo(8, 8);
    pen.lineTo(16, 16);
    pen.moveTo(16, 8);
    pen.lineTo(8, 16);
  } else if (name === "ok") {
    pen.moveTo(12, 7.500);
    pen.lineTo(12, 12);
    pen.lineTo(15, 13.800);
  } else if (name === "paused") {
    pen.moveTo(9.500, 8.500);
    pen.lineTo(9.500, 15.500);
    pen.moveTo(14.500, 8.500);
    pen.lineTo(14.500, 15.500);
  }
  pen.stroke();
}

function canvas(size: number): [HTMLCanvasElement, CanvasRenderingContext2D] {
  const sheet = document.createElement("canvas");
  sheet.width = sheet.height = size * RATIO;
  const pen = sheet.getContext("2d");
  if (!pen) throw new Error("This browser cannot draw.");
  pen.scale(RATIO, RATIO);
  return [sheet, pen];
}

/** Colours of a shape or a cluster where the page's own do not fit, as on the dark map. */
export interface Inks {
  fill?: string | undefined;
  halo?: string | undefined;
  ground?: string | undefined;
}

/** Draw one shape with its rim. */
export function drawShape(name: ShapeName, inks: Inks = {}): HTMLCanvasElement {
  const [sheet, pen] = canvas(SIZE);
  const [fill, halo] = [inks.fill ?? token(SHAPES[name].token), inks.halo ?? token("--lx-map-halo")];
  outline(pen, name);
  pen.lineJoin = "round";
  pen.strokeStyle = halo;
  pen.lineWidth = 4;
  pen.stroke();
  pen.fillStyle = name === "outside" ? (inks.ground ?? token("--lx-card")) : fill;
  pen.fill();
  if (name === "outside") {
    pen.strokeStyle = fill;
    pen.lineWidth = 2;
    pen.stroke();
  }
  mark(pen, name, halo);
  return sheet;
}

/** Draw a cluster's ground; the red arc is the share that is late, in tenths. */
export function drawCluster(tenths: number, radius = 18, inks: Inks & { late?: string } = {}): HTMLCanvasElement {
  const middle = radius + 4;
  const [sheet, pen] = canvas(2 * middle);
  pen.beginPath();
  pen.arc(middle, middle, radius, 0, 2 * Math.PI);
  pen.fillStyle = inks.fill ?? token("--lx-brand");
  pen.fill();
  pen.strokeStyle = inks.halo ?? token("--lx-map-halo");
  pen.lineWidth = 3;
  pen.stroke();
  if (tenths > 0) {
    pen.beginPath();
    pen.arc(middle, middle, radius + 1, -Math.PI / 2, -Math.PI / 2 + (tenths / 10) * 2 * Math.PI);
    pen.strokeStyle = inks.late ?? token("--lx-late");
    pen.lineWidth = 5;
    pen.stroke();
  }
  return sheet;
}

/** Return the pixels that MapLibre takes as an image. */
export function pixels(sheet: HTMLCanvasElement): [ImageData, { pixelRatio: number }] {
  const pen = sheet.getContext("2d");
  if (!pen) throw new Error("This browser cannot draw.");
  return [pen.getImageData(0, 0, sheet.width, sheet.height), { pixelRatio: RATIO }];
}
