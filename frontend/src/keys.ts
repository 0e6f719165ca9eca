/** Keys by attribute: data-key="d" on a button, link or field; data-rows lists walk by J and K. Can be switched off. */
import { all, make } from "./page";

const STORE = "lx-keys";

function on(): boolean {
  return document.body.dataset["keys"] !== "off" && localStorage.getItem(STORE) !== "off";
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || target.matches("input:not([type=radio], [type=checkbox]), textarea, select"));
}

function seen(element: HTMLElement): boolean {
  return element.getClientRects().length > 0 && !element.matches("[disabled], [aria-disabled=true]");
}

function walk(step: number): void {
  const rows = all("[data-rows] a, [data-rows] [tabindex]").filter(seen);
  const here = rows.findIndex((row) => row === document.activeElement || row.getAttribute("aria-current") === "true");
  const current = rows.findIndex((row) => row === document.activeElement);
  const next = rows[Math.min(rows.length - 1, Math.max(0, (current >= 0 ? current : here) + step))];
  next?.focus();
}

function listKeys(): void {
  const list = document.querySelector("[data-keys-list]");
  const dialog = list?.closest("dialog");
  if (!list || !dialog) return;
  list.textContent = "";
  const lines = all("[data-key]").filter(seen).map((element) => [element.dataset["key"] ?? "", nameOf(element)] as const);
  if (document.querySelector("[data-rows]")) lines.push(["j", "下一件"], ["k", "上一件"]);
  for (const [key, words] of [...lines, ["?", "全部按键"] as const]) {
    const term = make("dt");
    term.append(make("kbd", "", key.toUpperCase()));
    list.append(term, make("dd", "", words));
  }
  dialog.showModal();
}

function nameOf(element: HTMLElement): string {
  const label = element.getAttribute("aria-label") ?? element.textContent ?? "";
  const key = element.querySelector("kbd")?.textContent ?? "";
  return label.replace(/\s+/g, " ").trim().replace(new RegExp(`\\s*${key.replace(/[?/]/, "\\$&")}$`), "");
}

function press(event: KeyboardEvent): void {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || isTyping(event.target) || !on()) return;
  const open = all<HTMLDialogElement>("dialog[open]").pop();
  const key = event.key.toLowerCase();
  const element = all(`[data-key="${CSS.escape(key)}"]`, open ?? document).filter(seen).pop();
  if (element) {
    event.preventDefault();
    if (isTyping(element)) element.focus();
    else element.click();
  } else if (!open && key === "?") listKeys();
  else if (!open && (key === "j" || key === "k") && document.querySelector("[data-rows]")) walk(key === "j" ? 1 : -1);
}

/** Listen for keys and keep the switch in the dialog of keys. */
export function startKeys(): void {
  document.addEventListener("keydown", press);
  for (const box of all<HTMLInputElement>("[data-keys-switch]")) {
    box.checked = on();
    box.addEventListener("change", () => localStorage.setItem(STORE, box.checked ? "on" : "off"));
  }
}
