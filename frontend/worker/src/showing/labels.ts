/**
 * What the fields of a record are called, to show one that was refused or written by two. Each room may add
 * `showing/<room>.ts` with the `kinds` of record it speaks of ("visit." for all that begin so), their `labels`, and
 * `choices` for codes: `{ severity: { normal: "一般" } }`.
 */
type Labels = Record<string, string>;
interface Room {
  kinds?: readonly string[];
  labels?: Labels;
  choices?: Record<string, Labels>;
}

const rooms = Object.values(import.meta.glob<Room>("./*.ts", { eager: true }));
const usual: Labels = {
  text: "内容", title: "标题", note: "说明", result: "结果", address: "地点", name: "姓名", phone: "电话", severity: "急不急",
  reason: "理由", words: "内容", question: "问题", answer: "回答", summary: "情况", needs: "需要",
};
const codes: Record<string, Labels> = { severity: { normal: "一般", pressing: "较急", urgent: "紧急" } };

/** A line of a record: its path in the data, what it is called, what stands there; `isText`: may be mended here. */
export interface Line {
  path: string[];
  label: string;
  value: string;
  isText: boolean;
}

function of(kind: string): Room[] {
  return rooms.filter((room) => room.kinds?.some((each) => kind.startsWith(each)));
}

function labelOf(name: string, kind: string): string {
  for (const room of of(kind)) if (room.labels?.[name]) return room.labels[name];
  return usual[name] ?? "";
}

function wordOf(name: string, value: string, kind: string): string {
  for (const room of [...of(kind), { choices: codes }]) {
    const found = room.choices?.[name]?.[value];
    if (found) return found;
  }
  return value;
}

/** Return the lines of a record that have a name; what has none is for programs. */
export function linesOf(data: unknown, kind = "", path: string[] = []): Line[] {
  if (typeof data !== "object" || data === null || Array.isArray(data)) return [];
  return Object.entries(data).flatMap(([name, value]): Line[] => {
    const here = [...path, name];
    if (typeof value === "object") return linesOf(value, kind, here);
    const label = labelOf(name, kind);
    if (!label || value === "" || value === undefined) return [];
    const said = typeof value === "boolean" ? (value ? "是" : "否") : wordOf(name, String(value), kind);
    return [{ path: here, label, value: said, isText: typeof value === "string" && said === value }];
  });
}

/** Return the data with one value changed; the original stays as it is. */
export function changed(data: unknown, path: readonly string[], value: string): unknown {
  const [first, ...rest] = path;
  if (first === undefined) return value;
  const own = (data ?? {}) as Record<string, unknown>;
  return { ...own, [first]: changed(own[first], rest, value) };
}
