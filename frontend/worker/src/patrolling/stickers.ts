/** Telling stickers apart without a signal: the pack carries hashes, never the codes themselves. */
import type { PackPoint } from "./shapes";

const TEXT = /(?:.*\/PATROL\/)?(?:(D\d{4,9})-)?([2-9A-HJ-NP-Z]{6,10})\/?$/;

async function sha256(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Return what a scanned or typed text says: the point's code if it stands there, and the six signs. */
export function readSticker(text: string): { code: string; typed: string } | null {
  const found = TEXT.exec(text.trim().toUpperCase().replace(/\s/g, ""));
  return found?.[2] ? { code: found[1] ?? "", typed: found[2].slice(0, 6) } : null;
}

/** Return the point a text is the sticker of; null for an old one, or none of ours. */
export async function pointOf(text: string, points: readonly PackPoint[]): Promise<PackPoint | null> {
  const read = readSticker(text);
  if (!read) return null;
  for (const point of points) {
    if (read.code && read.code !== point.code) continue;
    if ((await sha256(`${point.key}:${read.typed}`)).slice(0, 24) === point.print) return point;
  }
  return null;
}

/** Return the hash by which a tag's number is known. */
export function tagHash(serial: string): Promise<string> {
  return sha256(`nfc:${serial.toLowerCase().replace(/[^0-9a-f]/g, "")}`);
}
