/** 时间轴: the map as it was at the same hour of an earlier day; plays by itself when asked. */
import { hour, make, serverNow } from "../page";
import { button, icon } from "./dom";

const DAY = 86_400_000;
const STEP = 1100;
const DATE = new Intl.DateTimeFormat("zh-CN", { timeZone: "Asia/Shanghai", month: "numeric", day: "numeric", weekday: "short" });

/** Say a day and hour: 11月18日周三 14:05. */
export function sayDay(instant: number): string {
  return `${DATE.format(instant).replace(/(\d+)\/(\d+)/, "$1月$2日")} ${hour(instant)}`;
}

export class Timeline {
  private readonly range = make("input", "onemap-range");
  private readonly words = make("output", "onemap-when");
  private readonly play: HTMLButtonElement;
  private timer = 0;
  private settle = 0;

  /** `moved` is told the instant, or nothing for now. */
  constructor(private readonly box: HTMLElement, days: number, private readonly moved: (at: string | undefined) => void, close: () => void) {
    this.range.type = "range";
    this.range.min = String(-days);
    this.range.max = "0";
    this.range.step = "1";
    this.range.value = "0";
    this.range.setAttribute("aria-label", "看哪一天");
    this.play = button("播放", "play", () => this.toggle(), "onemap-tool", true);
    const now = button("回到现在", "refresh", () => this.go(0), "onemap-tool");
    const ends = make("div", "onemap-slide-ends");
    ends.append(make("span", "", `${days} 天前`), make("span", "", "现在"));
    const slide = make("div", "onemap-slide");
    slide.append(this.range, ends);
    box.setAttribute("role", "group");
    box.setAttribute("aria-label", "时间轴");
    box.replaceChildren(this.play, this.words, slide, now, button("收起时间轴", "close", close, "onemap-tool", true));
    this.range.addEventListener("input", () => this.say());
    this.say();
  }

  get at(): string | undefined {
    const days = Number(this.range.value);
    return days ? new Date(Math.round((serverNow() + days * DAY) / 60_000) * 60_000).toISOString() : undefined;
  }

  open(at?: string): void {
    this.box.hidden = false;
    if (at) this.go(Math.round((Date.parse(at) - serverNow()) / DAY));
    this.range.focus({ preventScroll: true });
  }

  /** Hide, and look at now again. */
  close(): void {
    this.pause();
    this.box.hidden = true;
    this.go(0);
    clearTimeout(this.settle);
    this.moved(undefined);
  }

  private go(days: number): void {
    this.range.value = String(days);
    this.say();
  }

  private say(): void {
    const days = Number(this.range.value);
    const instant = serverNow() + days * DAY;
    this.words.textContent = days ? sayDay(instant) : "现在";
    this.range.setAttribute("aria-valuetext", this.words.textContent);
    this.box.classList.toggle("is-past", days !== 0);
    clearTimeout(this.settle);
    this.settle = window.setTimeout(() => this.moved(this.at), 180);
  }

  private toggle(): void {
    if (this.timer) return this.pause();
    if (this.range.value === "0") this.go(Number(this.range.min));
    this.play.replaceChildren(icon("pause"));
    this.play.setAttribute("aria-label", "停下");
    this.timer = window.setInterval(() => {
      const next = Number(this.range.value) + 1;
      if (next > 0) this.pause();
      else this.go(next);
    }, STEP);
  }

  private pause(): void {
    clearInterval(this.timer);
    this.timer = 0;
    this.play.replaceChildren(icon("play"));
    this.play.setAttribute("aria-label", "播放");
  }
}
