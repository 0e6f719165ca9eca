/** A chart as a picture that can leave the page: title, unit, definition and the time of the data go with it. */
import { init } from "echarts/core";
import { tell } from "../toasts";
import type { ChartData, Kind } from "./data";
import { heightOf, optionOf } from "./options";
import { themeAt, type Theme } from "./theme";

const WIDTH = 1000;
const RIM = 36;
const SHARP = 2;

/** Save the chart of a figure as PNG. */
export async function savePicture(kind: Kind, data: ChartData, figure: HTMLElement): Promise<void> {
  const content = await new Promise<Blob | null>((done) => compose(kind, data, themeAt(figure)).toBlob(done, "image/png"));
  if (!content) return tell({ said: "图没有存下来，请再按一次。" });
  const link = document.createElement("a");
  link.href = URL.createObjectURL(content);
  link.download = `${data.title.replace(/[\\/:*?"<>|\s]+/g, "-")}.png`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

function compose(kind: Kind, data: ChartData, theme: Theme): HTMLCanvasElement {
  const inner = WIDTH - 2 * RIM;
  const height = Math.max(320, heightOf(kind, data, inner));
  const picture = document.createElement("canvas");
  const pen = picture.getContext("2d");
  if (!pen) return picture;
  const font = (size: number, weight = 400) => `${weight} ${size}px ${theme.font}`;
  pen.font = font(14);
  const foot = wrap(pen, [data.definition, data.as_of].filter(Boolean), inner);
  picture.width = WIDTH * SHARP;
  picture.height = (RIM + 56 + height + 20 + foot.length * 22 + RIM) * SHARP;
  pen.scale(SHARP, SHARP);
  pen.fillStyle = theme.ground;
  pen.fillRect(0, 0, WIDTH, picture.height);
  pen.textBaseline = "top";
  pen.fillStyle = theme.ink;
  pen.font = font(22, 600);
  pen.fillText(data.title, RIM, RIM, inner - 120);
  pen.fillStyle = theme.ink3;
  pen.font = font(14);
  if (data.unit) {
    pen.textAlign = "right";
    pen.fillText(`单位：${data.unit}`, WIDTH - RIM, RIM + 8);
    pen.textAlign = "left";
  }
  pen.drawImage(drawing(kind, data, theme, inner, height), RIM, RIM + 56, inner, height);
  foot.forEach((words, place) => pen.fillText(words, RIM, RIM + 56 + height + 20 + place * 22));
  return picture;
}

function drawing(kind: Kind, data: ChartData, theme: Theme, width: number, height: number): HTMLCanvasElement {
  const canvas = document.createElement("canvas");
  const chart = init(canvas, null, { renderer: "canvas", width, height, devicePixelRatio: SHARP });
  chart.setOption(optionOf(kind, data, theme, width));
  const picture = chart.renderToCanvas({ pixelRatio: SHARP, backgroundColor: theme.ground });
  chart.dispose();
  return picture;
}

/** Cut words into lines of a width; Chinese may break anywhere. */
function wrap(pen: CanvasRenderingContext2D, paragraphs: string[], width: number): string[] {
  const lines: string[] = [];
  for (const words of paragraphs) {
    let line = "";
    for (const letter of words) {
      if (pen.measureText(line + letter).width > width) {
        lines.push(line);
        line = "";
      }
      line += letter;
    }
    lines.push(line);
  }
  return lines;
}
