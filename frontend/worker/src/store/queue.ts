/** The queue in the phone's database: records, their files in sealed pieces, and how they ended. Each step is one transaction. */
import { database, type FileRow, type RecordRow } from "./db";
import { madeAt, uuid7 } from "./ids";
import { open, openBytes, outboxAccount, seal, sealBytes } from "./keys";
import { contentOf, type Content, type Draft, type OutFile, type OutItem, type OutPart } from "./outitem";
import { shrink } from "./shrink";

/** Bytes of one piece, in the database and over the wire. */
export const PIECE = 768 * 1024;
const WEEK = 7 * 86_400_000;
const HOUR = 3_600_000;
const BLANK = { said: "", code: "", fields: null, theirs: null, version: null, led: "" } as const;

/** Put a record and its files into the queue. The record is there with all its files, or not at all. */
export async function keep<D>(draft: Draft<D>): Promise<OutItem> {
  const [id, account] = [uuid7(), outboxAccount()];
  const files: FileRow[] = [];
  for (const file of draft.files ?? []) files.push(await keepFile(file, id, account));
  const named = files.map((file) => ({ key: file.key, ...(file.label ? { label: file.label } : {}) }));
  const data = named.length ? withFiles(draft.data, named) : draft.data;
  const photos = files.filter((file) => file.kind === "photo").length;
  const content: Content = { ...BLANK, data, label: draft.label, detail: draft.detail ?? "", photos };
  const row: RecordRow = {
    id, seq: 0, account, kind: draft.kind, subject: draft.subject ?? "", after: draft.after ?? "", madeAt: Date.now(),
    state: "ready", tries: 0, notBefore: 0, box: await seal("outbox", content),
  };
  const tx = (await database()).transaction(["records", "files"], "readwrite");
  const records = tx.objectStore("records");
  // The place in the queue is given inside the transaction: another tab may be putting, too.
  row.seq = ((await records.index("seq").openKeyCursor(null, "prev"))?.key ?? 0) + 1;
  const writes = files.map((file) => tx.objectStore("files").put({ ...file, state: "waiting" }));
  await Promise.all([records.add(row), ...writes, tx.done]);
  return itemOf(row, content, files);
}

function withFiles(data: unknown, named: { key: string; label?: string }[]): unknown {
  const own = (data ?? {}) as { files?: unknown[] };
  return { ...own, files: [...(own.files ?? []), ...named] };
}

/** Keep a file piece by piece, loose until its record is there; one piece at a time is in memory. */
async function keepFile(file: OutFile, record: string, account: string): Promise<FileRow> {
  const blob = file.kind === "photo" ? await shrink(file.blob) : file.blob;
  const row: FileRow = {
    key: uuid7(), record, account, kind: file.kind, label: file.label ?? "", size: blob.size, sent: 0,
    announced: false, now: false, state: "loose",
  };
  const db = await database();
  await db.put("files", row);
  for (let number = 0; number * PIECE < blob.size; number += 1) {
    const bytes = await blob.slice(number * PIECE, (number + 1) * PIECE).arrayBuffer();
    await db.put("pieces", { file: row.key, number, box: await sealBytes("outbox", bytes) });
  }
  return row;
}

/** A file whose bytes are no longer there, or cannot be opened. */
export class Unreadable extends Error {}

/** Return the bytes of a file from an offset to the end of the piece that holds it. Raises Unreadable. */
export async function bytesFrom(file: string, offset: number): Promise<Uint8Array<ArrayBuffer>> {
  const number = Math.floor(offset / PIECE);
  const piece = await (await database()).get("pieces", [file, number]);
  if (!piece) throw new Unreadable("A piece of the file is gone.");
  const bytes = await openBytes("outbox", piece.box).catch(() => {
    throw new Unreadable("A piece of the file cannot be opened.");
  });
  return new Uint8Array(bytes, offset - number * PIECE);
}

/** Return a file of the queue whole, to look at. */
export async function blobOf(file: OutPart): Promise<Blob> {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  for (let offset = 0; offset < file.size; offset += PIECE) parts.push(await bytesFrom(file.key, offset));
  return new Blob(parts, { type: file.kind === "photo" ? "image/jpeg" : "" });
}

