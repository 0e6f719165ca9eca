/** The closing condition of a filing standard as a list to tick: “井盖与路面平齐，积水已排” are two things to look at. */

/** Return the single things that must be so. */
export function closingPoints(condition: string): string[] {
  const parts = condition.split(/[，。；;\n]/u).map((part) => part.trim());
  return [...new Set(parts.filter(Boolean))];
}
