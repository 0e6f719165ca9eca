/** Making pieces of page: words are text, never markup; icons come from the sprite the page already uses. */
import { make } from "../page";

const SVG = "http://www.w3.org/2000/svg";

/** Draw an icon of the sprite; a word stands beside it, so readers skip the drawing. */
export function icon(name: string): SVGSVGElement {
  const sprite = document.querySelector("svg use[href*='icons']")?.getAttribute("href")?.split("#")[0] ?? "";
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `${sprite}#${name}`);
  svg.append(use);
  return svg;
}

/** Make a button with an icon and words; with `hidden` words the icon stands alone and the words name it. */
export function button(words: string, drawing: string, does: () => void, className = "onemap-tool", alone = false): HTMLButtonElement {
  const made = make("button", className);
  made.type = "button";
  if (drawing) made.append(icon(drawing));
  if (alone) {
    made.setAttribute("aria-label", words);
    made.title = words;
  } else made.append(make("span", "", words));
  made.addEventListener("click", does);
  return made;
}

/** Make a floating panel, a region with a name. */
export function panel(className: string, name: string): HTMLElement {
  const made = make("section", `onemap-panel ${className}`);
  made.setAttribute("aria-label", name);
  return made;
}

/** Tell whether the page stands on a phone. */
export const isNarrow = (): boolean => matchMedia("(max-width: 720px)").matches;

/** Write a count as people read it: 2,108; 12.3 万. */
export function sayCount(count: number): string {
  return count < 100_000 ? count.toLocaleString("zh-CN") : `${(count / 10_000).toLocaleString("zh-CN", { maximumFractionDigits: 1 })} 万`;
}
