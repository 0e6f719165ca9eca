/** Rows that are ticked for one act on all: by X, by ranges, over pages of a list; kept in this tab until they are done. */
import { all, make } from "./page";

const PREFIX = "lx-chosen:";
const MOST = 100;

function form(): HTMLFormElement | null {
  return document.querySelector<HTMLFormElement>("form[data-batch]");
}

function store(): string {
  return PREFIX + location.pathname;
}

function chosen(): Set<string> {
  return new Set((sessionStorage.getItem(store()) ?? "").split(" ").filter(Boolean));
}

function boxes(): HTMLInputElement[] {
  return all<HTMLInputElement>('form[data-batch] input[type=checkbox][name="case"]');
}

function keep(numbers: Set<string>): void {
  sessionStorage.setItem(store(), [...numbers].slice(0, MOST).join(" "));
  draw();
}

/** The box that takes the whole list, beyond the page; what it takes is the server's to find. */
function everything(): HTMLInputElement | null {
  return document.querySelector<HTMLInputElement>("[data-batch-everything]");
}

let takesAll = false;

/** Show what is chosen: boxes on this page, hidden fields for those of other pages, the bar with its count. */
function draw(): void {
  const target = form();
  if (!target) return;
  const numbers = chosen();
  const here = boxes();
  for (const box of here) {
    box.checked = numbers.has(box.value);
    box.closest(".queue-item, tr")?.classList.toggle("is-chosen", box.checked);
  }
  for (const old of all("input[data-elsewhere]", target)) old.remove();
  const shown = new Set(here.map((box) => box.value));
  for (const number of numbers) {
    if (shown.has(number)) continue;
    const field = make("input");
    field.type = "hidden";
    field.name = "case";
    field.value = number;
    field.dataset["elsewhere"] = "";
    target.append(field);
  }
  const whole = everything();
  takesAll = takesAll && numbers.size > 0 && whole !== null;
  if (whole) whole.checked = takesAll;
  target.toggleAttribute("data-has-chosen", numbers.size > 0);
  for (const count of all("[data-batch-count]", target)) count.textContent = takesAll ? (whole?.dataset["batchEverything"] ?? "") : String(numbers.size);
}

let last: HTMLInputElement | null = null;

function tick(box: HTMLInputElement, on: boolean, range: boolean): void {
  const numbers = chosen();
  const here = boxes();
  const from = range && last ? here.findIndex((each) => each.value === last?.value) : -1;
  const to = here.indexOf(box);
  const touched = from >= 0 ? here.slice(Math.min(from, to), Math.max(from, to) + 1) : [box];
  for (const each of touched) {
    if (on) numbers.add(each.value);
    else numbers.delete(each.value);
  }
  last = box;
  takesAll = false; // who picks means these
  keep(numbers);
}

/** Tick or untick the row one is at; with `range` all from the last one ticked. */
export function choose(row: Element | null, range: boolean): boolean {
  const box = row?.closest(".queue-item, tr")?.querySelector<HTMLInputElement>('input[name="case"]');
  if (!box) return false;
  tick(box, range || !box.checked, range);
  return true;
}

/** Let go of all that is chosen; tell whether anything was. */
export function chooseNone(): boolean {
  if (!chosen().size) return false;
  keep(new Set());
  return true;
}

function onClick(event: MouseEvent): void {
  const target = event.target instanceof Element ? event.target : null;
  if (!target) return;
  if (target.closest("[data-batch-all]")) {
    const numbers = chosen();
    const every = boxes();
    const whole = every.every((box) => numbers.has(box.value));
    for (const box of every) {
      if (whole) numbers.delete(box.value);
      else numbers.add(box.value);
    }
    keep(numbers);
  } else if (target.closest("[data-batch-none]")) chooseNone();
  else if (target instanceof HTMLInputElement && target.matches("[data-batch-everything]")) {
    takesAll = target.checked;
    draw();
  } else if (target instanceof HTMLInputElement && target.matches('form[data-batch] input[name="case"]')) {
    tick(target, target.checked, event.shiftKey);
  }
}

/** Follow boxes and the bar; draw again after a piece of the page has come. */
export function startChoosing(): void {
  // What was done is chosen no more, wherever it was chosen.
  if (document.querySelector("[data-batch-clear]")) {
    Object.keys(sessionStorage).filter((name) => name.startsWith(PREFIX)).forEach((name) => sessionStorage.removeItem(name));
  }
  if (!form()) return;
  document.addEventListener("click", onClick);
  document.addEventListener("htmx:afterSettle", draw);
  draw();
}
