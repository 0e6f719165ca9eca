/** Keys by attribute: data-key="d" on a button, link or field; data-rows lists walk by J and K. Can be switched off. */
import { choose, chooseNone } from "./choosing";
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
  const rows = all("[data-rows] a, [data-rows] [tabindex='0']").filter(seen);
  const here = rows.findIndex((row) => row === document.activeElement || row.getAttribute("aria-current") === "true");
  const current = rows.findIndex((row) => row === document.activeElement);
  const next = rows[Math.min(rows.length - 1, Math.max(0, (current >= 0 ? current : here) + step))];
  next?.focus();
  next?.dispatchEvent(new Event("lx:walked", { bubbles: true }));
}

/** The row one is at: in focus, or open. */
function here(): Element | null {
  const active = document.activeElement?.closest("[data-rows] .queue-item, [data-rows] tr");
  return active ?? document.querySelector("[data-rows] [aria-current=true]");
}

// Keys without a button of their own: key, what it does, where it is there.
const ALWAYS: [string, string, string][] = [
  ["j", "下一件", "[data-rows]"],
  ["k", "上一件", "[data-rows]"],
  ["x", "勾选这一件", "form[data-batch]"],
  ["Shift X", "从上一个勾选的连到这一件", "form[data-batch]"],
  ["*", "这一页全选", "form[data-batch]"],
  ["Esc", "不选了", "form[data-batch]"],
  ["p", "换一种建议", "#file-dispatch"],
  ["Ctrl ↵", "送出打开的表单", "[data-dialog-url]"],
  ["Alt 1–9", "插入答复模板", "[data-dialog-url]"],
];

function listKeys(): void {
  const list = document.querySelector("[data-keys-list]");
  const dialog = list?.closest("dialog");
  if (!list || !dialog) return;
  list.textContent = "";
  const found = new Map(all("[data-key]").filter(seen).map((element) => [element.dataset["key"] ?? "", nameOf(element)]));
  const lines = [...ALWAYS.filter(([, , where]) => document.querySelector(where)).map(([key, words]) => [key, words] as const), ...found];
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
  return label.replace(/\s+/g, " ").trim().replace(new RegExp(`\\s*${key.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&")}$`), "");
}

/** Where rows are chosen, keys speak of them all; else of the case that is open. */
function keyed(key: string, root: ParentNode): HTMLElement | undefined {
  const found = all(`[data-key="${CSS.escape(key)}"]`, root).filter((element) => seen(element) || reachable(element));
  return found.find((element) => element.closest("[data-has-chosen] [data-batch-bar]")) ?? found.filter((element) => !element.closest("[data-batch-bar]") || key === "*").pop();
}

/** What stands in a menu that is closed has a key all the same. */
function reachable(element: HTMLElement): boolean {
  return element.closest("details[data-menu]:not([open])") !== null && element.closest("details")?.getClientRects().length !== 0;
}

function own(event: KeyboardEvent, key: string): boolean {
  if (key === "?") listKeys();
  else if ((key === "j" || key === "k") && document.querySelector("[data-rows]")) walk(key === "j" ? 1 : -1);
  else if (key === "x") return choose(here(), event.shiftKey);
  else if (key === "*") document.querySelector<HTMLElement>("[data-batch-all]")?.click();
  else if (key === "escape") return chooseNone();
  else return !document.dispatchEvent(new CustomEvent("lx:key", { detail: key, cancelable: true }));
  return true;
}

function press(event: KeyboardEvent): void {
  const open = all<HTMLDialogElement>("dialog[open]").pop();
  if ((event.ctrlKey || event.metaKey) && event.key === "Enter") return send(event, open);
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || isTyping(event.target) || !on()) return;
  const key = event.key.toLowerCase();
  const element = keyed(key, open ?? document);
  if (element) {
    event.preventDefault();
    if (isTyping(element)) element.focus();
    else element.click();
    // A menu opened by a key is walked by keys.
    if (element.matches("details[open] > summary")) all("a, button", element.parentElement ?? document).filter(seen)[0]?.focus();
  } else if (!open && own(event, key)) event.preventDefault();
}

/** Ctrl and Enter send the form one is in, or the one of the open dialog. */
function send(event: KeyboardEvent, open: HTMLDialogElement | undefined): void {
  const around = event.target instanceof Element ? event.target.closest("form") : null;
  const form = around ?? open?.querySelector("form") ?? document.querySelector<HTMLFormElement>("form[data-batch-do]");
  if (!form || (open && !open.contains(form)) || form.matches("[role=search]")) return;
  event.preventDefault();
  form.requestSubmit();
}

/** A form that comes into a dialog is begun at its first field; one that destroys, at the way out. */
function begin(event: Event): void {
  const dialog = event.target instanceof Element ? event.target.closest("dialog[open]") : null;
  if (!dialog || (dialog.contains(document.activeElement) && document.activeElement !== dialog && document.activeElement?.closest("form"))) return;
  const fault = dialog.querySelector<HTMLElement>("[aria-invalid=true]");
  const first = dialog.querySelector<HTMLElement>("[autofocus]") ?? all("input:not([type=hidden]), select, textarea", dialog).filter(seen)[0] ?? all("button", dialog).filter(seen).pop();
  (fault ?? first)?.focus();
}

/** Listen for keys and keep the switch in the dialog of keys. */
export function startKeys(): void {
  document.addEventListener("keydown", press);
  document.addEventListener("htmx:load", begin);
  // A page that asks for words is begun at them.
  const asking = document.querySelector<HTMLElement>("form[data-batch-do] .form :is(input:not([type=hidden]), select, textarea)");
  asking?.focus();
  document.addEventListener("click", (event) => {
    if (event.target instanceof Element && event.target.closest("[data-keys-open]")) listKeys();
  });
  for (const box of all<HTMLInputElement>("[data-keys-switch]")) {
    box.checked = on();
    box.addEventListener("change", () => localStorage.setItem(STORE, box.checked ? "on" : "off"));
  }
}
