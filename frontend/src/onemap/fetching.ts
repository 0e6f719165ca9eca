/** Data of what is in view: fetched a little wider than the window, once the hand rests; the old stays until the new is there. */
import type { Map as Plan } from "maplibre-gl";
import { grown, within, type Box } from "./geometry";

const REST = 160;
const MARGIN = 0.25;

/** Return the box in view. With a tilted map the far edge is cut where it would reach the horizon. */
export function boxOfView(plan: Plan): Box {
  const bounds = plan.getBounds();
  const { lng, lat } = plan.getCenter();
  // At zoom z the world is 512 · 2^z pixels wide: three windows' width is as far as one can tell points apart.
  const reach = (360 / (512 * 2 ** plan.getZoom())) * Math.max(plan.getCanvas().clientWidth, plan.getCanvas().clientHeight) * 1.5;
  return [
    Math.max(bounds.getWest(), lng - reach, -180), Math.max(bounds.getSouth(), lat - reach, -85),
    Math.min(bounds.getEast(), lng + reach, 180), Math.min(bounds.getNorth(), lat + reach, 85),
  ];
}

/** Write a box as the query wants it. */
export function saidBox(box: Box): string {
  return box.map((value) => value.toFixed(5)).join(",");
}

export type Load = (box: Box, zoom: number, signal: AbortSignal) => Promise<void>;

/** One kind of data that follows the view. */
export class Follower {
  private asking: AbortController | null = null;
  private held: Box | null = null;
  private heldZoom = -1;
  private timer = 0;
  private on = false;
  private broken = false;

  constructor(private readonly plan: Plan, private readonly load: Load, private readonly failed: (failed: boolean) => void, private readonly minzoom = 0) {
    plan.on("moveend", () => this.look());
  }

  /** Whether what is in view has not come yet. */
  get isWaiting(): boolean {
    return this.on && !this.held && !this.broken && this.plan.getZoom() >= this.minzoom;
  }

  /** Begin or cease to follow. */
  follow(on: boolean): void {
    if (this.on === on) return;
    this.on = on;
    if (on) this.renew();
    else this.stop();
  }

  /** Fetch again what is in view, whatever is held. */
  renew(): void {
    this.held = null;
    if (this.on) this.ask(0);
  }

  private stop(): void {
    clearTimeout(this.timer);
    this.asking?.abort();
    this.asking = null;
    this.held = null;
  }

  private look(): void {
    if (!this.on) return;
    const same = Math.floor(this.plan.getZoom() * 2) === this.heldZoom;
    if (this.held && same && within(boxOfView(this.plan), this.held)) return;
    this.ask(REST);
  }

  private ask(wait: number): void {
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.fetch(), wait);
  }

  private async fetch(): Promise<void> {
    if (this.plan.getZoom() < this.minzoom) return;
    this.asking?.abort();
    const asking = (this.asking = new AbortController());
    const zoom = this.plan.getZoom();
    const box = grown(boxOfView(this.plan), MARGIN);
    try {
      await this.load(box, zoom, asking.signal);
      [this.held, this.heldZoom] = [box, Math.floor(zoom * 2)];
      this.broken = false;
      this.failed(false);
    } catch (error) {
      if (!asking.signal.aborted) {
        this.broken = true;
        this.failed(true);
      } else if (!(error instanceof DOMException)) throw error;
    }
  }
}
