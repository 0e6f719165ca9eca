/** The components of my ground, with what I checked a moment ago. */
import { computed, type ComputedRef } from "vue";
import { useOutbox } from "../store/outbox";
import { packTime, usePack } from "../store/pack";
import { withOwn, type Thing, type ThingClass } from "./shapes";

/** Return things and classes; `isThere` is false for who has none in their post. */
export function useThings(): { things: ComputedRef<Thing[]>; classes: ComputedRef<readonly ThingClass[]>; isThere: ComputedRef<boolean>; isWhole: ComputedRef<boolean>; mayCheck: ComputedRef<boolean>; mayRegister: ComputedRef<boolean> } {
  const [pack, outbox, time] = [usePack("components"), useOutbox(), packTime()];
  return {
    things: computed(() => withOwn(pack.value?.items ?? [], outbox.value, time.value)),
    classes: computed(() => pack.value?.classes ?? []),
    isThere: computed(() => pack.value !== null),
    isWhole: computed(() => pack.value?.is_whole ?? true),
    mayCheck: computed(() => pack.value?.may_check ?? false),
    mayRegister: computed(() => pack.value?.may_register ?? false),
  };
}
