// The big screen: asks each few seconds whether anything happened, redraws blocks that changed, turns its pages, and
// lets a pointer take over. Nothing is held open, so that a night without network or a new release does no harm.

import "../css/screen.css";

const ASK = 5_000;
const APART = 15_000; // between two readings while much happens
const OLDEST = 120_000; // a reading is renewed after this, whatever happened: clocks go on
const POINTED = 90_000; // how long a pointer keeps the pages still
const BACK_HOME = 180_000; // an untouched screen that looks closer goes back
const FADE = 400;
const STEP = 6_000;
const WEEKDAYS = ["周日", "周一", "周二", "周三", "周四", "周五", "周六"];

const body = document.body;
const page = document.querySelector<HTMLElement>(".ws-page");
const stale = document.querySelector<HTMLElement>("[data-stale]");

const state = {
  number: Number(page?.dataset.page ?? 1),
  feed: Number(body.dataset.feed ?? 0),
  seen: Number(body.dataset.feed ?? 0),
  readAt: performance.now(),
  turnedAt: performance.now(),
  pointedAt: -Infinity,
  touchedAt: performance.now(),
  isBusy: false,
  skew: Date.parse(body.dataset.now ?? "") - Date.now() || 0,
};

function placeTime(): Date {
  return new Date(Date.now() + state.skew);
}

function showClock(): void {
  const parts = new Intl.DateTimeFormat("zh-CN", {
    timeZone: "Asia/Shanghai", month: "numeric", day: "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23",
  }).formatToParts(placeTime());
  const of = (type: string): string => parts.find((part) => part.type === type)?.value ?? "";
  const clock = document.querySelector("[data-clock]");
  const day = document.querySelector("[data-day]");
  const weekday = new Date(placeTime().getTime() + 8 * 3_600_000).getUTCDay();
  if (clock) clock.textContent = `${of("hour")}:${of("minute")}`;
  if (day) day.textContent = `${of("month")}月${of("day")}日 ${WEEKDAYS[weekday]}`;
}

function say(words: string): void {
  if (!stale) return;
  stale.hidden = words === "";
  if (stale.textContent !== words) stale.textContent = words;
}

function asOf(): string {
  return document.querySelector<HTMLElement>("[data-board]")?.dataset.asOf ?? "";
}

function complain(status: number): void {
  const said = status === 401 ? "连接已结束，请重新连接这块屏幕" : "暂时连不上，数据停在";
  say(status === 401 ? said : `${said} ${asOf()}`);
}

// What each block was made of: the line at the foot has moved on since.
const drawn = new WeakMap<Element, string>();

function remember(): void {
  for (const block of document.querySelectorAll("[data-block]")) drawn.set(block, block.innerHTML);
}

