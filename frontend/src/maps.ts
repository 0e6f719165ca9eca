/** Fetch the map only on pages that have one; it is by far the largest part. */
import { all, onContent } from "./page";

export function startMaps(): void {
  onContent((root) => {
    for (const place of all("[data-onemap]", root)) void import("./onemap/onemap").then(({ drawOneMap }) => drawOneMap(place));
    const places = all("[data-map]", root);
    if (!places.length) return;
    void import("./map").then(({ drawMap }) => places.forEach((place) => drawMap(place)));
  });
}
