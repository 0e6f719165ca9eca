/** Why each thing still lies in the phone, in words. */
import { choose, waitsForWifi, type Why } from "../../store/choosing";
import { isMetered, online } from "../../store/net";
import type { OutItem } from "../../store/outitem";
import { t } from "../../words";

export interface Waiting {
  item: OutItem;
  icon: string;
  words: string;
  isHeld: boolean;
}

/** Return what is not sent, in its order, each with its reason. */
export function waiting(items: readonly OutItem[]): Waiting[] {
  const open = items.filter((item) => item.state !== "done" && item.state !== "dropped");
  const { why } = choose(open, { now: Date.now(), isMetered: isMetered(), bytes: () => 0 });
  let before = 0;
  return open.filter((item) => item.state === "ready").map((item) => {
    const held = waitsForWifi(item, isMetered());
    const told = { item, isHeld: held, icon: held ? "pause" : item.sent ? "upload" : "clock", words: reason(item, why.get(item.id) ?? "", before) };
    before += 1;
    return told;
  });
}

function reason(item: OutItem, why: Why, before: number): string {
  if (why === "wifi") return t("等 Wi-Fi 再传视频");
  if (why === "stuck") return t("前面那一条要先看一下");
  if (item.said) return item.said;
  const left = item.files.filter((file) => !file.there).length;
  if (!online.value) return left ? t("等信号 · {n} 张照片、录音", { n: left }) : t("等信号");
  if (item.files.length && (item.sent || !before)) return left ? t("照片、录音 {n}/{all}", { n: item.files.length - left, all: item.files.length }) : t("照片都到了，正在送");
  return before ? t("排队中，前面 {n} 条", { n: before }) : t("正在送");
}
