/** Seconds that run down beside what is shown for a minute; the page covers it again by itself. */
import { all, onContent } from "./page";

function start(shown: HTMLElement): void {
  let left = Number(shown.dataset["countdown"]);
  const timer = setInterval(() => {
    left -= 1;
    if (left < 0 || !shown.isConnected) return clearInterval(timer);
    shown.textContent = String(left);
  }, 1000);
}

/** Count down wherever a piece says so. */
export function startCountdowns(): void {
  onContent((root) => all("[data-countdown]", root).forEach(start));
}
