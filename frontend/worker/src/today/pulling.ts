/** Pull down at the top of a page to refresh it. */
import { onMounted, onScopeDispose, ref, type Ref } from "vue";

const FAR = 72; // pixels the finger travels
const GIVE = 0.5; // how much of it the page follows

/** Return how far the page is pulled, in pixels, and whether it refreshes now. */
export function usePull(refresh: () => Promise<void>): { pulled: Ref<number>; busy: Ref<boolean> } {
  const pulled = ref(0);
  const busy = ref(false);
  let from: number | null = null;
  const down = (event: TouchEvent): void => {
    from = window.scrollY <= 0 && event.touches.length === 1 && !busy.value ? (event.touches[0]?.clientY ?? null) : null;
  };
  const move = (event: TouchEvent): void => {
    if (from === null) return;
    pulled.value = Math.max(0, Math.min(FAR, ((event.touches[0]?.clientY ?? from) - from) * GIVE));
  };
  const up = async (): Promise<void> => {
    const isEnough = pulled.value >= FAR * GIVE;
    [from, pulled.value] = [null, 0];
    if (!isEnough || busy.value) return;
    busy.value = true;
    await refresh().finally(() => (busy.value = false));
  };
  const heard = { touchstart: down, touchmove: move, touchend: () => void up(), touchcancel: () => ((from = null), (pulled.value = 0)) };
  onMounted(() => Object.entries(heard).forEach(([name, hear]) => document.addEventListener(name as "touchmove", hear, { passive: true })));
  onScopeDispose(() => Object.entries(heard).forEach(([name, hear]) => document.removeEventListener(name as "touchmove", hear)));
  return { pulled, busy };
}
