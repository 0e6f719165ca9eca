/** Dialogs, menus and enlarged photos, opened by attributes; without script the links and details still work. */
import htmx from "./htmx";
import { all, around, make } from "./page";

function open(dialog: HTMLDialogElement): void {
  if (!dialog.open) dialog.showModal();
}

/** Show an element as a dialog that vanishes when it is closed. */
function passing(dialog: HTMLDialogElement): void {
  document.body.append(dialog);
  dialog.addEventListener("close", () => dialog.remove());
  open(dialog);
}

function closeButton(): HTMLButtonElement {
  const button = make("button", "button", "关上");
  button.type = "button";
  button.dataset["close"] = "";
  return button;
}

function showPhoto(link: HTMLAnchorElement): void {
  const dialog = make("dialog", "dialog-photo");
  const caption = link.dataset["photo"] ?? "";
  dialog.setAttribute("aria-label", caption);
  const picture = "video" in link.dataset ? make("video") : make("img");
  picture.src = link.href;
  if (picture instanceof HTMLVideoElement) picture.controls = true;
  else picture.alt = caption;
  const foot = make("div", "buttons");
  foot.append(make("span", "fill", caption), closeButton());
  dialog.append(picture, foot);
  passing(dialog);
}

function showPage(address: string): void {
  const dialog = make("dialog");
  // The piece that comes brings its heading.
  dialog.setAttribute("aria-labelledby", "act-title");
  const body = make("div");
  dialog.append(body);
  passing(dialog);
  void htmx.ajax("get", address, { target: body, swap: "innerHTML" });
}

function onClick(event: MouseEvent): void {
  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
  const named = around(event, "[data-dialog]")?.dataset["dialog"];
  const dialog = named ? document.getElementById(named) : null;
  if (dialog instanceof HTMLDialogElement) {
    event.preventDefault();
    around<HTMLDetailsElement>(event, "details[data-menu]")?.removeAttribute("open");
    return open(dialog);
  }
  const photo = around<HTMLAnchorElement>(event, "a[data-photo]");
  if (photo) {
    event.preventDefault();
    return showPhoto(photo);
  }
  const asking = around(event, "[data-dialog-url]");
  // Without an address of its own it is that of the link.
  const address = asking?.dataset["dialogUrl"] || asking?.getAttribute("href");
  if (address) {
    event.preventDefault();
    return showPage(address);
  }
  if (around(event, "[data-close]")) around<HTMLDialogElement>(event, "dialog")?.close();
}

/** Open and close dialogs by attributes; a menu closes on a click elsewhere and on Escape. */
export function startDialogs(): void {
  document.addEventListener("click", onClick);
  document.addEventListener("click", (event) => {
    for (const menu of all<HTMLDetailsElement>("details[data-menu][open]")) {
      if (!(event.target instanceof Node && menu.contains(event.target))) menu.open = false;
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of all<HTMLDetailsElement>("details[data-menu][open]")) {
      menu.open = false;
      menu.querySelector("summary")?.focus();
    }
  });
}
