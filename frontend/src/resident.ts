/** The script of residents' pages. Every page works without it. */
import { startClocks } from "./clocks";
import { startDialogs } from "./dialogs";
import { startForms } from "./drafts";
import { startHtmx } from "./htmx";
import { startLive } from "./live";
import { startMaps } from "./maps";
import { all, around, onContent } from "./page";
import { startPhotos } from "./photos";
import { startPlace } from "./place";
import { startRecorders } from "./record";
import { startReport } from "./resident-report";
import { startShare } from "./share";
import { startToasts } from "./toasts";

/** Read a page aloud with the phone's own voice; a second press stops it. */
function startVoice(): void {
  const voice = window.speechSynthesis;
  onContent((root) => all("[data-read]", root).forEach((button) => (button.hidden = !voice)));
  document.addEventListener("click", (event) => {
    const button = around(event, "[data-read]");
    if (!button || !voice) return;
    if (voice.speaking) return voice.cancel();
    const text = document.getElementById(button.dataset["read"] || "main")?.innerText ?? "";
    const speech = new SpeechSynthesisUtterance(text);
    speech.lang = "zh-CN";
    speech.rate = 0.9;
    voice.speak(speech);
  });
}

/** Offer to print where there is a printer to be asked for. */
function startPrint(): void {
  onContent((root) => all("[data-print]", root).forEach((button) => (button.hidden = false)));
  document.addEventListener("click", (event) => {
    if (around(event, "[data-print]")) window.print();
  });
}

/** Stars up to the chosen one are filled. */
function startStars(): void {
  document.addEventListener("change", (event) => {
    const stars = around(event, "[data-stars]");
    if (!stars) return;
    const chosen = Number(stars.querySelector<HTMLInputElement>("input:checked")?.value ?? 0);
    for (const label of all("label", stars)) {
      label.classList.toggle("is-on", Number(label.querySelector("input")?.value) <= chosen);
    }
  });
}

startHtmx();
startToasts();
startClocks();
startDialogs();
startForms();
startPhotos();
startPlace();
startReport();
startRecorders();
startShare();
startMaps();
startStars();
startVoice();
startPrint();
startLive();
