/** Neighbours chosen by a click on the map: it ticks the box that stands for them in the form beside it. */
import { GeoJSONSource, type Map as Plan } from "maplibre-gl";
import type { FeatureCollection } from "geojson";
import { all } from "../page";
import { token } from "../shapes";
import { addTools } from "./tools";

/** Let clicks choose areas whose code is among the boxes named `data-choose`. */
export function chooseAreas(place: HTMLElement, plan: Plan): void {
  const boxes = () => all<HTMLInputElement>(`input[name="${place.dataset["choose"] ?? ""}"]`);
  const { say } = addTools(place, []);
  plan.addSource("chosen", { type: "geojson", data: { type: "FeatureCollection", features: [] } });
  plan.addLayer({ id: "chosen", type: "line", source: "chosen", paint: { "line-color": token("--lx-late"), "line-width": 3 } });
  const show = async () => {
    const codes = [place.dataset["own"], ...boxes().filter((box) => box.checked).map((box) => box.value)];
    const layer = plan.getSource("areas");
    const data = layer instanceof GeoJSONSource ? ((await layer.getData()) as FeatureCollection) : null;
    const chosen = plan.getSource("chosen");
    if (data && chosen instanceof GeoJSONSource) chosen.setData({ ...data, features: data.features.filter((one) => codes.includes(String(one.properties?.["code"]))) });
  };
  plan.on("click", (event) => {
    for (const feature of plan.queryRenderedFeatures(event.point, { layers: ["area-fill"] })) {
      const box = boxes().find((one) => one.value === feature.properties["code"]);
      if (!box) continue;
      box.checked = !box.checked;
      box.dispatchEvent(new Event("change", { bubbles: true }));
      return say(`${box.checked ? "选上了" : "去掉了"}${String(feature.properties["title"])}`);
    }
    say("只能和同一上级、边界相连的邻居合并");
  });
  document.addEventListener("change", () => void show());
  plan.once("idle", () => void show());
  say("点邻居，和它合并");
}
