/** How much the phone may keep for us, and whether it promised not to clear it by itself. */
import { computed, ref, type Ref } from "vue";

export interface Room {
  used: number;
  whole: number;
  lasting: boolean;
}

const room: Ref<Room | null> = ref(null);

/** Share from which the worker is told to send before taking more. */
const TIGHT = 0.8;

/** Ask the phone not to clear what we keep, and see how much room there is. */
export async function watchRoom(): Promise<void> {
  const storage = navigator.storage as StorageManager | undefined;
  if (!storage?.estimate) return;
  const lasting = (await storage.persisted?.()) || (await storage.persist?.()) || false;
  const found = await storage.estimate();
  room.value = { used: found.usage ?? 0, whole: found.quota ?? 0, lasting };
}

/** How much is used; null where the phone does not tell. */
export function useRoom(): Readonly<Ref<Room | null>> {
  return room;
}

/** Whether the room is nearly used up. */
export const isTight: Readonly<Ref<boolean>> = computed(() => room.value !== null && room.value.whole > 0 && room.value.used / room.value.whole >= TIGHT);
