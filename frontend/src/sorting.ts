/** The points of a route in `<ul data-sort>`: dragged, or moved by keys and buttons; the numbers beside them follow. */
import { all, make } from "./page";

function number(item: HTMLElement): HTMLInputElement | null {
  return item.querySelector<HTMLInputElement>("input[name^=order_]");
}

/** Number what is in the route anew, from the top. */
function renumber(list: HTMLElement): void {
  let place = 0;
  for (const item of all<HTMLElement>("li", list)) {
    const input = number(item);
    if (!input) continue;
    const isIn = input.value.trim() !== "";
    item.classList.toggle("is-in", isIn);
    if (isIn) input.value = String((place += 1));
  }
}

function move(item: HTMLElement, up: boolean): void {
  const other = up ? item.previousElementSibling : item.nextElementSibling;
  if (!other) return;
  if (up) other.before(item);
  else other.after(item);
}

function button(words: string, label: string): HTMLButtonElement {
  const made = make("button", "button button-small", words);
  made.type = "button";
  made.setAttribute("aria-label", label);
  return made;
}

function dress(list: HTMLElement, item: HTMLElement): void {
  const input = number(item);
  if (!input) return;
  item.draggable = true;
  const name = item.querySelector("b")?.textContent ?? "";
  const toggle = button(input.value ? "拿掉" : "加上", `加上或拿掉 ${name}`);
  toggle.addEventListener("click", () => {
    input.value = input.value ? "" : "9999";
    toggle.textContent = input.value ? "拿掉" : "加上";
    const last = all<HTMLElement>("li.is-in", list).pop();
    if (input.value && last && last !== item) last.after(item);
    renumber(list);
  });
  const up = button("↑", `${name} 往前`);
  const down = button("↓", `${name} 往后`);
  for (const [one, isUp] of [[up, true], [down, false]] as const) {
    one.addEventListener("click", () => {
      move(item, isUp);
      renumber(list);
      one.focus();
    });
  }
  item.append(toggle, up, down);
  input.addEventListener("change", () => {
    const wanted = Number(input.value) || 0;
    const others = all<HTMLElement>("li.is-in", list).filter((each) => each !== item);
    const before = wanted > 0 ? others[wanted - 1] : undefined;
    if (before) before.before(item);
    toggle.textContent = input.value ? "拿掉" : "加上";
    renumber(list);
  });
}

function drag(list: HTMLElement): void {
  let held: HTMLElement | null = null;
  list.addEventListener("dragstart", (event) => {
    held = (event.target as HTMLElement).closest("li");
    held?.classList.add("is-dragged");
  });
  list.addEventListener("dragover", (event) => {
    const over = (event.target as HTMLElement).closest<HTMLElement>("li");
    if (!held || !over || over === held || over.parentElement !== list) return;
    event.preventDefault();
    const { top, height } = over.getBoundingClientRect();
    if (event.clientY < top + height / 2) over.before(held);
    else over.after(held);
  });
  list.addEventListener("dragend", () => {
    held?.classList.remove("is-dragged");
    const input = held && number(held);
    if (input && !input.value && held?.nextElementSibling?.classList.contains("is-in")) input.value = "9999";
    held = null;
    renumber(list);
  });
}

/** Set up the lists of a page; without script the numbers are typed. */
export function startSorting(): void {
  for (const list of all<HTMLElement>("[data-sort]")) {
    all<HTMLElement>("li", list).forEach((item) => dress(list, item));
    drag(list);
  }
}
