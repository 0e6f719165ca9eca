/** A shared card: the phone's own way to send it, and, inside WeChat, a real card with title and picture. */
import { all, onContent } from "./page";
import { tell } from "./toasts";

interface Wechat {
  config(options: Record<string, unknown>): void;
  ready(run: () => void): void;
  updateAppMessageShareData(card: Record<string, string>): void;
  updateTimelineShareData(card: Record<string, string>): void;
  miniProgram?: { postMessage(message: { data: unknown }): void };
}

interface Signed {
  appId: string;
  timestamp: number;
  nonceStr: string;
  signature: string;
}

const CALLS = ["updateAppMessageShareData", "updateTimelineShareData"];

async function insideWechat(wx: Wechat, card: DOMStringMap, config: string): Promise<void> {
  const picture = card["sharePicture"] ?? "";
  const link = card["share"] ?? "";
  const said = { title: card["shareTitle"] ?? "", desc: card["shareLine"] ?? "", link, imgUrl: picture };
  const path = new URL(link).pathname;
  // The shell around us makes the card itself; it only has to know what this page is.
  wx.miniProgram?.postMessage({ data: { card: { title: said.title, path, picture: new URL(picture).pathname } } });
  const answer = await fetch(`${config}?url=${encodeURIComponent(location.href.split("#")[0] ?? "")}`);
  if (!answer.ok) return; // shared as a link then
  const { appId, timestamp, nonceStr, signature } = (await answer.json()) as Signed;
  wx.config({ appId, timestamp, nonceStr, signature, jsApiList: CALLS });
  wx.ready(() => {
    wx.updateAppMessageShareData(said);
    wx.updateTimelineShareData(said);
  });
}

function offer(button: HTMLElement, card: DOMStringMap): void {
  const link = card["share"] ?? "";
  if (!navigator.share && !navigator.clipboard) return;
  button.hidden = false;
  button.addEventListener("click", () => {
    if (navigator.share) {
      navigator.share({ title: card["shareTitle"] ?? "", text: card["shareLine"] ?? "", url: link }).catch(() => undefined);
    } else void navigator.clipboard.writeText(link).then(() => tell({ said: "链接已复制，发给邻居吧" }));
  });
}

/** Start what `<… data-share="address" data-share-title data-share-line data-share-picture>` has. */
export function startShare(): void {
  onContent((root) =>
    all("[data-share]", root).forEach((place) => {
      const config = document.querySelector<HTMLMetaElement>('meta[name="wechat-config"]')?.content;
      const wx = (window as { wx?: Wechat }).wx;
      if (config && wx) void insideWechat(wx, place.dataset, config);
      all("[data-share-button]", place).forEach((button) => offer(button, place.dataset));
    }),
  );
}
