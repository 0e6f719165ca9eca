/** One's own track of a round, asked from the server when somebody wants to see it; nobody else's can be asked for. */
import { askJson, Denied, Unreached } from "../store/net";
import type { Spot } from "../today/item";

/** Return the places of one's own way; none without a signal, and none where nothing was kept. */
export async function ownTrack(round: string): Promise<Spot[]> {
  try {
    const told = await askJson<{ line: [number, number][] }>(`/api/v1/patrols/${round}/track`);
    return told.line.map(([lon, lat]) => ({ lon, lat }));
  } catch (error) {
    if (error instanceof Unreached || error instanceof Denied) return [];
    throw error;
  }
}
