/** What only script can do on the page of a report: show the map when asked, go on by itself once located. */
import { all, around, onContent } from "./page";

/** The map is by far the largest part, so it is fetched when somebody wants it. */
function openMap(button: HTMLElement): void {
  const place = document.getElementById(button.dataset["openMap"] ?? "");
  if (!place) return;
  place.hidden = false;
  place.dataset["map"] = "";
  button.hidden = true;
  place.dispatchEvent(new CustomEvent("htmx:load", { bubbles: true }));
}

/** A form that only wants the position is sent as soon as it is known. */
function sendWhenLocated(form: HTMLFormElement): void {
  form.hidden = !("geolocation" in navigator);
  form.addEventListener("change", () => form.requestSubmit());
}

/** Who stays anonymous is not asked for a name. */
function hideWho(box: HTMLInputElement): void {
  const who = box.form?.querySelector<HTMLElement>(".who");
  const show = () => {
    if (who) who.hidden = box.checked;
  };
  box.addEventListener("change", show);
  box.addEventListener("lx:restored", show);
  show();
}

/** Start what the page has of these. */
export function startReport(): void {
  onContent((root) => {
    all("[data-needs-script]", root).forEach((piece) => (piece.hidden = false));
    all<HTMLFormElement>("form[data-locate-form]", root).forEach(sendWhenLocated);
    all<HTMLInputElement>("input[name=is_anonymous]", root).forEach(hideWho);
  });
  document.addEventListener("click", (event) => {
    const button = around(event, "[data-open-map]");
    if (button) openMap(button);
  });
}
