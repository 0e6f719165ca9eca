/** The address of the page follows what one looks at, so that it can be kept, sent and come back to. */
import type { Mounted } from "./mount";
import { writeView, type View } from "./view";

export interface Opened {
  open: () => readonly [string, string] | undefined;
  building: () => string;
  tint: () => string;
  drawn: () => string;
}

/** Keep the address; returns how to say that something changed. Only the words after "?" change, no entry of the history is made. */
export function keepAddress(map: Mounted, opened: Opened): () => void {
  let timer = 0;
  const first = map.on.join(".");
  const write = () => {
    const { plan } = map;
    const { lng, lat } = plan.getCenter();
    const view: View = { centre: [lng, lat], zoom: plan.getZoom(), bearing: plan.getBearing(), pitch: plan.getPitch(), building: opened.building(), tint: opened.tint(), drawn: opened.drawn() };
    if (map.on.join(".") !== first || new URLSearchParams(location.search).has("on")) view.on = map.on;
    const open = opened.open();
    if (open) view.open = open;
    if (map.at) view.at = map.at;
    history.replaceState(history.state, "", `${location.pathname}?${writeView(view)}`);
  };
  const soon = () => {
    clearTimeout(timer);
    timer = window.setTimeout(write, 250);
  };
  map.plan.on("moveend", soon);
  map.when("layers", soon);
  return soon;
}
