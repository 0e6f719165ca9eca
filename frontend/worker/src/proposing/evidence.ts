/** Photos that a filing standard demands, by their labels; the words are short because they stand on photos. */
import type { OutFile } from "../store/outitem";
import { t } from "../words";

export interface Want {
  label: string;
  name: string;
}

const NAMES: Record<string, string> = {
  before_near: "近景", before_far: "远景", after_near: "办好后近景", after_far: "办好后远景", record: "处置记录", receipt: "回执、文书",
};

/** Return the short word for a label. */
export function evidenceName(label: string): string {
  return t(NAMES[label] ?? label);
}

/** Whether a label is of how it was found. */
export function isBefore(label: string): boolean {
  return label.startsWith("before");
}

/**
 * Return the files with photos standing for what is wanted, in the order they were taken; labels that nobody wants are
 * taken off. A file that keeps its label is the same object.
 */
export function labelled(files: readonly OutFile[], wants: readonly Want[]): OutFile[] {
  const open = new Set(wants.map((want) => want.label));
  const kept = files.map((file): OutFile => {
    if (!file.label) return file;
    if (open.delete(file.label)) return file;
    const { label: _gone, ...rest } = file;
    return rest;
  });
  return kept.map((file) => {
    const [next] = open;
    if (file.label || file.kind !== "photo" || next === undefined) return file;
    open.delete(next);
    return { ...file, label: next };
  });
}
