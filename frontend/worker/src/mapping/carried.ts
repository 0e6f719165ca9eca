/** The ground this phone carries, ready to be drawn: my areas, and what stands in them. */
import { computed, type ComputedRef } from "vue";
import { usePack } from "../store/pack";
import type { Pack } from "../store/pack";
import { ringsOf, type House, type Scene } from "./scene";

/** Return the ground of the pack; empty before the first pack has come. */
export function useScene(): ComputedRef<Scene> {
  const me = usePack("me");
  const places = usePack("places");
  return computed(() => sceneOf(me.value, places.value));
}

/** Put the ground together. */
export function sceneOf(me: Pack["me"] | null, places: Pack["places"] | null): Scene {
  const estates = (places?.estates ?? []).map((each) => ({ code: each.code, name: each.name, rings: ringsOf(each.boundary) }));
  const names = new Map(estates.map((each) => [each.code, each.name]));
  return {
    areas: (me?.areas ?? []).map((each) => ({ code: each.code, name: each.name, level: each.role, rings: ringsOf(each.boundary) })),
    estates,
    buildings: (places?.buildings ?? []).map((each): House => ({
      code: each.code, name: each.name, rings: ringsOf(each.footprint), estate: names.get(each.estate) ?? "", address: each.address, point: each.point ?? null,
    })),
  };
}
