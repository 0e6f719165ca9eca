/** The building chart by keys: arrows walk the table's cells as a grid, Home and End go to the ends of a floor. */
import { all, around } from "./page";

type Step = readonly [down: number, right: number];
const STEPS: Record<string, Step> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
};

/** Return the links of a table by row and column; empty cells are left out of the walk. */
function cells(table: HTMLTableElement): (HTMLAnchorElement | null)[][] {
  return [...table.tBodies].flatMap((body) => [...body.rows].map((row) => [...row.cells].map((cell) => cell.querySelector("a"))));
}

function next(rows: (HTMLAnchorElement | null)[][], from: HTMLAnchorElement, [down, right]: Step): HTMLAnchorElement | null {
  let row = rows.findIndex((each) => each.includes(from));
  let column = rows[row]?.indexOf(from) ?? -1;
  for (;;) {
    row += down;
    column += right;
    const line = rows[row];
    if (!line || column < 0 || column >= line.length) return null;
    const found = line[column];
    if (found) return found;
  }
}

function walk(event: KeyboardEvent): void {
  const link = around<HTMLAnchorElement>(event, "a");
  const table = link?.closest<HTMLTableElement>("[data-grid]");
  if (!link || !table || event.ctrlKey || event.metaKey || event.altKey) return;
  const rows = cells(table);
  const step = STEPS[event.key];
  const floor = rows.find((each) => each.includes(link))?.filter((each) => each !== null) ?? [];
  const ends: Record<string, HTMLAnchorElement | undefined> = { Home: floor[0], End: floor[floor.length - 1] };
  const found = step ? next(rows, link, step) : ends[event.key];
  if (!step && !(event.key in ends)) return;
  event.preventDefault();
  if (!found) return;
  link.tabIndex = -1;
  found.tabIndex = 0;
  found.focus();
}

/** Make each chart one stop of the tab key, walked by arrows; without script every cell is a link of its own. */
export function startGrids(): void {
  for (const table of all<HTMLTableElement>("table[data-grid]")) {
    all<HTMLAnchorElement>("tbody a", table).forEach((link, place) => (link.tabIndex = place ? -1 : 0));
  }
  document.addEventListener("keydown", walk);
  document.addEventListener("click", (event) => {
    if (around(event, "[data-print]")) window.print();
  });
}
