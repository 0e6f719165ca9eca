/** Toasts: bottom centre, they count down, wait while looked at, and can be taken back. */
import { all, csrfToken, make, onContent } from "./page";

export interface Told {
  said: string;
  undo_url?: string;
  seconds?: number;
}

/** Show a toast; with undo_url it carries a form that takes the act back. */
export function tell({ said, undo_url, seconds = undo_url ? 10 : 6 }: Told): void {
  const toast = make("div", "toast");
  toast.setAttribute("role", "status");
  toast.dataset["toast"] = String(seconds);
  toast.append(make("span", "", said));
  if (undo_url) toast.append(undoForm(undo_url, seconds));
  document.querySelector("[data-toasts]")?.append(toast);
  run(toast);
}

function undoForm(address: string, seconds: number): HTMLFormElement {
  const form = make("form");
  form.method = "post";
  form.action = address;
  const token = make("input");
  token.type = "hidden";
  token.name = "csrfmiddlewaretoken";
  token.value = csrfToken();
  const button = make("button", "", "撤销 ");
  button.dataset["key"] = "z";
  const left = make("span", "", String(seconds));
  left.dataset["toastLeft"] = "";
  button.append(left, " 秒");
  form.append(token, button);
  return form;
}

function run(toast: HTMLElement): void {
  if (toast.dataset["running"]) return;
  toast.dataset["running"] = "yes";
  let left = Number(toast.dataset["toast"]) || 6;
  const number = toast.querySelector("[data-toast-left]");
  const timer = setInterval(() => {
    if (toast.matches(":hover") || toast.contains(document.activeElement)) return;
    left -= 1;
    if (number) number.textContent = String(left);
    if (left > 0) return;
    clearInterval(timer);
    toast.remove();
  }, 1000);
}

/** Run the toasts that the server drew, and those that a response asks for by `HX-Trigger: {"lx:toast": {…}}`. */
export function startToasts(): void {
  onContent((root) => all("[data-toasts] > [data-toast], [data-toast]", root).filter((toast) => toast.closest("[data-toasts]")).forEach(run));
  document.addEventListener("lx:toast", (event) => {
    const detail = (event as CustomEvent<Partial<Told>>).detail;
    if (detail?.said) tell({ ...detail, said: detail.said });
  });
}
