/** Fetch the charts only on pages that have one. Without script, and should it not come, the table stands open. */
import { all, onContent } from "../page";

export function startCharts(): void {
  onContent((root) => {
    const figures = all("[data-chart]", root);
    if (!figures.length) return;
    figures.forEach((figure) => hold(figure, true));
    import("./chart").then(({ drawChart }) => figures.forEach(drawChart)).catch(() => figures.forEach((figure) => hold(figure, false)));
  });
}

/** Keep room for the picture and fold the table, or give both back. */
function hold(figure: HTMLElement, isDrawn: boolean): void {
  figure.classList.toggle("is-drawn", isDrawn);
  for (const table of all<HTMLDetailsElement>("details[data-chart-table]", figure)) table.open = !isDrawn;
}
