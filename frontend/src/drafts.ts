/** Nothing typed is lost: forms with data-draft="name" keep their words in this tab until the server has taken them. */
import { all, onContent } from "./page";

const PREFIX = "lx-draft:";
const SENT = "lx-draft-sent";
type Field = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

function fields(form: HTMLFormElement): Field[] {
  const kept = ":not([type=hidden], [type=password], [type=file], [type=submit])";
  return all<Field>(`input[name]${kept}, textarea[name], select[name]`, form);
}

function isBox(field: Field): field is HTMLInputElement {
  return field instanceof HTMLInputElement && (field.type === "checkbox" || field.type === "radio");
}

function nameOf(field: Field): string {
  return isBox(field) ? `${field.name}=${field.value}` : field.name;
}

function save(form: HTMLFormElement): void {
  const words = Object.fromEntries(fields(form).map((field) => [nameOf(field), isBox(field) ? (field.checked ? "1" : "") : field.value]));
  sessionStorage.setItem(PREFIX + form.dataset["draft"], JSON.stringify(words));
}

function restore(form: HTMLFormElement): void {
  const kept = sessionStorage.getItem(PREFIX + form.dataset["draft"]);
  // A form that came back with faults already carries what was typed.
  if (!kept || form.querySelector("[aria-invalid=true]")) return;
  const words = JSON.parse(kept) as Record<string, string>;
  for (const field of fields(form)) {
    const word = words[nameOf(field)];
    if (word === undefined) continue;
    if (isBox(field)) field.checked = word === "1";
    else if (!field.value) field.value = word;
    field.dispatchEvent(new Event("lx:restored", { bubbles: true }));
  }
}

/** Forget a draft that was sent, once a page without that form has come. */
function forgetSent(): void {
  const sent = sessionStorage.getItem(SENT);
  if (!sent || document.querySelector(`form[data-draft="${CSS.escape(sent)}"]`)) return;
  sessionStorage.removeItem(PREFIX + sent);
  sessionStorage.removeItem(SENT);
}

function countTyped(field: HTMLTextAreaElement | HTMLInputElement): void {
  const shown = document.querySelector(`[data-counted-for="${CSS.escape(field.id)}"]`);
  const show = () => {
    if (shown) shown.textContent = `${field.value.length}/${field.dataset["counted"]}`;
  };
  field.addEventListener("input", show);
  field.addEventListener("lx:restored", show);
  show();
}

/** Keep drafts, count typed characters, and put the eye on the first fault. */
export function startForms(): void {
  forgetSent();
  onContent((root) => {
    for (const form of all<HTMLFormElement>("form[data-draft]", root)) {
      restore(form);
      form.addEventListener("input", () => save(form));
      form.addEventListener("submit", () => sessionStorage.setItem(SENT, form.dataset["draft"] ?? ""));
    }
    all<HTMLTextAreaElement>("[data-counted]", root).forEach(countTyped);
    all("[data-focus]", root)[0]?.focus();
  });
}
