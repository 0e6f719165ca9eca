/** 楼栋图: the chart of an open building below the map; its state colours the chart, the open building and the city. */
import { all } from "../page";
import type { Cells } from "./buildings";
import type { Mounted } from "./mount";
import { Panel } from "./portrait";
import { asked } from "./settings";

export interface ChartHooks {
  /** A state was chosen. */
  tinted: (code: string) => void;
  closed: () => void;
}

/** Count the dwellings of each floor and entrance, and those in the chosen state, from the cells of a chart. */
export function cellsOf(root: ParentNode): Map<string, Cells> {
  const cells = new Map<string, Cells>();
  for (const cell of all("[data-floor][data-unit]", root)) {
    const key = `${cell.dataset["floor"]}-${cell.dataset["unit"]}`;
    const { on, all: count } = cells.get(key) ?? { on: 0, all: 0 };
    cells.set(key, { on: on + ("on" in cell.dataset ? 1 : 0), all: count + 1 });
  }
  return cells;
}

export class HouseChart {
  readonly panel: Panel;
  private key = "";
  tint = "";

  constructor(box: HTMLElement, private readonly map: Mounted, private readonly address: string, private readonly hooks: ChartHooks) {
    this.panel = new Panel(box, "楼栋图", () => this.closed());
    box.addEventListener("change", (event) => {
      const select = event.target;
      if (!(select instanceof HTMLSelectElement) || !select.closest("[data-onemap-state]")) return;
      this.colour(select.value);
    });
    box.addEventListener("submit", (event) => event.target instanceof Element && event.target.matches("[data-onemap-state]") && event.preventDefault());
    const choose = (event: Event) => {
      const row = event.target instanceof Element ? event.target.closest("tr") : null;
      const floor = row?.querySelector<HTMLElement>("[data-floor]")?.dataset["floor"];
      if (floor !== undefined) this.choose(Number(floor));
    };
    box.addEventListener("focusin", choose);
    box.addEventListener("click", choose);
  }

  get opened(): string {
    return this.panel.isOpen ? this.key : "";
  }

  /** Open the chart of a building. */
  async open(key: string): Promise<void> {
    this.key = key;
    await this.panel.open(asked(`${this.address}${encodeURIComponent(key)}/chart`, { state: this.tint }), (body) => this.filled(body));
  }

  /** Choose a floor on the map and in the chart. */
  choose(floor: number): void {
    this.map.buildings.choose(floor);
    for (const row of all("tr", this.panel.box)) {
      row.classList.toggle("is-chosen", row.querySelector(`[data-floor="${floor}"]`) !== null);
    }
  }

  private filled(body: HTMLElement): void {
    const cells = cellsOf(body);
    this.map.buildings.show(cells);
    const select = body.querySelector<HTMLSelectElement>("[data-onemap-state] select");
    if (select && select.value !== this.tint && this.tint) select.value = this.tint;
  }

  /** Colour the chart, the open building and the city by a state; none takes the city's colours away. */
  colour(code: string): void {
    this.tint = code;
    this.map.buildings.colour(code);
    this.hooks.tinted(code);
    if (this.panel.isOpen) void this.open(this.key);
  }

  private closed(): void {
    this.key = "";
    this.map.buildings.close();
    this.hooks.closed();
  }
}