// Blocks that say the same stay as they are, so that nothing flickers and pulses go on.
function redraw(html: string, whole: boolean): void {
  if (!page) return;
  const made = new DOMParser().parseFromString(`<main>${html}</main>`, "text/html").querySelector("main");
  if (!made) return;
  const fresh = made.querySelector<HTMLElement>("[data-board]");
  const shown = page.querySelector<HTMLElement>("[data-board]");
  const blocks = [...made.querySelectorAll<HTMLElement>("[data-block]")];
  const there = new Map([...page.querySelectorAll<HTMLElement>("[data-block]")].map((one) => [one.dataset.block, one]));
  if (whole || !fresh || !shown || blocks.length !== there.size || blocks.some((one) => !there.has(one.dataset.block))) {
    page.replaceChildren(...made.childNodes);
    remember();
  } else {
    shown.dataset.asOf = fresh.dataset.asOf ?? "";
    for (const block of blocks) {
      const old = there.get(block.dataset.block);
      if (old && drawn.get(old) !== block.innerHTML) {
        drawn.set(block, block.innerHTML);
        old.replaceWith(block);
      }
    }
  }
  page.dataset.page = String(state.number);
  const title = fresh?.dataset.title;
  const heading = document.querySelector("[data-title]");
  if (title && heading) heading.textContent = title;
  for (const link of document.querySelectorAll<HTMLElement>("[data-turn-to]")) {
    if (Number(link.dataset.turnTo) === state.number) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
}

async function read(whole = false): Promise<void> {
  if (state.isBusy || !page) return;
  state.isBusy = true;
  try {
    const wanted = state.feed;
    const answer = await fetch(`${body.dataset.pageUrl ?? ""}?page=${state.number}`, { signal: AbortSignal.timeout(20_000) });
    if (!answer.ok) return complain(answer.status);
    const html = await answer.text();
    if (whole) await fade();
    redraw(html, whole);
    page.classList.remove("ws-turning");
    state.seen = wanted;
    state.readAt = performance.now();
    say("");
  } catch {
    complain(0);
  } finally {
    page.classList.remove("ws-turning");
    state.isBusy = false;
  }
}

function fade(): Promise<void> {
  page?.classList.add("ws-turning");
  return new Promise((done) => setTimeout(done, matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : FADE));
}

async function ask(): Promise<void> {
  try {
    const answer = await fetch(body.dataset.nowUrl ?? "", { signal: AbortSignal.timeout(10_000) });
    if (!answer.ok) return complain(answer.status);
    const told = (await answer.json()) as { feed: number; build: string; now: string };
    if (told.build !== body.dataset.build) return location.reload();
    state.skew = Date.parse(told.now) - Date.now();
    state.feed = told.feed;
    const age = performance.now() - state.readAt;
    if ((state.feed !== state.seen && age > APART) || age > OLDEST || !stale?.hidden) await read();
  } catch {
    complain(0);
  }
}

function pages(): number {
  return document.querySelectorAll("[data-turn-to]").length;
}

async function turn(to: number): Promise<void> {
  const count = pages();
  state.turnedAt = performance.now();
  if (count < 2 && to === state.number) return;
  state.number = ((to - 1 + count) % count) + 1;
  await read(true);
}

function point(): void {
  const now = performance.now();
  state.pointedAt = state.touchedAt = now;
  body.classList.add("ws-pointed");
}

function rest(): void {
  const now = performance.now();
  const isPointed = now - state.pointedAt < POINTED;
  if (now - state.pointedAt > 6_000) body.classList.remove("ws-pointed");
  if (!("home" in body.dataset) && now - state.touchedAt > BACK_HOME) location.assign(body.dataset.homeUrl ?? "");
  if (!isPointed && now - state.turnedAt > Number(body.dataset.turn ?? 30) * 1000) void turn(state.number + 1);
}

function connect(): void {
  for (const name of ["pointermove", "pointerdown", "keydown", "touchstart"]) {
    addEventListener(name, point, { passive: true });
  }
  addEventListener("keydown", (event) => {
    if (event.key === "ArrowRight" || event.key === "PageDown") void turn(state.number + 1);
    if (event.key === "ArrowLeft" || event.key === "PageUp") void turn(state.number - 1);
    if (event.key === "Escape" && !("home" in body.dataset)) location.assign(body.dataset.homeUrl ?? "");
  });
  document.querySelector("[data-keys-bar]")?.addEventListener("click", (event) => {
    const link = (event.target as Element).closest<HTMLElement>("[data-turn-to], [data-turn-back], [data-turn-on]");
    if (!link) return;
    event.preventDefault();
    if (link.dataset.turnTo) void turn(Number(link.dataset.turnTo));
    else void turn(state.number + ("turnOn" in link.dataset ? 1 : -1));
  });
  const wide = document.querySelector<HTMLButtonElement>("[data-fullscreen]");
  if (wide && document.fullscreenEnabled) {
    wide.hidden = false;
    wide.addEventListener("click", () => void (document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen()));
  }
  addEventListener("online", () => void read());
}

// The line at the foot steps on: what stood first goes to the end.
function step(): void {
  const line = document.querySelector("[data-ticks]");
  if (line?.firstElementChild && line.childElementCount > 1) line.append(line.firstElementChild);
}

remember();
connect();
showClock();
setInterval(showClock, 1000);
setInterval(() => void ask(), ASK);
setInterval(rest, 1000);
setInterval(step, STEP);
