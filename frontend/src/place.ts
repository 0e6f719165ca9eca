/** Where it is: the phone's own position by one press, and the cases nearby before a report is sent. */
import htmx from "./htmx";
import { all, around, onContent } from "./page";
import { tell } from "./toasts";

const REASONS: Record<number, string> = {
  1: "手机没有允许定位。可以在图上点，或者选小区",
  2: "没有找到位置。可以在图上点，或者选小区",
  3: "定位太久了。可以在图上点，或者选小区",
};

function field(name: string | undefined): HTMLInputElement | null {
  const found = document.getElementById(name ?? "");
  return found instanceof HTMLInputElement ? found : null;
}

function write(button: HTMLElement, { coords }: GeolocationPosition): void {
  const { lon, lat, accuracy, mapId, words } = button.dataset;
  const fields = [[lon, coords.longitude.toFixed(6)], [lat, coords.latitude.toFixed(6)], [accuracy, coords.accuracy.toFixed(0)]] as const;
  for (const [name, value] of fields) {
    const input = field(name);
    if (input) input.value = value;
  }
  field(lon)?.dispatchEvent(new Event("change", { bubbles: true }));
  const place = document.getElementById(mapId ?? "");
  place?.dispatchEvent(new CustomEvent("lx:go", { detail: { lon: coords.longitude, lat: coords.latitude } }));
  const line = document.getElementById(words ?? "");
  if (line) line.textContent = `已定位，误差 ${Math.max(1, Math.round(coords.accuracy))} 米 · 不对可在图上改`;
}

function locate(button: HTMLElement): void {
  if (!navigator.geolocation) return tell({ said: REASONS[2] ?? "" });
  button.setAttribute("aria-busy", "true");
  const done = () => button.removeAttribute("aria-busy");
  navigator.geolocation.getCurrentPosition(
    (position) => (done(), write(button, position)),
    (error) => (done(), tell({ said: REASONS[error.code] ?? REASONS[2] ?? "" })),
    { enableHighAccuracy: true, timeout: 15_000, maximumAge: 30_000 },
  );
}

/** Ask for cases nearby when the point or the words of the form change; the answer is a piece of page. */
function watchNearby(place: HTMLElement): void {
  const form = place.closest("form") ?? document.querySelector<HTMLFormElement>(place.dataset["form"] ?? "form");
  const address = place.dataset["nearby"];
  if (!form || !address) return;
  const names = (place.dataset["fields"] ?? "lon lat").split(/\s+/);
  let timer = 0;
  let asked = "";
  form.addEventListener("change", () => {
    clearTimeout(timer);
    timer = window.setTimeout(() => {
      const data = new FormData(form);
      const query = new URLSearchParams(names.map((name) => [name, String(data.get(name) ?? "")]));
      if (names.slice(0, 2).some((name) => !data.get(name)) || asked === query.toString()) return;
      asked = query.toString();
      void htmx.ajax("get", `${address}?${asked}`, { target: place, swap: "innerHTML" });
    }, 400);
  });
}

/** Start buttons `data-locate` and pieces `data-nearby`. */
export function startPlace(): void {
  document.addEventListener("click", (event) => {
    const button = around(event, "[data-locate]");
    if (button) locate(button);
  });
  onContent((root) => {
    all("[data-nearby]", root).forEach(watchNearby);
    // Without a position service the button would promise what it cannot keep.
    for (const button of all("[data-locate]", root)) button.hidden = !("geolocation" in navigator);
  });
}
