/** Where the phone is, without asking for leave before somebody wants to know. */
import { computed, effectScope, onScopeDispose, ref, shallowRef, type ComputedRef, type Ref } from "vue";
import { usePlace, type Position } from "../store/place";

/** Return the place once leave was given; `ask` asks for it. */
export function useQuietPlace(): { position: ComputedRef<Position | null>; failing: ComputedRef<string>; asked: Ref<boolean>; ask: () => void } {
  const scope = effectScope();
  const place = shallowRef<ReturnType<typeof usePlace> | null>(null);
  const asked = ref(false);
  const ask = (): void => {
    asked.value = true;
    place.value ??= scope.run(usePlace) ?? null;
  };
  const leave = navigator.permissions?.query({ name: "geolocation" }).catch(() => null);
  void leave?.then((given) => given?.state === "granted" && scope.active && ask());
  onScopeDispose(() => scope.stop());
  return {
    position: computed(() => place.value?.position.value ?? null),
    failing: computed(() => place.value?.failing.value ?? ""),
    asked,
    ask,
  };
}
