/** Drafts of reports: several at a time, kept from the first photo on, photos and all, until they are sent or thrown away. */
import { dropDraft, loadDraft, saveDraft } from "../store/drafts";
import { uuid7 } from "../store/ids";
import type { OutFile } from "../store/outitem";
import { shrink } from "../store/shrink";
import type { Spot } from "../today/item";
import type { Severity } from "./severity";

/** What stands on the page of a report, but for its files. */
export interface Told {
  text: string;
  /** A category somebody chose; null: none of the proposed; undefined: not looked at. */
  category?: string | null;
  severity?: Severity;
  point: Spot | null;
  chosen: boolean;
  accuracy: number | null;
  /** How it was put right, when it was. */
  note: string;
  /** The component it is about, by the number on its label, and what is amiss with it. */
  component?: string;
  componentState?: string;
}

export interface Draft {
  id: string;
  told: Told;
  files: OutFile[];
}

/** A line in the list of drafts. */
export interface Summary {
  id: string;
  at: number;
  words: string;
  photos: number;
}

interface Kept {
  told: Told;
  files: KeptFile[];
}
interface KeptFile {
  key: string;
  kind: OutFile["kind"];
  label?: string;
  takenAt: string;
}

const LIST = "reports";
const page = (id: string): string => `report:${id}`;
const keys = new WeakMap<Blob, string>();
/** Drafts of this run as they stand: the next page need not wait until they lie in the phone. */
const begun = new Map<string, Draft>();

export const BLANK: Told = { text: "", point: null, chosen: false, accuracy: null, note: "" };

/** Begin a report with what the camera gave; it can be opened at once. */
export function beginReport(files: OutFile[]): string {
  const id = uuid7();
  void keepReport({ id, told: { ...BLANK }, files });
  return id;
}

/** Keep a report as it stands; each file is written once. */
export async function keepReport(draft: Draft): Promise<void> {
  const { id, told, files } = draft;
  begun.set(id, draft);
  const kept = await Promise.all(files.map((file) => keepFile(id, file)));
  // Sent or thrown away while its photos were made small.
  if (!begun.has(id)) return;
  void saveDraft(page(id), { told, files: kept } satisfies Kept);
  await list((all) => [{ id, at: Date.now(), words: told.text.slice(0, 40), photos: files.filter((file) => file.kind === "photo").length }, ...all.filter((each) => each.id !== id)]);
}

async function keepFile(id: string, file: OutFile): Promise<KeptFile> {
  const { blob, kind, label, takenAt } = file;
  let key = keys.get(blob);
  if (!key) {
    key = uuid7();
    keys.set(blob, key);
    void saveDraft(`${page(id)}:${key}`, await asAddress(kind === "photo" ? await shrink(blob) : blob));
  }
  return { key, kind, takenAt: takenAt.toISOString(), ...(label ? { label } : {}) };
}

/** Open a report; null when it is no longer there. A file that cannot be read is left out. */
export async function openReport(id: string): Promise<Draft | null> {
  const fresh = begun.get(id);
  if (fresh) return fresh;
  const kept = await loadDraft<Kept>(page(id));
  if (!kept) return null;
  const files = await Promise.all(kept.files.map((file) => openFile(id, file)));
  return { id, told: kept.told, files: files.filter((file) => file !== null) };
}

async function openFile(id: string, { key, kind, label, takenAt }: KeptFile): Promise<OutFile | null> {
  const address = await loadDraft<string>(`${page(id)}:${key}`);
  if (!address) return null;
  const blob = asBlob(address);
  keys.set(blob, key);
  return { blob, kind, takenAt: new Date(takenAt), ...(label ? { label } : {}) };
}

/** Forget a report and its files: it was sent, or thrown away. */
export async function forgetReport(id: string): Promise<void> {
  const kept = await loadDraft<Kept>(page(id));
  const files = [...(kept?.files ?? []).map((file) => file.key), ...(begun.get(id)?.files ?? []).flatMap((file) => keys.get(file.blob) ?? [])];
  begun.delete(id);
  await Promise.all([...new Set(files)].map((key) => dropDraft(`${page(id)}:${key}`)));
  await dropDraft(page(id));
  await list((all) => all.filter((each) => each.id !== id));
}

/** Return all reports that were begun and not sent, the latest first. */
export async function drafts(): Promise<Summary[]> {
  return (await loadDraft<Summary[]>(LIST)) ?? [];
}

// One change of the list at a time: two photos taken quickly must not lose each other's line.
let last: Promise<void> = Promise.resolve();
function list(change: (all: Summary[]) => Summary[]): Promise<void> {
  last = last.then(async () => void saveDraft(LIST, change(await drafts())));
  return last;
}

function asAddress(blob: Blob): Promise<string> {
  return new Promise((done, fail) => {
    const reader = new FileReader();
    reader.addEventListener("load", () => done(String(reader.result)));
    reader.addEventListener("error", () => fail(reader.error ?? new Error("The photo cannot be read.")));
    reader.readAsDataURL(blob);
  });
}

/** Read a data: address without asking the network, which the page's policy would refuse. */
function asBlob(address: string): Blob {
  const [head = "", body = ""] = address.split(",", 2);
  const letters = atob(body);
  const bytes = Uint8Array.from(letters, (letter) => letter.charCodeAt(0));
  return new Blob([bytes], { type: /^data:(.*?);base64$/.exec(head)?.[1] ?? "" });
}
