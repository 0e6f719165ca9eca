/** The words beside the pointer: what lies under it, before it is pressed. */
import { make } from "../page";

export interface Hint {
  title: string;
  line?: string | undefined;
}

export class Tooltip {
  private readonly box = make("div", "onemap-tip");

  constructor(private readonly place: HTMLElement) {
    this.box.hidden = true;
    this.box.setAttribute("aria-hidden", "true");
    place.append(this.box);
  }

  show(hint: Hint | null, x = 0, y = 0): void {
    this.box.hidden = !hint;
    if (!hint) return;
    this.box.replaceChildren(make("b", "", hint.title), ...(hint.line ? [make("span", "", hint.line)] : []));
    const room = this.place.clientWidth - this.box.offsetWidth - 12;
    this.box.style.transform = `translate(${Math.round(Math.max(8, Math.min(room, x + 16)))}px, ${Math.round(Math.max(8, y - this.box.offsetHeight - 12))}px)`;
  }
}
