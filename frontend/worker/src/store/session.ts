/** Who is signed in on this phone, what that allows it to keep, and how it forgets. */
import { computed, ref, shallowRef, type Ref } from "vue";
import { now } from "./clock";
import { database, readMeta, writeMeta, type Box } from "./db";
import { dropKeys, hasKey, loadKeys, makeKeys, open, outboxAccount, seal } from "./keys";
import { ask, askJson, Denied, keepToken, Unreached, whenSignedOut, whenTokenIsOld } from "./net";

export interface Post {
  role: string;
  label: string;
  area: string;
  unit: string;
  permissions: string[];
}
export interface Me {
  account: string;
  name: string;
  posts: Post[];
}

/** What the server says of this phone's sign-in: /worker/session. */
interface Standing {
  state: "in" | "out" | "revoked";
  csrf: string;
  must_change_password: boolean;
  pack_days: number;
  account: string;
  name: string;
  seal: string;
  posts: Post[];
}

/** Why the app asks for a sign-in. */
export type Leaving = "" | "signed-out" | "revoked" | "expired" | "unused";

const me: Ref<Me | null> = shallowRef(null);
/** The server no longer knows the session: work goes on from the cache, nothing is sent until a sign-in. */
export const mustSignIn = ref(false);
export const mustChangePassword = ref(false);
export const leaving: Ref<Leaving> = ref("");
const contact = ref(0);
const days = ref(3);
const DAY = 86_400_000;

type Forget = () => void;
const forgetful: Forget[] = [];
/** Let a part of the store empty its memory when the phone forgets. */
export function onForget(run: Forget): void {
  forgetful.push(run);
}
type Begin = () => Promise<void> | void;
const beginners: Begin[] = [];
/** Let a part of the store begin when somebody is signed in. */
export function onEnter(run: Begin): void {
  beginners.push(run);
}

/** Who is signed in; null: the sign-in page is next. */
export function useMe(): Readonly<Ref<Me | null>> {
  return me;
}

/** Whether some post of mine gives this permission. */
export function may(permission: string): boolean {
  return me.value?.posts.some((post) => post.permissions.includes(permission)) ?? false;
}

/** After so many days without contact the cache goes. */
export const packDays: Readonly<Ref<number>> = computed(() => days.value);

/** Take up where the last run ended, before the first page is drawn. */
export async function loadSession(): Promise<void> {
  await loadKeys();
  contact.value = (await readMeta<number>("contact")) ?? 0;
  days.value = (await readMeta<number>("days")) ?? 3;
  leaving.value = (await readMeta<Leaving>("leaving")) ?? "";
  const box = await readMeta<Box>("me");
  const known = box && hasKey("cache") ? await open<Me>("cache", box) : null;
  if (known && isFresh()) {
    me.value = known;
    return;
  }
  // A key without a person, a person without a key, or too long without contact: a clean start.
  if (known) await leave("unused");
  else if (box || hasKey("cache")) await wipe();
}

function isFresh(): boolean {
  return now().getTime() - contact.value < days.value * DAY;
}

/** Note that the server knows us; the days without contact count from here. */
export async function noteContact(): Promise<void> {
  contact.value = now().getTime();
  await writeMeta("contact", contact.value);
}

/** Wipe when the days without contact are over, also while the app stays open. */
export async function expire(): Promise<void> {
  if (me.value && !isFresh()) await leave("unused");
}

let checking: Promise<void> | null = null;

/** Ask the server how our sign-in stands, and follow: go on, ask for a sign-in, or forget. */
export function checkSession(): Promise<void> {
  checking ??= check().finally(() => (checking = null));
  return checking;
}

async function check(): Promise<void> {
  let standing: Standing;
  try {
    await finishSignOut();
    standing = await askJson<Standing>("/worker/session");
  } catch (error) {
    if (error instanceof Unreached || error instanceof Denied) return;
    throw error;
  }
  keepToken(standing.csrf);
  if (standing.state === "revoked") return leave("revoked");
  if (standing.state === "out") {
    // Who never signed in here has nothing that ran out.
    mustSignIn.value = me.value !== null;
    return;
  }
  await enter(standing);
}

async function enter(standing: Standing): Promise<void> {
  mustChangePassword.value = standing.must_change_password;
  // Somebody else on this phone: what the one before kept is not theirs to see; what is unsent stays sealed.
  if (me.value && me.value.account !== standing.account) await wipe();
  if (outboxAccount() !== standing.account || !hasKey("cache")) await makeKeys(standing.account, standing.seal);
  days.value = standing.pack_days;
  await writeMeta("days", standing.pack_days);
  const known: Me = { account: standing.account, name: standing.name, posts: standing.posts };
  await writeMeta("me", await seal("cache", known));
  await writeMeta("leaving", "");
  await noteContact();
  [mustSignIn.value, leaving.value] = [false, ""];
  const isNew = me.value?.account !== known.account;
  me.value = known;
  if (isNew) for (const begin of beginners) await begin();
}

/** Sign in by name and password. Raises Denied with words for the page, or Unreached. */
export async function signIn(username: string, password: string): Promise<void> {
  const entered = await askJson<{ csrf_token: string }>("/api/v1/sign-in", { json: { username, password }, isSignIn: true });
  keepToken(entered.csrf_token);
  await writeMeta("endSession", false);
  await checkSession();
  if (!me.value && !mustChangePassword.value) throw new Unreached();
}

/** Set one's own password: the first one must be changed before anything else. */
export async function changePassword(old: string, fresh: string): Promise<void> {
  await ask("/api/v1/me/password", { json: { old, new: fresh } });
  await checkSession();
}

/** Sign out here. What is unsent stays sealed in the phone for this account's next sign-in. */
export async function signOut(): Promise<void> {
  try {
    await ask("/api/v1/sign-out", { method: "POST" });
  } catch (error) {
    // Without a signal the server's session lasts until its time; the phone forgets all the same.
    if (!(error instanceof Unreached) && !(error instanceof Denied)) throw error;
    await writeMeta("endSession", true);
  }
  await leave("signed-out");
}

/** End a session that could not be ended when its owner signed out without a signal. */
async function finishSignOut(): Promise<void> {
  if (!(await readMeta<boolean>("endSession"))) return;
  const standing = await askJson<Standing>("/worker/session");
  keepToken(standing.csrf);
  if (standing.state === "in") await ask("/api/v1/sign-out", { method: "POST", isSignIn: true, isAgain: true });
  await writeMeta("endSession", false);
}

async function leave(why: Leaving): Promise<void> {
  leaving.value = why;
  await writeMeta("leaving", why);
  await wipe();
}

/** Forget all that the phone keeps, the keys first, so that a wipe cut short leaves noise. The outbox stays, sealed. */
export async function wipe(): Promise<void> {
  await dropKeys(["cache", "outbox"]);
  me.value = null;
  mustSignIn.value = false;
  for (const forget of forgetful) forget();
  const db = await database();
  const tx = db.transaction(["meta", "pack", "drafts", "thumbs"], "readwrite");
  await Promise.all([
    tx.objectStore("pack").clear(), tx.objectStore("drafts").clear(), tx.objectStore("thumbs").clear(),
    tx.objectStore("meta").delete("me"), tx.objectStore("meta").delete("contact"), tx.done,
  ]);
}

whenSignedOut(() => void checkSession());
whenTokenIsOld(checkSession);
