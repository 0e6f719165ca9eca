/** The map's own search: areas, estates, buildings, cases by number; a choice takes the map there. */
import { all, csrfToken, make } from "../page";
import { readJson } from "./settings";

export interface Place {
  kind: string;
  key: string;
  label: string;
  line?: string;
  lon?: number | null;
  lat?: number | null;
  panel?: string;
}

/** Let a form find while one types. */
export function startFinding(form: HTMLFormElement, address: string, choose: (place: Place) => void): void {
  const input = form.querySelector<HTMLInputElement>("input");
  const list = form.querySelector<HTMLElement>("[data-onemap-found]");
  if (!input || !list) return;
  let timer = 0;
  let count = 0;
  const clear = () => { list.replaceChildren(); list.hidden = true; };
  const find = async () => {
    const words = input.value.trim();
    const mine = (count += 1);
    if (!words) return clear();
    const { found } = await readJson<{ found: Place[] }>(address, {
      method: "POST", body: new URLSearchParams({ q: words }), headers: { "X-CSRFToken": csrfToken() },
    }).catch(() => ({ found: [] as Place[] }));
    if (mine !== count) return;
    list.hidden = false;
    if (!found.length) return list.replaceChildren(make("p", "small muted", "没有找到。换个词，或写完整的编号"));
    list.replaceChildren(...found.map((place) => {
      const press = make("button", "onemap-row");
      press.type = "button";
      const words_ = make("span", "fill");
      words_.append(make("b", "", place.label), make("small", "", place.line ?? ""));
      press.append(words_);
      press.addEventListener("click", () => { clear(); choose(place); });
      return press;
    }));
  };
  input.addEventListener("input", () => { clearTimeout(timer); timer = window.setTimeout(() => void find(), 220); });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const first = list.querySelector("button");
    if (first && !list.hidden) first.click();
    else void find();
  });
  form.addEventListener("keydown", (event) => {
    if (event.key === "Escape") { clear(); return; }
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    const stops: HTMLElement[] = [input, ...all("button", list)];
    const at = stops.findIndex((one) => one === document.activeElement);
    stops[Math.max(0, Math.min(stops.length - 1, at + (event.key === "ArrowDown" ? 1 : -1)))]?.focus();
    event.preventDefault();
  });
  form.addEventListener("focusout", () => setTimeout(() => form.contains(document.activeElement) || clear(), 150));
}
