/** Fetch the map only on pages that have one; it is by far the largest part. */
import { all, onContent } from "./page";

export function startMaps(): void {
  onContent((root) => {
    const places = all("[data-map]", root);
    if (!places.length) return;
    void import("./map").then(({ drawMap }) => places.forEach((place) => drawMap(place)));
  });
}
