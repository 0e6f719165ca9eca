/**
 * What seals the phone's database: AES-GCM with keys that no script can read out.
 *
 * The cache key is random and lives on this phone only: without it the pack, drafts and pictures are noise, so a wipe
 * drops it first. The outbox key comes from the server's seal for the account: it is dropped at sign-out as well, and
 * the same account's next sign-in makes the very same key again. So what was not sent waits, sealed, and only for its owner.
 */
import { database, type Box } from "./db";

const AES = "AES-GCM";
const CACHE = "cacheKey";
const OUTBOX = "outboxKey";

export type Purpose = "cache" | "outbox";
interface OutboxKey {
  account: string;
  key: CryptoKey;
}

let cache: CryptoKey | null = null;
let outbox: OutboxKey | null = null;

/** Read the keys at the start; absent ones stay absent. */
export async function loadKeys(): Promise<void> {
  const db = await database();
  const [kept, owned] = [await db.get("meta", CACHE), await db.get("meta", OUTBOX)];
  cache = kept instanceof CryptoKey ? kept : null;
  outbox = isOwned(owned) ? owned : null;
}

function isOwned(value: unknown): value is OutboxKey {
  return typeof value === "object" && value !== null && (value as OutboxKey).key instanceof CryptoKey;
}

/** Make or take up the keys of an account that signed in; `seal` is the server's, base64. */
export async function makeKeys(account: string, seal: string): Promise<void> {
  const secret = Uint8Array.from(atob(seal), (letter) => letter.charCodeAt(0));
  const base = await crypto.subtle.importKey("raw", secret, "HKDF", false, ["deriveKey"]);
  const salt = new TextEncoder().encode(`lianxin outbox ${account}`);
  const key = await crypto.subtle.deriveKey(
    { name: "HKDF", hash: "SHA-256", salt, info: new Uint8Array() }, base, { name: AES, length: 256 }, false, ["encrypt", "decrypt"],
  );
  const fresh = cache ?? (await crypto.subtle.generateKey({ name: AES, length: 256 }, false, ["encrypt", "decrypt"]));
  const tx = (await database()).transaction("meta", "readwrite");
  await Promise.all([tx.store.put(fresh, CACHE), tx.store.put({ account, key }, OUTBOX), tx.done]);
  [cache, outbox] = [fresh, { account, key }];
}

/** Drop keys, for good. The outbox's comes again with the account's next sign-in. */
export async function dropKeys(which: Purpose[]): Promise<void> {
  const tx = (await database()).transaction("meta", "readwrite");
  const names = which.map((each) => (each === "cache" ? CACHE : OUTBOX));
  await Promise.all([...names.map((name) => tx.store.delete(name)), tx.done]);
  if (which.includes("cache")) cache = null;
  if (which.includes("outbox")) outbox = null;
}

/** Whether there is a key for this purpose. */
export function hasKey(purpose: Purpose): boolean {
  return (purpose === "cache" ? cache : outbox?.key ?? null) !== null;
}

/** Whose outbox can be opened now; empty when nobody's. */
export function outboxAccount(): string {
  return outbox?.account ?? "";
}

function keyFor(purpose: Purpose): CryptoKey {
  const key = purpose === "cache" ? cache : outbox?.key;
  if (!key) throw new Error("There is no key: nobody is signed in.");
  return key;
}

/** Seal bytes. */
export async function sealBytes(purpose: Purpose, bytes: BufferSource): Promise<Box> {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  return { iv, bytes: await crypto.subtle.encrypt({ name: AES, iv }, keyFor(purpose), bytes) };
}

/** Open bytes; throws when the key is another or the bytes were changed. */
export async function openBytes(purpose: Purpose, box: Box): Promise<ArrayBuffer> {
  return crypto.subtle.decrypt({ name: AES, iv: box.iv }, keyFor(purpose), box.bytes);
}

/** Seal a plain value. */
export async function seal(purpose: Purpose, value: unknown): Promise<Box> {
  return sealBytes(purpose, new TextEncoder().encode(JSON.stringify(value)));
}

/** Open a plain value; null when it cannot be opened: a wrong key is a clean start, never a crash. */
export async function open<T>(purpose: Purpose, box: Box): Promise<T | null> {
  try {
    return JSON.parse(new TextDecoder().decode(await openBytes(purpose, box))) as T;
  } catch {
    return null;
  }
}
