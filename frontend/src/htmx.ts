/** htmx as the house uses it: no eval, no own styles, Django's token on every request, errors said in words. */
import htmx from "htmx.org/dist/htmx.esm.js";
import { csrfToken } from "./page";
import { tell } from "./toasts";

htmx.config.allowEval = false;
htmx.config.includeIndicatorStyles = false;
htmx.config.selfRequestsOnly = true;
htmx.config.historyCacheSize = 0;
// A piece that came back listens at once: what is typed in the first 20 ms counts, too.
htmx.config.defaultSettleDelay = 0;
// A refused form comes back with its faults and is shown; what was typed stays.
htmx.config.responseHandling = [
  { code: "204", swap: false },
  { code: "[23]..", swap: true },
  { code: "422", swap: true },
  { code: "[45]..", swap: false, error: true },
];

interface Failed {
  xhr?: XMLHttpRequest;
}

/** Read the sentence of a problem+json answer, or return nothing. */
function sentence(xhr: XMLHttpRequest | undefined): string {
  if (!xhr?.getResponseHeader("Content-Type")?.includes("json")) return "";
  try {
    const problem = JSON.parse(xhr.responseText) as { detail?: unknown };
    return typeof problem.detail === "string" ? problem.detail : "";
  } catch {
    return "";
  }
}

/** Set up requests, the thin bar and the words of failure. */
export function startHtmx(): void {
  document.addEventListener("htmx:configRequest", (event) => {
    const detail = (event as CustomEvent<{ headers: Record<string, string> }>).detail;
    detail.headers["X-CSRFToken"] = csrfToken();
  });
  let waiting = 0;
  const bar = document.querySelector("[data-busy]");
  const count = (step: number) => {
    waiting = Math.max(0, waiting + step);
    bar?.classList.toggle("busy-on", waiting > 0);
  };
  document.addEventListener("htmx:beforeRequest", () => count(1));
  document.addEventListener("htmx:afterRequest", () => count(-1));
  document.addEventListener("htmx:sendError", () => tell({ said: "没有连上，您写的还在。请稍后再试一次" }));
  document.addEventListener("htmx:responseError", (event) => {
    const said = sentence((event as CustomEvent<Failed>).detail.xhr);
    tell({ said: said || "没有做成，您写的还在。请再试一次" });
  });
}

export default htmx;
