/** The server's time, for chips and strips: one timer for the whole app, each half minute while it is looked at. */
import { ref, type Ref } from "vue";
import { now } from "./store/clock";

const current = ref(now());
let timer: ReturnType<typeof setInterval> | undefined;

/** Return the time, kept going. */
export function ticking(): Readonly<Ref<Date>> {
  if (timer === undefined) {
    timer = setInterval(() => {
      if (document.visibilityState === "visible") current.value = now();
    }, 30_000);
    document.addEventListener("visibilitychange", () => (current.value = now()));
  }
  return current;
}
