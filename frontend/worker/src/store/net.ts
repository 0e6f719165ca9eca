/** Requests to the server, and whether there is a signal. Only our own host is ever asked. */
import { ref } from "vue";
import { learn } from "./clock";

/** Whether the last try came through; the phone's own word for “no signal” counts at once. */
export const online = ref(typeof navigator === "undefined" || navigator.onLine !== false);

/** A request that the server answered with an error. */
export class Denied extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly detail: string,
    readonly fields: Readonly<Record<string, string>> = {},
    readonly retryAfter = 0,
  ) {
    super(`${status} ${code}`);
  }
}

/** A request that did not come through: no signal, no answer in time. */
export class Unreached extends Error {}

let token = "";
let onSignedOut: () => void = () => undefined;
let renewToken: () => Promise<void> = () => Promise.resolve();

/** Keep the token that unsafe requests carry. */
export function keepToken(value: string): void {
  token = value;
}

/** Say what to do when the server no longer knows us. */
export function whenSignedOut(run: () => void): void {
  onSignedOut = run;
}

/** Say how a token is fetched anew, when the server does not take the one we have. */
export function whenTokenIsOld(run: () => Promise<void>): void {
  renewToken = run;
}

export interface Ask {
  method?: string;
  json?: unknown;
  body?: BodyInit;
  headers?: Record<string, string>;
  patience?: number;
  /** A 401 here is an answer, not the end of the session. */
  isSignIn?: boolean;
  isAgain?: boolean;
}

/** Ask the server. Raises Unreached or Denied. */
export async function ask(path: string, options: Ask = {}): Promise<Response> {
  const method = options.method ?? (options.json === undefined && options.body === undefined ? "GET" : "POST");
  const headers: Record<string, string> = { Accept: "application/json", ...options.headers };
  if (options.json !== undefined) headers["Content-Type"] = "application/json";
  if (method !== "GET" && method !== "HEAD") headers["X-CSRFToken"] = token;
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), options.patience ?? 30_000);
  const asked = Date.now();
  let response: Response;
  try {
    response = await fetch(path, {
      method, headers, signal: stop.signal, credentials: "same-origin", cache: "no-store",
      body: options.json === undefined ? options.body ?? null : JSON.stringify(options.json),
    });
  } catch {
    online.value = false;
    throw new Unreached();
  } finally {
    clearTimeout(timer);
  }
  online.value = true;
  learn(response.headers.get("Date"), asked, Date.now());
  if (response.ok) return response;
  const denied = await problem(response);
  if (denied.code === "csrf" && !options.isAgain) {
    await renewToken();
    return ask(path, { ...options, isAgain: true });
  }
  if (response.status === 401 && !options.isSignIn) onSignedOut();
  throw denied;
}

/** Ask for JSON. Raises as ask does; an answer cut short counts as not come through. */
export async function askJson<T>(path: string, options: Ask = {}): Promise<T> {
  const response = await ask(path, options);
  try {
    return (await response.json()) as T;
  } catch {
    throw new Unreached();
  }
}

async function problem(response: Response): Promise<Denied> {
  const told = (await response.json().catch(() => ({}))) as { code?: string; detail?: string; errors?: Record<string, string> };
  const wait = Number(response.headers.get("Retry-After") ?? 0);
  return new Denied(response.status, told.code ?? "", told.detail ?? "", told.errors ?? {}, Number.isFinite(wait) ? wait : 0);
}

/** Follow what the phone says of its signal; `back` runs when it returns. */
export function watchSignal(back: () => void): void {
  window.addEventListener("offline", () => (online.value = false));
  window.addEventListener("online", () => {
    online.value = true;
    back();
  });
}

/** Whether what is sent now costs the worker's own data plan, as far as the phone tells. */
export function isMetered(): boolean {
  const link = (navigator as { connection?: { type?: string; saveData?: boolean } }).connection;
  return link?.type === "cellular" || link?.saveData === true;
}
