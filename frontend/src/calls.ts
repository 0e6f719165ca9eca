/** The note of a telephone call: opened by T, kept while one types, ended with what came of the call. */
import htmx from "./htmx";
import { all, csrfToken } from "./page";

const WAIT = 500;

function card(): HTMLElement | null {
  return document.querySelector<HTMLElement>("[data-call]");
}

function value(name: string): string {
  return card()?.querySelector<HTMLInputElement | HTMLTextAreaElement>(`[name="${name}"]`)?.value ?? "";
}

function say(words: string): void {
  for (const state of all("[data-call-state]")) state.textContent = words;
}

/** Send what is written under the next step: an older one that comes late undoes nothing. */
async function save(): Promise<void> {
  const note = card();
  if (!note?.dataset["call"]) return;
  const step = Number(note.dataset["callStep"] ?? "0") + 1;
  note.dataset["callStep"] = String(step);
  const body = new URLSearchParams({ words: value("words"), phone: value("phone"), step: String(step) });
  try {
    // keepalive: what was typed last leaves even with the page.
    const answer = await fetch(note.dataset["call"], { method: "POST", body, headers: { "X-CSRFToken": csrfToken() }, keepalive: true });
    const told = (await answer.json()) as { at?: string; detail?: string };
    say(answer.ok ? `${told.at ?? ""} 已存` : (told.detail ?? "没有存上"));
  } catch {
    say("没有连上，接着写，会再存");
    timer = window.setTimeout(() => void save(), 4_000);
  }
}

let timer = 0;

function saveNow(): void {
  if (!timer) return;
  clearTimeout(timer);
  timer = 0;
  void save();
}

async function open(dock: HTMLElement, focus: boolean): Promise<void> {
  if (!dock.querySelector("[data-call]")) {
    await htmx.ajax("get", dock.dataset["callDock"] ?? "", { target: dock, swap: "beforeend" });
  }
  dock.dataset["shown"] = "yes";
  fillCase(dock);
  if (focus) dock.querySelector<HTMLElement>("[data-call-focus]")?.focus();
}

/** Offer the case that is open beside as the one the call was about. */
function fillCase(dock: HTMLElement): void {
  const field = dock.querySelector<HTMLInputElement>("[data-call-case]");
  const number = document.querySelector<HTMLElement>("[data-open-case]")?.dataset["openCase"];
  if (field && number && !field.value) field.value = number;
  const next = dock.querySelector<HTMLInputElement>("[data-call-next]");
  if (next) next.value = location.pathname + location.search;
}

function fold(dock: HTMLElement): void {
  delete dock.dataset["shown"];
  dock.querySelector<HTMLElement>("[data-call-open]")?.focus();
}

/** Keep the note of a call on pages that have one; a call that lasts opens by itself. */
export function startCalls(): void {
  const dock = document.querySelector<HTMLElement>("[data-call-dock]");
  if (!dock && !card()) return;
  document.addEventListener("input", (event) => {
    if (!(event.target instanceof Element && event.target.closest("[data-call]")) || event.target.closest("[data-call-end]")) return;
    clearTimeout(timer);
    timer = window.setTimeout(() => {
      timer = 0;
      void save();
    }, WAIT);
  });
  document.addEventListener("submit", (event) => {
    if (event.target instanceof Element && event.target.closest("[data-call-end]")) saveNow();
  });
  addEventListener("pagehide", saveNow);
  if (!dock) return;
  dock.addEventListener("click", (event) => {
    const target = event.target instanceof Element ? event.target : null;
    if (target?.closest("[data-call-open]")) {
      event.preventDefault();
      void open(dock, true);
    } else if (target?.closest("[data-call-fold]")) fold(dock);
  });
  dock.addEventListener("keydown", (event) => {
    if (event.key === "Escape") fold(dock);
  });
  if (dock.hasAttribute("data-call-now")) void open(dock, false);
}