/** Read everything of the account whose key is here: open records in their order, and how earlier ones ended. */
export async function readAll(): Promise<OutItem[]> {
  const account = outboxAccount();
  if (!account) return [];
  const db = await database();
  const [rows, files, ended] = [await db.getAllFromIndex("records", "seq"), await db.getAll("files"), await db.getAll("outcomes")];
  const of = new Map<string, FileRow[]>();
  for (const file of files) of.set(file.record, [...(of.get(file.record) ?? []), file]);
  const items: OutItem[] = [];
  for (const row of rows) {
    if (row.account !== account) continue;
    const content = await open<Content>("outbox", row.box);
    if (content) items.push(itemOf(row, content, of.get(row.id) ?? []));
  }
  for (const row of ended) {
    const kept = row.account === account ? await open<OutItem>("outbox", row.box) : null;
    if (kept) items.push({ ...kept, madeAt: new Date(kept.madeAt), doneAt: new Date(row.at) });
  }
  return items;
}

function itemOf(row: RecordRow, content: Content, files: FileRow[]): OutItem {
  const parts = files.map(partOf);
  const { id, seq, kind, subject, after, state, tries, notBefore } = row;
  const size = parts.reduce((sum, part) => sum + part.size, 0) + row.box.bytes.byteLength;
  const sent = parts.reduce((sum, part) => sum + part.sent, 0);
  return { ...content, id, seq, kind, subject, after, state, tries, notBefore, madeAt: new Date(row.madeAt), files: parts, size, sent, doneAt: null };
}

function partOf(file: FileRow): OutPart {
  return { key: file.key, kind: file.kind, label: file.label, size: file.size, sent: file.sent, there: file.state === "sent", now: file.now };
}

/** How many records of other accounts lie sealed here. */
export async function sealedOfOthers(): Promise<number> {
  const account = outboxAccount();
  return (await (await database()).getAll("records")).filter((row) => row.account !== account).length;
}

/** Write what became of items: those that ended leave the queue with their files; the others stay, changed. */
export async function write(items: readonly OutItem[]): Promise<void> {
  const account = outboxAccount();
  const boxed = await Promise.all(items.map(async (item) => {
    const ended = item.state === "done" || item.state === "dropped";
    return { item, ended, box: await seal("outbox", ended ? { ...item, theirs: null } : contentOf(item)) };
  }));
  const tx = (await database()).transaction(["records", "files", "pieces", "outcomes"], "readwrite");
  const records = tx.objectStore("records");
  for (const { item, ended, box } of boxed) {
    if (ended) {
      void records.delete(item.id);
      for (const file of item.files) {
        void tx.objectStore("files").delete(file.key);
        void tx.objectStore("pieces").delete(IDBKeyRange.bound([file.key, 0], [file.key, Infinity]));
      }
      void tx.objectStore("outcomes").put({ id: item.id, at: item.doneAt?.getTime() ?? Date.now(), account, box });
      continue;
    }
    const row = await records.get(item.id);
    // Gone meanwhile, by another tab: it ended, and must not come back.
    if (row) {
      const state = item.state === "refused" || item.state === "conflict" ? item.state : "ready";
      void records.put({ ...row, state, after: item.after, tries: item.tries, notBefore: item.notBefore, box });
    }
  }
  await tx.done;
}

/** Note how far a file is. */
export async function noteFile(key: string, change: Partial<Pick<FileRow, "sent" | "announced" | "state" | "now">>): Promise<void> {
  const tx = (await database()).transaction("files", "readwrite");
  const row = await tx.store.get(key);
  if (row) await tx.store.put({ ...row, ...change });
  await tx.done;
}

/** Return a file's row. */
export async function fileRow(key: string): Promise<FileRow | null> {
  return (await (await database()).get("files", key)) ?? null;
}

/** Remove files whose record was never written, and outcomes older than a week. Runs at the start only. */
export async function tidy(): Promise<void> {
  const db = await database();
  // Another tab may be keeping a file this very moment; its key tells when it was made.
  const loose = (await db.getAll("files")).filter((file) => file.state === "loose" && madeAt(file.key) < Date.now() - HOUR);
  for (const file of loose) await removeFile(file.key);
  const tx = db.transaction("outcomes", "readwrite");
  const old = IDBKeyRange.upperBound(Date.now() - WEEK);
  for (let cursor = await tx.store.index("at").openCursor(old); cursor; cursor = await cursor.continue()) await cursor.delete();
  await tx.done;
}

/** Remove a file with its pieces. */
export async function removeFile(key: string): Promise<void> {
  const tx = (await database()).transaction(["files", "pieces"], "readwrite");
  void tx.objectStore("files").delete(key);
  void tx.objectStore("pieces").delete(IDBKeyRange.bound([key, 0], [key, Infinity]));
  await tx.done;
}
