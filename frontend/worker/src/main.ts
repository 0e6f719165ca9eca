/** The worker's app begins: what lies in the phone first, the network after. */
import { createApp } from "vue";
import App from "./app.vue";
import "./css/app.css";
import { loadLarge } from "./large";
import { router } from "./router";
import { loadClock } from "./store/clock";
import { flushDrafts } from "./store/drafts";
import { watchSignal } from "./store/net";
import { sendNow, startOutbox } from "./store/outbox";
import { askEarly, dropEarly, keepFresh, loadPack, refresh } from "./store/pack";
import { watchRoom } from "./store/quota";
import { checkSession, loadSession, useMe } from "./store/session";
import { startUpdates } from "./update";
import { t } from "./words";

const PATIENCE = 2_500; // milliseconds

async function begin(): Promise<void> {
  loadLarge();
  if (!window.isSecureContext) return explain(t("手机版要用 https 开头的地址打开，才能在没有信号时安全地存东西。请向管理员要这个地址"));
  try {
    await loadClock();
    await loadSession();
    await Promise.all([loadPack(), startOutbox()]);
  } catch {
    return explain(t("这部手机不让存东西，手机版用不了。请关掉浏览器的无痕模式再打开"));
  }
  // A phone that keeps nobody may hold a sign-in all the same: look before the sign-in page is drawn, for a moment.
  if (!useMe().value) {
    askEarly();
    await Promise.race([checkSession(), new Promise((done) => setTimeout(done, PATIENCE))]);
    dropEarly();
  }
  createApp(App).use(router).mount("#app");
  await router.isReady();
  watchSignal(() => void connect());
  document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && void flushDrafts());
  await connect();
  keepFresh();
  await startUpdates();
  await watchRoom();
}

/** Ask how the sign-in stands, send, and fetch what changed. */
async function connect(): Promise<void> {
  await checkSession();
  void sendNow();
  await refresh();
}

function explain(words: string): void {
  const place = document.getElementById("app");
  if (place) place.textContent = words;
}

void begin();
