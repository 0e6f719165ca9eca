/** Small pictures of cases, sealed like the pack, so that a case can be looked at without a signal. */
import { onScopeDispose, ref, watch, type Ref } from "vue";
import { database } from "./db";
import { hasKey, openBytes, sealBytes } from "./keys";
import { ask } from "./net";

const MOST = 300;

/** Return the address of a picture for an <img>, from the phone or, with a signal, from the server; "" while there is none. */
export function useThumb(address: Ref<string>): Readonly<Ref<string>> {
  const shown = ref("");
  const release = (): void => {
    if (shown.value) URL.revokeObjectURL(shown.value);
    shown.value = "";
  };
  const stop = watch(address, async (wanted) => {
    release();
    if (!wanted) return;
    const blob = await thumb(wanted).catch(() => null);
    if (blob && address.value === wanted) shown.value = URL.createObjectURL(blob);
  }, { immediate: true });
  onScopeDispose(() => (stop(), release()));
  return shown;
}

/** Return a picture by its address (/api/v1/files/…/thumb). Raises Unreached or Denied. */
export async function thumb(address: string): Promise<Blob> {
  const db = await database();
  const kept = await db.get("thumbs", address);
  if (kept && hasKey("cache")) {
    try {
      return new Blob([await openBytes("cache", kept.box)], { type: "image/webp" });
    } catch {
      await db.delete("thumbs", address);
    }
  }
  const bytes = await (await ask(address, { headers: { Accept: "image/*" } })).arrayBuffer();
  if (hasKey("cache")) {
    await db.put("thumbs", { key: address, at: Date.now(), box: await sealBytes("cache", bytes) });
    await prune();
  }
  return new Blob([bytes], { type: "image/webp" });
}

async function prune(): Promise<void> {
  const tx = (await database()).transaction("thumbs", "readwrite");
  let spare = (await tx.store.count()) - MOST;
  for (let cursor = await tx.store.index("at").openCursor(); cursor && spare > 0; cursor = await cursor.continue()) {
    await cursor.delete();
    spare -= 1;
  }
  await tx.done;
}
