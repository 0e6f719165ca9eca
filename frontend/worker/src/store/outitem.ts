/** One thing that goes to the server, as pages see it. */

export interface OutFile {
  blob: Blob;
  kind: "photo" | "video" | "voice";
  label?: string;
  takenAt: Date;
}

export interface Draft<D> {
  kind: string;
  data: D;
  files?: OutFile[];
  /** Order key, such as a case number: what has the same goes in the order it was made. */
  subject?: string;
  label: string;
  detail?: string;
  /** The id of a record that must be taken before. */
  after?: string;
}

export interface OutPart {
  key: string;
  kind: "photo" | "video" | "voice";
  label: string;
  size: number;
  sent: number;
  /** Whole at the server. */
  there: boolean;
  /** Sent over a metered link, too: the worker said so. */
  now: boolean;
}

export type OutState = "ready" | "refused" | "conflict" | "done" | "dropped";

/** What is sealed of a record. */
export interface Content {
  data: unknown;
  label: string;
  detail: string;
  /** What the server said: in words, and where. */
  said: string;
  code: string;
  fields: Record<string, string> | null;
  theirs: Record<string, unknown> | null;
  version: number | null;
  /** Number or key of what it led to. */
  led: string;
  photos: number;
}

export interface OutItem extends Content {
  id: string;
  seq: number;
  kind: string;
  subject: string;
  after: string;
  madeAt: Date;
  state: OutState;
  tries: number;
  notBefore: number;
  files: OutPart[];
  size: number;
  sent: number;
  doneAt: Date | null;
}

/** Return the content of an item, to be sealed. */
export function contentOf(item: Content): Content {
  const { data, label, detail, said, code, fields, theirs, version, led, photos } = item;
  return { data, label, detail, said, code, fields, theirs, version, led, photos };
}
