/** One message at a time at the bottom: `say("已存好")`, or with a way back: `say("已放弃", { act: "撤销", undo })`. */
import { shallowRef } from "vue";

interface Toast {
  words: string;
  act?: string;
  undo?: () => void;
}
export const toast = shallowRef<Toast | null>(null);
let timer: ReturnType<typeof setTimeout> | undefined;

/** Show words; ten seconds with a way back, else four. */
export function say(words: string, back: Omit<Toast, "words"> = {}): void {
  clearTimeout(timer);
  toast.value = { words, ...back };
  timer = setTimeout(dismiss, back.undo ? 10_000 : 4_000);
}

export function dismiss(): void {
  toast.value = null;
}
