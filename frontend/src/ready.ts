/** Reply templates in a form: pressed, or Alt and a digit while writing, they go in where one writes. */
import { all, around, make } from "./page";

type Field = HTMLTextAreaElement | HTMLInputElement;
const UNKNOWN = /〔[^〔〕]+〕/;

/** The field of the form that takes words: the one in focus, else the last long one. */
function fieldOf(form: HTMLFormElement): Field | null {
  const active = document.activeElement;
  if (active instanceof HTMLTextAreaElement && form.contains(active)) return active;
  return all<HTMLTextAreaElement>("textarea", form).pop() ?? null;
}

function insert(button: HTMLElement): void {
  const form = button.closest("form");
  const field = form ? fieldOf(form) : null;
  if (!form || !field) return;
  const words = button.dataset["insert"] ?? "";
  const start = field.selectionStart ?? field.value.length;
  field.setRangeText(words, start, field.selectionEnd ?? start, "end");
  field.focus();
  // What is not known yet is selected, to be typed over.
  const gap = UNKNOWN.exec(field.value);
  if (gap) field.setSelectionRange(gap.index, gap.index + gap[0].length);
  field.dispatchEvent(new Event("input", { bubbles: true }));
  remember(form, button.dataset["template"] ?? "");
}

function remember(form: HTMLFormElement, key: string): void {
  if (!key || form.querySelector(`input[name=template][value="${CSS.escape(key)}"]`)) return;
  const field = make("input");
  field.type = "hidden";
  field.name = "template";
  field.value = key;
  form.append(field);
}

function onKey(event: KeyboardEvent): void {
  const digit = /^Digit([1-9])$/.exec(event.code)?.[1];
  if (!event.altKey || !digit || !(event.target instanceof Element)) return;
  const form = event.target.closest("form") ?? document.querySelector("dialog[open] form");
  const button = form?.querySelectorAll<HTMLElement>("[data-insert]")[Number(digit) - 1];
  if (!button) return;
  event.preventDefault();
  insert(button);
}

/** Listen for presses and for Alt with a digit. */
export function startReady(): void {
  document.addEventListener("click", (event) => {
    const button = around(event, "[data-insert]");
    if (button) insert(button);
  });
  document.addEventListener("keydown", onKey);
}
