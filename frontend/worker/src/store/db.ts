/** The phone's one database. What is personal lies in `box`es, sealed by keys.ts; beside them only what orders the work. */
import { openDB, type DBSchema, type IDBPDatabase, type IDBPTransaction, type StoreNames } from "idb";

/** Sealed bytes with the number used once that they were sealed with. */
export interface Box {
  iv: Uint8Array<ArrayBuffer>;
  bytes: ArrayBuffer;
}

export type RecordState = "ready" | "refused" | "conflict";

/** A record that is not yet taken. `box` holds kind's data and words. */
export interface RecordRow {
  id: string;
  seq: number;
  account: string;
  kind: string;
  subject: string;
  after: string;
  madeAt: number;
  state: RecordState;
  tries: number;
  notBefore: number;
  box: Box;
}

/** A file of a record. `sent` is how many bytes the server has confirmed. */
export interface FileRow {
  key: string;
  record: string;
  account: string;
  kind: "photo" | "video" | "voice";
  label: string;
  size: number;
  sent: number;
  announced: boolean;
  now: boolean;
  state: "loose" | "waiting" | "sent";
}

/** How a record ended; kept a week. */
export interface OutcomeRow {
  id: string;
  at: number;
  account: string;
  box: Box;
}

export interface Schema extends DBSchema {
  meta: { key: string; value: unknown };
  pack: { key: string; value: { name: string; tag: string; box: Box } };
  records: { key: string; value: RecordRow; indexes: { seq: number } };
  files: { key: string; value: FileRow; indexes: { record: string } };
  pieces: { key: [string, number]; value: { file: string; number: number; box: Box } };
  outcomes: { key: string; value: OutcomeRow; indexes: { at: number } };
  drafts: { key: string; value: { page: string; at: number; box: Box } };
  thumbs: { key: string; value: { key: string; at: number; box: Box }; indexes: { at: number } };
}

export type Database = IDBPDatabase<Schema>;
export type Transaction = IDBPTransaction<Schema, StoreNames<Schema>[], "readwrite">;

const NAME = "lianxin-worker";
const VERSION = 1;

let opened: Promise<Database> | null = null;

/** Open the database, bringing an older one up to date step by step. */
export function database(): Promise<Database> {
  opened ??= openDB<Schema>(NAME, VERSION, {
    upgrade(db, from) {
      if (from < 1) first(db);
    },
    // Another tab has a newer app: let it go on; this tab opens again when it next needs to.
    blocking: (_old, _new, event) => {
      (event.target as IDBDatabase).close();
      opened = null;
    },
    terminated: () => {
      opened = null;
    },
  }).catch((error: unknown) => {
    opened = null;
    throw error;
  });
  return opened;
}

/** Close it, for tests that play a phone that was switched off. */
export async function closeDatabase(): Promise<void> {
  (await opened)?.close();
  opened = null;
}

function first(db: Database): void {
  db.createObjectStore("meta");
  db.createObjectStore("pack", { keyPath: "name" });
  db.createObjectStore("records", { keyPath: "id" }).createIndex("seq", "seq");
  db.createObjectStore("files", { keyPath: "key" }).createIndex("record", "record");
  db.createObjectStore("pieces", { keyPath: ["file", "number"] });
  db.createObjectStore("outcomes", { keyPath: "id" }).createIndex("at", "at");
  db.createObjectStore("drafts", { keyPath: "page" });
  db.createObjectStore("thumbs", { keyPath: "key" }).createIndex("at", "at");
}

/** Read a plain value. */
export async function readMeta<T>(key: string): Promise<T | null> {
  return ((await (await database()).get("meta", key)) as T | undefined) ?? null;
}

/** Keep a plain value. */
export async function writeMeta(key: string, value: unknown): Promise<void> {
  await (await database()).put("meta", value, key);
}
