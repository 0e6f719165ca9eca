/** The panel at the right with the server's words; on a phone a sheet from below that rests at three heights. */
import htmx from "../htmx";
import { make } from "../page";
import { button, isNarrow } from "./dom";

const HEIGHTS = ["low", "half", "full"] as const;
type Height = (typeof HEIGHTS)[number];

export class Panel {
  private readonly body = make("div", "onemap-panel-body");
  private readonly handle: HTMLButtonElement;
  private height: Height = "half";
  private asked = 0;
  private from: HTMLElement | null = null;

  /** `closed` runs when a person closes the panel. */
  constructor(readonly box: HTMLElement, name: string, private readonly closed: () => void) {
    box.replaceChildren();
    box.tabIndex = -1;
    box.setAttribute("aria-label", name);
    box.setAttribute("role", "region");
    this.handle = button("换高度", "", () => this.step(1), "onemap-handle", true);
    const shut = button("关上", "close", () => this.close(), "onemap-close", true);
    box.append(this.handle, shut, this.body);
    this.drag();
    box.addEventListener("keydown", (event) => {
      if (event.target !== this.handle) return;
      if (event.key === "ArrowUp" || event.key === "ArrowDown") {
        event.preventDefault();
        this.step(event.key === "ArrowUp" ? 1 : -1);
      }
    });
  }

  get isOpen(): boolean {
    return !this.box.hidden;
  }

  /** Fetch a piece of page into the panel; what stands there stays until the new is there. */
  async open(address: string, then: (body: HTMLElement) => void = () => undefined): Promise<void> {
    const asked = (this.asked += 1);
    this.show();
    this.box.setAttribute("aria-busy", "true");
    if (!this.body.childElementCount) this.body.append(make("div", "onemap-waiting"));
    try {
      const answer = await fetch(address, { headers: { "X-Requested-With": "fetch" } });
      const words = await answer.text();
      if (asked !== this.asked) return;
      if (!answer.ok) this.say(answer.status === 404 ? "这里没有您能看的内容，也许刚刚撤掉了。" : "没有取到，请稍后再点一次。");
      else this.fill(words);
      then(this.body);
    } catch {
      if (asked === this.asked) this.say("没有连上，图还可以看。请稍后再点一次。");
    } finally {
      if (asked === this.asked) this.box.removeAttribute("aria-busy");
    }
  }

  /** Put the server's piece of page into the panel. */
  fill(words: string): void {
    this.show();
    htmx.swap(this.body, words, { swapStyle: "innerHTML", swapDelay: 0, settleDelay: 0 });
    this.body.scrollTop = 0;
  }

  say(words: string): void {
    this.show();
    this.body.replaceChildren(make("p", "muted", words));
  }

  /** Put made pieces into the panel. */
  put(...pieces: HTMLElement[]): void {
    this.show();
    this.body.replaceChildren(...pieces);
  }

  close(): void {
    if (this.box.hidden) return;
    this.asked += 1;
    this.box.hidden = true;
    const here = this.box.contains(document.activeElement);
    this.body.replaceChildren();
    this.closed();
    if (here) this.from?.focus();
  }

  private show(): void {
    if (!this.box.hidden) return;
    this.from = document.activeElement instanceof HTMLElement ? document.activeElement : null;
    this.box.hidden = false;
    this.rest(this.height);
  }

  private rest(height: Height): void {
    this.height = height;
    this.box.dataset["height"] = height;
    this.box.style.removeProperty("height");
    this.handle.setAttribute("aria-label", `换高度，现在${{ low: "最低", half: "一半", full: "最高" }[height]}`);
  }

  private step(by: number): void {
    const at = HEIGHTS.indexOf(this.height);
    this.rest(HEIGHTS[by > 0 && at === HEIGHTS.length - 1 ? 0 : Math.max(0, at + by)] ?? "half");
  }

  /** A finger takes the sheet by its handle and lets it rest at the nearest height. */
  private drag(): void {
    this.handle.addEventListener("pointerdown", (event) => {
      if (!isNarrow()) return;
      const [y, height] = [event.clientY, this.box.clientHeight];
      let moved = false;
      this.handle.setPointerCapture(event.pointerId);
      const move = (next: PointerEvent) => {
        moved ||= Math.abs(next.clientY - y) > 6;
        if (moved) this.box.style.height = `${Math.max(80, height + y - next.clientY)}px`;
      };
      const drop = () => {
        this.handle.removeEventListener("pointermove", move);
        if (!moved) return;
        this.handle.addEventListener("click", (click) => click.stopImmediatePropagation(), { once: true, capture: true });
        const share = this.box.clientHeight / (this.box.parentElement?.clientHeight || 1);
        if (share < 0.12) this.close();
        else this.rest(share < 0.35 ? "low" : share < 0.75 ? "half" : "full");
      };
      this.handle.addEventListener("pointermove", move);
      this.handle.addEventListener("pointerup", drop, { once: true });
    });
  }
}
