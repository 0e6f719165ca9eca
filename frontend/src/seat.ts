/** The seat: a row opens beside the queue, J and K walk and open, and what is put in anew moves nothing one reads. */
import { numberOpen, startLooking } from "./looking";
import { all } from "./page";

const PAUSE = 160; // rows that are only passed by are not fetched
type Swap = CustomEvent<{ target?: Element; elt?: Element }>;

interface Place {
  number: string;
  focus: string;
  anchor: { number: string; top: number } | null;
  scroll: Map<string, number>;
  menus: string[];
}

function opened(event: Event): void {
  const row = (event as Swap).detail.elt;
  if (!row?.matches(".seat-list .queue-row")) return;
  for (const other of all(".seat-list .queue-row[aria-current]")) other.removeAttribute("aria-current");
  row.setAttribute("aria-current", "true");
  // On a phone the case takes the place of the queue.
  const seat = row.closest<HTMLElement>(".seat");
  if (seat) seat.dataset["open"] = "case";
}

/** Say how to find an element again in markup that is the same in kind: by id, key, row, or field. */
function handle(element: Element): string {
  if (element.id) return `#${CSS.escape(element.id)}`;
  const field = element.closest<HTMLElement>("[data-number], [data-key]");
  if (field?.dataset["number"]) return `[data-number="${CSS.escape(field.dataset["number"])}"]`;
  if (field?.dataset["key"]) return `[data-key="${CSS.escape(field.dataset["key"])}"]`;
  const input = element as HTMLInputElement;
  if (input.name) return `[name="${CSS.escape(input.name)}"]${input.type === "radio" || input.type === "checkbox" ? `[value="${CSS.escape(input.value)}"]` : ""}`;
  const address = element.getAttribute("href");
  return address ? `[href="${CSS.escape(address)}"]` : "";
}

const SCROLLS = [".seat-list", ".seat-scroll"];

function note(target: Element): Place {
  const active = document.activeElement;
  const list = target.querySelector(".seat-list");
  const rows = list ? all(".queue-row", list) : [];
  const top = list?.getBoundingClientRect().top ?? 0;
  // The row one is at, else the first that is wholly seen: it stays where it is.
  const at = rows.find((row) => row === active) ?? rows.find((row) => row.getBoundingClientRect().top >= top);
  const scroll = new Map<string, number>();
  for (const name of SCROLLS) {
    const element = target.matches(name) ? target : target.querySelector(name);
    if (element) scroll.set(name, element.scrollTop);
  }
  return {
    number: numberOpen(),
    focus: active && active !== document.body && target.contains(active) ? handle(active) : "",
    anchor: at?.dataset["number"] ? { number: at.dataset["number"], top: at.getBoundingClientRect().top } : null,
    scroll,
    menus: all<HTMLDetailsElement>("details[open][id]", target).map((menu) => menu.id),
  };
}

/** Scroll a list on by so many pixels; one that is too short to scroll gets room below for it. */
function hold(list: HTMLElement, moved: number): void {
  const end = list.lastElementChild?.getBoundingClientRect().bottom ?? 0;
  const room = end - list.getBoundingClientRect().bottom;
  if (moved > room) list.style.paddingBottom = `${moved - room}px`;
  list.scrollTop += moved;
}

function restore(place: Place): void {
  for (const [name, top] of place.scroll) {
    // Another case begins at its top.
    if (name === ".seat-scroll" && place.number !== numberOpen()) continue;
    const element = document.querySelector(name);
    if (element) element.scrollTop = top;
  }
  const list = document.querySelector<HTMLElement>(".seat-list");
  const row = place.anchor && document.querySelector(`[data-number="${CSS.escape(place.anchor.number)}"]`);
  if (list && row && place.anchor) hold(list, row.getBoundingClientRect().top - place.anchor.top);
  for (const id of place.menus) document.getElementById(id)?.setAttribute("open", "");
  if (place.focus && (!document.activeElement || document.activeElement === document.body)) refocus(place.focus);
}

function refocus(selector: string): void {
  const again = document.querySelector<HTMLElement>(selector) ?? document.querySelector<HTMLElement>(".queue-row[aria-current]");
  again?.focus({ preventScroll: true });
}

let place: Place | null = null;

/** Keep focus, places of scrolling and open menus over a swap; another case in the pane begins at its top. */
function keepPlaces(): void {
  document.addEventListener("htmx:beforeSwap", (event) => {
    const { target } = (event as Swap).detail;
    if (!target?.matches("#seat-queue, #seat-case, #seat-scroll, #cases-list")) return;
    place = note(target);
  });
  document.addEventListener("htmx:afterSettle", () => {
    if (place) restore(place);
    place = null;
  });
}

let timer = 0;

/** Open the row that was walked to, once one stays at it. */
function openSoon(event: Event): void {
  const row = event.target;
  if (!(row instanceof HTMLElement) || !row.matches("[data-rows-open] .queue-row")) return;
  clearTimeout(timer);
  timer = window.setTimeout(() => {
    if (document.activeElement === row && row.getAttribute("aria-current") !== "true") row.click();
  }, PAUSE);
}

/** P takes the next proposal. */
function nextProposal(): boolean {
  const options = all<HTMLInputElement>("#file-dispatch input[type=radio]");
  if (options.length < 2) return false;
  const next = options[(options.findIndex((option) => option.checked) + 1) % options.length];
  if (!next) return false;
  next.checked = true;
  next.dispatchEvent(new Event("change", { bubbles: true }));
  return true;
}

/** Follow what htmx has fetched for a row of the queue, and keep one's place. */
export function startSeat(): void {
  document.addEventListener("htmx:afterRequest", opened);
  keepPlaces();
  const seat = document.querySelector<HTMLElement>(".seat");
  if (!seat) return;
  document.addEventListener("lx:walked", openSoon);
  document.addEventListener("lx:key", (event) => {
    if ((event as CustomEvent<string>).detail === "p" && nextProposal()) event.preventDefault();
  });
  // After an act one is where one goes on: at the row that is open.
  if (document.activeElement === document.body) document.querySelector<HTMLElement>(".queue-row[aria-current]")?.focus({ preventScroll: true });
  document.querySelector(".queue-row[aria-current]")?.scrollIntoView({ block: "nearest" });
  startLooking(seat);
}
