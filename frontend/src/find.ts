/** The box of 基础库 by keys: down goes into what was found, up and down walk it, Escape comes back to the box. */
import { all } from "./page";

function links(): HTMLAnchorElement[] {
  return all<HTMLAnchorElement>("#found a.item");
}

function walk(event: KeyboardEvent): void {
  const box = document.getElementById("find-words");
  const here = document.activeElement;
  if (!(box instanceof HTMLInputElement) || !(here instanceof HTMLElement)) return;
  const found = links();
  const place = here instanceof HTMLAnchorElement ? found.indexOf(here) : -1;
  if (here !== box && place < 0) return;
  if (event.key === "Escape" && place >= 0) box.focus();
  else if (event.key === "ArrowDown") (found[place + 1] ?? here).focus();
  else if (event.key === "ArrowUp" && here !== box) (found[place - 1] ?? box).focus();
  else return;
  event.preventDefault();
}

/** Walk what was found by keys, on pages that have the box. */
export function startFind(): void {
  if (document.querySelector("[data-find]")) document.addEventListener("keydown", walk);
}
