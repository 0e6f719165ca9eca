/** 分享视图: a short link to what one looks at. Whoever opens it sees with their own rights. */
import type { Geometry } from "geojson";
import { csrfToken, make } from "../page";
import { tell } from "../toasts";
import { button } from "./dom";
import type { Mounted } from "./mount";
import { readJson, type SharedView } from "./settings";
import { sayDay } from "./timeline";

interface Made {
  key: string;
  url: string;
  until?: string;
}

/** Return how the map stands, as the server keeps it. */
export function standing(map: Mounted, drawing: Geometry | null, name: string): SharedView {
  const { plan } = map;
  const { lng, lat } = plan.getCenter();
  return {
    center: [Number(lng.toFixed(6)), Number(lat.toFixed(6))], zoom: Number(plan.getZoom().toFixed(2)), layers: map.on, filters: map.filters,
    drawing, at: map.at ?? null, pitch: Math.round(plan.getPitch()), bearing: Math.round(plan.getBearing()), name,
  };
}

async function copy(address: string, field: HTMLInputElement): Promise<void> {
  try {
    await navigator.clipboard.writeText(address);
    tell({ said: "链接已复制" });
  } catch {
    // Without leave to write the clipboard, the words stand chosen and can be copied by hand.
    field.select();
    tell({ said: "链接已选中，按 Ctrl+C 复制" });
  }
}

/** Ask for a name, make the link and show it. */
export function share(address: string, look: (name: string) => SharedView): void {
  const dialog = make("dialog", "onemap-dialog");
  dialog.setAttribute("aria-labelledby", "onemap-share-title");
  const title = make("h2", "", "分享视图");
  title.id = "onemap-share-title";
  const label = make("label", "field");
  const name = make("input", "input");
  name.maxLength = 60;
  name.placeholder = "例如：龙眠街道超时案件";
  const caption = make("span", "field-label", "名称");
  caption.append(make("span", "optional", "可不填"));
  label.append(caption, name);
  const said = make("p", "small muted", "链接只记下看的地方、图层和画的圈。打开的人按自己的权限看内容。");
  const buttons = make("div", "buttons");
  const go = button("生成链接", "link", () => void made(), "button button-primary");
  buttons.append(go, button("关上", "", () => dialog.close(), "button"));
  dialog.append(title, label, said, buttons);
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  name.focus();

  const made = async (): Promise<void> => {
    go.disabled = true;
    try {
      const answer = await readJson<Made>(address, {
        method: "POST", body: JSON.stringify(look(name.value.trim())), headers: { "Content-Type": "application/json", "X-CSRFToken": csrfToken() },
      });
      const link = new URL(answer.url, location.href).href;
      const field = make("input", "input");
      field.readOnly = true;
      field.value = link;
      field.setAttribute("aria-label", "链接");
      field.dataset["shared"] = answer.key;
      label.replaceWith(field);
      said.textContent = `打开的人按自己的权限看内容。${answer.until ? `链接保留到 ${sayDay(Date.parse(answer.until)).split(" ")[0]}。` : ""}`;
      go.replaceWith(button("复制链接", "copy", () => void copy(link, field), "button button-primary"));
      void copy(link, field);
    } catch (error) {
      said.textContent = `没有生成：${error instanceof Error ? error.message : "没有连上"}。再按一次试试。`;
      go.disabled = false;
    }
  };
}
