/** Finding a home in one's own grids by a piece of its address: 3幢302, 和平 1单元. */
import type { Pack } from "../store/pack";

export interface Home {
  code: string;
  address: string;
}

type Places = NonNullable<Pack["places"]>;
const plain = (text: string): string => text.normalize("NFKC").toLowerCase().replace(/[\s\-—号室幢栋单元]+/g, " ").trim();

/** Return all homes with their address in words. */
export function homesOf(places: Places): Home[] {
  return places.buildings.flatMap((building) =>
    building.dwellings.map((each) => ({
      code: each.code,
      address: `${building.address}${each.entrance ? `${each.entrance}单元` : ""}${each.number}${/\d$/.test(each.number) ? "室" : ""}`,
    })),
  );
}

/** Return the homes whose address holds every piece of what was typed, in order; the shortest first. */
export function search(homes: readonly Home[], typed: string, most = 12): Home[] {
  const parts = plain(typed).split(" ").filter(Boolean);
  if (!parts.length) return [];
  const hits = homes.filter((home) => holds(plain(home.address), parts));
  return hits.sort((one, other) => one.address.length - other.address.length || (one.address < other.address ? -1 : 1)).slice(0, most);
}

function holds(address: string, parts: readonly string[]): boolean {
  let from = 0;
  for (const part of parts) {
    const at = address.indexOf(part, from);
    if (at < 0) return false;
    from = at + part.length;
  }
  return true;
}
