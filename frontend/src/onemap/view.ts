/** What one looks at, kept in the address of the page: place, layers, what is open. No words and no names are in it. */

export interface View {
  centre?: readonly [lon: number, lat: number];
  zoom?: number;
  bearing?: number;
  pitch?: number;
  /** Layers switched on; absent: those that the server switches on. */
  on?: readonly string[];
  base?: string;
  /** The portrait at the right: kind and key. */
  open?: readonly [kind: string, key: string];
  building?: string;
  /** The state by which buildings are coloured. */
  tint?: string;
  /** The key of the shape that was drawn to count in. */
  drawn?: string;
  /** The past instant one looks at, ISO 8601; absent: now. */
  at?: string;
}

const CODE = /^[\w.-]{1,64}$/;
const KEY = /^[\w.:-]{1,80}$/;

function place(words: string | null): Partial<View> {
  const [lon, lat, zoom, bearing = 0, pitch = 0] = (words ?? "").split(",").map(Number);
  if (lon === undefined || lat === undefined || zoom === undefined) return {};
  const fits = Math.abs(lon) <= 180 && Math.abs(lat) <= 85 && zoom >= 0 && zoom <= 22 && pitch >= 0 && pitch <= 85 && Math.abs(bearing) <= 360;
  return fits ? { centre: [lon, lat], zoom, bearing, pitch } : {};
}

/** Read a view from the query of an address; what is wrong in it is left out. */
export function readView(query: string): View {
  const words = new URLSearchParams(query);
  const view: View = place(words.get("c"));
  const on = words.get("on");
  if (on !== null) view.on = on.split(".").filter((code) => CODE.test(code));
  for (const name of ["base", "tint", "drawn"] as const) if (CODE.test(words.get(name) ?? "")) view[name] = words.get(name) ?? "";
  if (KEY.test(words.get("building") ?? "")) view.building = words.get("building") ?? "";
  const [kind = "", key = ""] = (words.get("open") ?? "").split("~");
  if (CODE.test(kind) && KEY.test(key)) view.open = [kind, key];
  const at = words.get("at");
  if (at && !Number.isNaN(Date.parse(at))) view.at = at;
  return view;
}

/** Write a view as the query of an address. */
export function writeView(view: View): string {
  const parts: string[] = [];
  const put = (name: string, value: string | undefined) => value !== undefined && value !== "" && parts.push(`${name}=${encodeURIComponent(value).replace(/%2C/g, ",").replace(/%3A/g, ":").replace(/%7E/g, "~")}`);
  if (view.centre && view.zoom !== undefined) {
    const [lon, lat] = view.centre;
    const turned = view.bearing || view.pitch ? `,${Math.round(view.bearing ?? 0)},${Math.round(view.pitch ?? 0)}` : "";
    put("c", `${lon.toFixed(5)},${lat.toFixed(5)},${view.zoom.toFixed(2)}${turned}`);
  }
  if (view.on) parts.push(`on=${view.on.join(".")}`);
  put("base", view.base);
  put("open", view.open?.join("~"));
  put("building", view.building);
  put("tint", view.tint);
  put("drawn", view.drawn);
  put("at", view.at);
  return parts.join("&");
}
