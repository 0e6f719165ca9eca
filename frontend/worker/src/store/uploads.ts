/** Photos, videos and voices on their way: announced under the phone's key, sent in pieces, resumed where they broke off. */
import { isMetered, ask, Denied } from "./net";
import type { OutItem, OutPart } from "./outitem";
import { t } from "../words";
import { bytesFrom, fileRow, noteFile, Unreadable } from "./queue";

const AT_ONCE = 2;
const TRIES = 3;

/** A file that the server will never take; its words go to the record. */
export class Unusable extends Error {
  constructor(readonly code: string, readonly detail: string) {
    super(code);
  }
}

/** Send the files of these records, two at a time, telling of each step. Raises Unreached, Denied; unusable ones are told to `refuse`. */
export async function uploadAll(
  items: readonly OutItem[], moved: (item: OutItem) => void, refuse: (item: OutItem, fault: Unusable) => Promise<void>,
): Promise<void> {
  const waiting = items.flatMap((item) => item.files.filter((part) => !part.there && mayGo(part)).map((part) => ({ item, part })));
  let broken: unknown = null;
  const lane = async (): Promise<void> => {
    for (let next = waiting.shift(); next && !broken; next = waiting.shift()) {
      const { item, part } = next;
      if (item.state !== "ready") continue;
      try {
        await upload(part, () => {
          item.sent = item.files.reduce((sum, each) => sum + each.sent, 0);
          moved(item);
        });
      } catch (error) {
        if (error instanceof Unusable) await refuse(item, error);
        else broken ??= error;
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  if (broken) throw broken as Error;
}

function mayGo(part: OutPart): boolean {
  return part.kind !== "video" || part.now || !isMetered();
}

/** Send one file from where the server has it. */
export async function upload(part: OutPart, moved: () => void): Promise<void> {
  const row = await fileRow(part.key);
  if (!row) {
    // Another tab has brought its record home meanwhile; the server's answer to ours will say so.
    part.there = true;
    return;
  }
  let offset = row.announced ? await received(part) : await announce(part);
  for (let gaps = 0; offset < part.size; ) {
    step(part, offset, moved);
    try {
      offset = await sendPiece(part, offset);
    } catch (error) {
      if (error instanceof Unreadable) throw new Unusable("unreadable", t("有一张照片或录音在手机里读不出来了。去掉它再送"));
      if (!(error instanceof Denied)) throw error;
      if (error.code === "upload_offset" && gaps < TRIES) {
        gaps += 1;
        offset = await received(part);
      } else throw judged(error);
    }
    await noteFile(part.key, { sent: offset });
  }
  await noteFile(part.key, { sent: part.size, state: "sent" });
  part.there = true;
  step(part, part.size, moved);
}

function step(part: OutPart, sent: number, moved: () => void): void {
  part.sent = sent;
  moved();
}

async function announce(part: OutPart): Promise<number> {
  const { kind, size, label, key } = part;
  try {
    const response = await ask("/api/v1/files", { json: { kind, size, label, key } });
    await noteFile(key, { announced: true });
    return offsetOf(response);
  } catch (error) {
    throw error instanceof Denied ? judged(error) : error;
  }
}

async function received(part: OutPart): Promise<number> {
  try {
    return offsetOf(await ask(`/api/v1/files/${part.key}`, { method: "HEAD" }));
  } catch (error) {
    // The server clears what nobody went on with: begin again.
    if (error instanceof Denied && error.status === 404) return announce(part);
    throw error;
  }
}

async function sendPiece(part: OutPart, offset: number): Promise<number> {
  const body = await bytesFrom(part.key, offset);
  const headers = { "Content-Type": "application/offset+octet-stream", "Upload-Offset": String(offset) };
  const response = await ask(`/api/v1/files/${part.key}`, { method: "PATCH", body, headers, patience: 120_000 });
  const reached = offsetOf(response);
  if (reached <= offset) throw new Denied(500, "no_progress", "");
  return reached;
}

function offsetOf(response: Response): number {
  const offset = Number(response.headers.get("Upload-Offset"));
  return Number.isSafeInteger(offset) && offset >= 0 ? offset : 0;
}

/** Tell what is no use to try again from what passes: sign-in, haste, a server in trouble. */
function judged(error: Denied): Error {
  const passes = error.status === 401 || error.status === 403 || error.status === 429 || error.status >= 500;
  return passes ? error : new Unusable(error.code, Object.values(error.fields)[0] ?? error.detail);
}
