/** 大字: everything a quarter larger, kept on this phone. */
import { ref } from "vue";

const KEY = "lx-large";
export const large = ref(false);

/** Take up what was chosen. */
export function loadLarge(): void {
  setLarge(localStorage.getItem(KEY) === "1");
}

/** Choose. */
export function setLarge(value: boolean): void {
  large.value = value;
  localStorage.setItem(KEY, value ? "1" : "0");
  document.documentElement.toggleAttribute("data-large", value);
}
