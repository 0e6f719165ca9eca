/** What was scanned on the way to a point's page; kept in memory only, for as long as a check-in takes. */
const LASTS = 15 * 60_000;
const texts = new Map<string, { text: string; at: number }>();

export function remember(point: string, text: string): void {
  texts.set(point, { text, at: Date.now() });
}

/** Return the text that was scanned at a point a moment ago. */
export function recall(point: string): string {
  const found = texts.get(point);
  return found && Date.now() - found.at < LASTS ? found.text : "";
}

export function forget(point: string): void {
  texts.delete(point);
}
