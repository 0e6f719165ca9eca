/** Clock chips that tick by the server's time. The words are those of parts/words.py; change both together. */
import { all, hour, make, serverNow } from "./page";

const MINUTE = 60;
const HOUR = 3600;
const DAY = 86400;

/** Say whole units only: minutes under an hour, else hours, else days; seconds where a big clock runs out. */
function units(seconds: number, fine: boolean): string {
  if (fine && seconds < 5 * MINUTE) return `${Math.floor(seconds / MINUTE)} 分 ${Math.floor(seconds % MINUTE)} 秒`;
  if (seconds < MINUTE) return "不到 1 分";
  if (seconds < HOUR) return `${Math.floor(seconds / MINUTE)} 分`;
  if (seconds < DAY) return `${Math.floor(seconds / HOUR)} 小时`;
  return `${Math.floor(seconds / DAY)} 天`;
}

/** Say what is left or how late it is. */
export function remaining(left: number, fine = false): string {
  const said = units(Math.abs(left), fine && left > 0);
  return `${left > 0 ? "剩" : "超时"}${said.startsWith("不到") ? "" : " "}${said}`;
}

function announce(words: string): void {
  const line = make("p", "hear", words);
  line.setAttribute("role", "status");
  document.body.append(line);
  setTimeout(() => line.remove(), 4000);
}

const STATES = ["ok", "warn", "late"];

function become(chip: HTMLElement, state: string, said: string): void {
  chip.classList.remove(...STATES.map((each) => `clock-${each}`));
  chip.classList.add(`clock-${state}`);
  const use = chip.querySelector("use");
  const address = use?.getAttribute("href");
  if (use && address) use.setAttribute("href", address.replace(/#.*/, `#clock-${state}`));
  announce(`时钟：${said}`);
}

function tick(chip: HTMLElement): void {
  const due = Date.parse(chip.dataset["due"] ?? "");
  if (Number.isNaN(due)) return;
  const now = serverNow();
  const left = (due - now) / 1000;
  const said = remaining(left, chip.classList.contains("clock-big"));
  const words = chip.querySelector("[data-clock-words]");
  if (words && words.textContent !== said) words.textContent = said;
  const warn = Date.parse(chip.dataset["warn"] ?? "");
  if (left <= 0 && !chip.classList.contains("clock-late")) become(chip, "late", said);
  else if (left > 0 && chip.classList.contains("clock-ok") && now >= warn) become(chip, "warn", said);
}

/** Start all clocks of the page: chips each minute, a big clock in its last five minutes each second. */
export function startClocks(): void {
  let last = "";
  setInterval(() => {
    const now = serverNow();
    const minute = hour(now);
    for (const shown of all("[data-server-time]")) shown.textContent = hour(now, true);
    all(".clock-big[data-due]").forEach(tick);
    if (minute !== last) all("[data-due]").forEach(tick);
    last = minute;
  }, 1000);
}
