/** Fingers on a drawn map: one moves it, two zoom it, a tap picks. */

export interface Hands {
  move(dx: number, dy: number): void;
  zoom(factor: number, x: number, y: number): void;
  tap(x: number, y: number): void;
}

const STILL = 8; // pixels a finger may tremble and still tap

/** Listen on an element until the returned function is called. */
export function listen(sheet: HTMLElement, hands: Hands): () => void {
  const fingers = new Map<number, { x: number; y: number }>();
  let travelled = 0;
  const at = (event: { clientX: number; clientY: number }) => {
    const box = sheet.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };
  const down = (event: PointerEvent): void => {
    sheet.setPointerCapture(event.pointerId);
    travelled = fingers.size ? Number.POSITIVE_INFINITY : 0;
    fingers.set(event.pointerId, at(event));
  };
  const moveTo = (event: PointerEvent): void => {
    const before = fingers.get(event.pointerId);
    if (!before) return;
    const now = at(event);
    const other = [...fingers].find(([id]) => id !== event.pointerId)?.[1];
    fingers.set(event.pointerId, now);
    travelled += Math.hypot(now.x - before.x, now.y - before.y);
    if (other) {
      const apart = Math.max(1, Math.hypot(before.x - other.x, before.y - other.y));
      hands.zoom(Math.hypot(now.x - other.x, now.y - other.y) / apart, (now.x + other.x) / 2, (now.y + other.y) / 2);
    } else hands.move(now.x - before.x, now.y - before.y);
  };
  const up = (event: PointerEvent): void => {
    const last = fingers.get(event.pointerId);
    fingers.delete(event.pointerId);
    if (last && event.type === "pointerup" && travelled < STILL) hands.tap(last.x, last.y);
  };
  const wheel = (event: WheelEvent): void => {
    event.preventDefault();
    const { x, y } = at(event);
    hands.zoom(Math.exp(-event.deltaY / 400), x, y);
  };
  const heard = { pointerdown: down, pointermove: moveTo, pointerup: up, pointercancel: up } as const;
  for (const [name, hear] of Object.entries(heard)) sheet.addEventListener(name as "pointerdown", hear);
  sheet.addEventListener("wheel", wheel, { passive: false });
  return () => {
    for (const [name, hear] of Object.entries(heard)) sheet.removeEventListener(name as "pointerdown", hear);
    sheet.removeEventListener("wheel", wheel);
  };
}
