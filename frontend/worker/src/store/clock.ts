/** How far the phone's clock is off. What the phone shows and reckons uses the server's time. */
import { computed, ref, type Ref } from "vue";
import { readMeta, writeMeta } from "./db";

const KEY = "skew";
const GENTLE = 5 * 60_000;

/** Milliseconds to add to the phone's clock to have the server's. */
const skew = ref(0);

/** Read what was learnt in an earlier run. */
export async function loadClock(): Promise<void> {
  skew.value = (await readMeta<number>(KEY)) ?? 0;
}

/**
 * Learn from an answer. `said` is the server's instant, `asked` and `got` the phone's around the request: the truth lies
 * within half the way there and back, so a slow answer teaches nothing beyond that.
 */
export function learn(said: string | null, asked: number, got: number): void {
  const server = said ? Date.parse(said) : Number.NaN;
  if (Number.isNaN(server)) return;
  const found = server - (asked + got) / 2;
  const doubt = (got - asked) / 2 + 1000; // a Date header counts whole seconds
  if (Math.abs(found - skew.value) <= doubt) return;
  skew.value = found;
  void writeMeta(KEY, found);
}

/** Return the server's time now. */
export function now(): Date {
  return new Date(Date.now() + skew.value);
}

/** Whether the phone's clock is so wrong that its owner should know, in milliseconds; null when it is fine. */
export const clockFault: Readonly<Ref<number | null>> = computed(() => (Math.abs(skew.value) > GENTLE ? skew.value : null));
