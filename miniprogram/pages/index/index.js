const { host } = require("../../config.js");
const { addressOf, pathOf, shellPath } = require("../../lib/links.js");

Page({
  data: { address: "" },

  /** Open the page a card or a code leads to; `q` is what a scanned code of our own host holds. */
  onLoad(query) {
    const wanted = query.q ? pathOf(host, decodeURIComponent(query.q)) : decodeURIComponent(query.to || "/");
    this.card = null;
    this.setData({ address: addressOf(host, wanted) });
  },

  /** Remember what the page says of itself: its title, a line and a picture. */
  take(event) {
    const told = (event.detail && event.detail.data) || [];
    const last = told[told.length - 1];
    this.card = last && last.card && typeof last.card.path === "string" ? last.card : null;
  },

  /** A page that says nothing of itself has no old card. */
  opened() {
    this.card = null;
  },

  failed() {
    wx.showToast({ title: "页面打不开，请看看网络", icon: "none" });
  },

  /** Share the page one looks at: a real card with title, picture and the way back to it. */
  onShareAppMessage(options) {
    const here = pathOf(host, options && options.webViewUrl);
    const card = this.card;
    if (!card) return { title: "有事您说，我们来办", path: shellPath(here), imageUrl: "" };
    return { title: card.title, path: shellPath(pathOf(host, addressOf(host, card.path))), imageUrl: addressOf(host, card.picture) };
  },
});
