/** What the map shows, as a list: for the keyboard, for the ear, and for who wants to read rather than to search. */
import { all, make } from "../page";
import { drawShape, SHAPES } from "../shapes";
import type { Mounted } from "./mount";
import { pictureOf } from "./pictures";
import type { Shown } from "./points";

const MOST = 60;
const RANK: Record<string, number> = { late: 0, warn: 1, ok: 2 };

/** Return what lies in the window, late before due before the rest. */
export function inView(map: Mounted): Shown[] {
  const bounds = map.plan.getBounds();
  return map.points
    .filter(({ isOn }) => isOn)
    .flatMap((layer) => layer.shown)
    .filter(({ place: [x = 0, y = 0] }) => bounds.contains([x, y]))
    .sort((a, b) => (RANK[a.spot.tone ?? ""] ?? 3) - (RANK[b.spot.tone ?? ""] ?? 3));
}

function row(shown: Shown, choose: (shown: Shown) => void, look: (shown: Shown | null) => void): HTMLLIElement {
  const { spot, layer } = shown;
  const line = make("li");
  const press = make("button", "onemap-row");
  press.type = "button";
  const name = pictureOf(spot.shape ?? "", spot.tone);
  const words = make("span", "fill");
  const title = spot.cluster ? `${layer.label} ${spot.count} 处` : spot.title || spot.label || layer.label;
  const second = spot.cluster ? (spot.late ? `其中超时 ${spot.late} · 按下放大` : "按下放大") : [SHAPES[name].label, spot.line].filter(Boolean).join(" · ");
  words.append(make("b", "", title), make("small", "", second));
  press.append(spot.cluster ? make("i", "onemap-key onemap-key-many") : drawShape(name), words);
  press.addEventListener("click", () => choose(shown));
  press.addEventListener("focus", () => look(shown));
  press.addEventListener("mouseenter", () => look(shown));
  line.append(press);
  return line;
}

/** Make the list; `choose` opens one, `look` marks one on the map. */
export function listOf(map: Mounted, choose: (shown: Shown) => void, look: (shown: Shown | null) => void): HTMLElement[] {
  const found = inView(map);
  const total = found.reduce((sum, { spot }) => sum + (spot.cluster ? (spot.count ?? 0) : 1), 0);
  const head = make("h2", "onemap-title", "图上有什么");
  if (!found.length) return [head, make("p", "muted", "画面里没有点。移动地图，或者在图层里多打开几样。")];
  const list = make("ul", "onemap-inview");
  list.append(...found.slice(0, MOST).map((shown) => row(shown, choose, look)));
  list.addEventListener("keydown", (event) => {
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    const rows = all("button", list);
    const at = rows.findIndex((one) => one === document.activeElement);
    rows[Math.max(0, Math.min(rows.length - 1, at + (event.key === "ArrowDown" ? 1 : -1)))]?.focus();
    event.preventDefault();
  });
  const rest = found.length > MOST ? [make("p", "small muted", `还有 ${found.length - MOST} 处，放大地图就会出来。`)] : [];
  return [head, make("p", "small muted", `画面里共 ${total.toLocaleString("zh-CN")} 处，超时的在前。`), list, ...rest];
}
