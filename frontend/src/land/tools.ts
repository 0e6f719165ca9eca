/** The buttons on a map that is drawn on, and the line that says what just happened, aloud for who cannot see it. */
import { make } from "../page";

export interface Tool {
  name: string;
  does: () => void;
  can: () => boolean;
}

/** Put buttons and a line of words onto a map; returns how to say something and how to renew the buttons. */
export function addTools(place: HTMLElement, tools: Tool[]): { say: (words: string) => void; renew: () => void } {
  const box = make("div", "map-tools");
  box.setAttribute("role", "toolbar");
  box.setAttribute("aria-label", "画图工具");
  const buttons = tools.map((tool) => {
    const button = make("button", "button button-small", tool.name);
    button.type = "button";
    button.addEventListener("click", () => {
      tool.does();
      renew();
    });
    box.append(button);
    return button;
  });
  const words = make("p", "map-said");
  words.setAttribute("role", "status");
  if (tools.length) place.append(box);
  place.append(words);
  const renew = () => buttons.forEach((button, index) => { button.disabled = !tools[index]?.can(); });
  renew();
  return { renew, say: (said) => { words.textContent = said; } };
}

/** Write into a form's field and tell its form, so that the consequences are shown. */
export function write(field: HTMLTextAreaElement, words: string): void {
  if (field.value === words) return;
  field.value = words;
  field.dispatchEvent(new Event("change", { bubbles: true }));
}

/** Run on Ctrl+Z and Ctrl+Shift+Z (or Ctrl+Y) while the map has the focus. */
export function onUndoKeys(place: HTMLElement, undo: () => void, redo: () => void): void {
  place.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey)) return;
    const letter = event.key.toLowerCase();
    if (letter !== "z" && letter !== "y") return;
    event.preventDefault();
    event.stopPropagation();
    if (letter === "y" || event.shiftKey) redo();
    else undo();
  });
}
