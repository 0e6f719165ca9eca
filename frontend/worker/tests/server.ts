/** A server that keeps the sync contract, and a net that fails where a test says. */
import { vi } from "vitest";

export type Fault = "unsent" | "unanswered" | "dies before" | "dies after";
interface Sent {
  id: string;
  kind: string;
  data: { files?: { key: string }[]; [name: string]: unknown };
  after?: string;
}
type Judge = (record: Sent) => Record<string, unknown> | null;

export class Server {
  account = "7";
  state: "in" | "out" | "revoked" = "in";
  offset = 0; // of its clock against ours, in milliseconds
  calls: string[] = [];
  taken: string[] = [];
  files = new Map<string, { size: number; received: number; writes: number[] }>();
  judge: Judge = () => null;
  /** Answers in place of the usual ones, by call number. */
  overrides = new Map<number, () => Response>();
  faultAt = 0;
  fault: Fault = "unsent";
  died: (() => void) | null = null;
  pack: Record<string, unknown> = {};

  install(): this {
    vi.stubGlobal("fetch", (path: string, init: RequestInit) => this.receive(path, init));
    return this;
  }

  private async receive(path: string, init: RequestInit): Promise<Response> {
    this.calls.push(`${init.method ?? "GET"} ${path.split("?")[0]}`);
    const number = this.calls.length;
    const isHit = number === this.faultAt;
    if (isHit && this.fault === "unsent") throw new TypeError("no signal");
    if (isHit && this.fault === "dies before") return this.die();
    const response = this.overrides.get(number)?.() ?? (await this.answer(path, init));
    if (isHit && this.fault === "unanswered") throw new TypeError("lost");
    if (isHit && this.fault === "dies after") return this.die();
    return response;
  }

  /** The phone is off: nothing of this request is ever heard again. */
  private die(): Promise<Response> {
    this.died?.();
    return new Promise(() => undefined);
  }

  private async answer(path: string, init: RequestInit): Promise<Response> {
    if (path === "/worker/session") return this.json(this.standing());
    if (this.state !== "in") return this.json({ code: this.state === "revoked" ? "signed_out" : "sign_in", detail: "" }, 401);
    if (path.startsWith("/api/v1/pack")) return this.json({ now: this.now(), day: "2026-11-22", sections: this.pack });
    if (path === "/api/v1/sync") return this.json({ now: this.now(), outcomes: this.sync(JSON.parse(String(init.body)) as { records: Sent[] }) });
    if (path === "/api/v1/sign-out") {
      this.state = "out";
      return new Response(null, { status: 204 });
    }
    if (path.startsWith("/api/v1/files")) return this.file(path, init);
    throw new Error(`Nothing answers ${path}.`);
  }

  private standing(): object {
    if (this.state !== "in") return { state: this.state, csrf: "x" };
    const seal = btoa(`the seal of account ${this.account}, 32 bytes`.padEnd(32));
    return { state: "in", csrf: "x", must_change_password: false, pack_days: 3, account: this.account, name: "许跃进", seal, posts: [] };
  }

  private sync(batch: { records: Sent[] }): object[] {
    return batch.records.map((record) => {
      const blank = { id: record.id, state: "done", code: "", detail: "", fields: null, subject: "", version: null, theirs: null };
      const missing = (record.data.files ?? []).some(({ key }) => !this.isWhole(key));
      if (missing) return { ...blank, state: "waiting", code: "files", detail: "还有照片没有传完" };
      if (record.after && !this.taken.includes(record.after)) return { ...blank, state: "waiting", code: "after" };
      const judged = this.judge(record);
      if (judged) return { ...blank, ...judged };
      if (!this.taken.includes(record.id)) this.taken.push(record.id);
      return blank;
    });
  }

  private isWhole(key: string): boolean {
    const file = this.files.get(key);
    return file !== undefined && file.received === file.size;
  }

  private async file(path: string, init: RequestInit): Promise<Response> {
    if (init.method === "POST") {
      const { key, size } = JSON.parse(String(init.body)) as { key: string; size: number };
      if (!this.files.has(key)) this.files.set(key, { size, received: 0, writes: [] });
      return this.at(key, 201);
    }
    const key = path.split("/").pop() ?? "";
    const file = this.files.get(key);
    if (!file) return this.json({ code: "not_found", detail: "" }, 404);
    if (init.method === "HEAD") return this.at(key);
    const offset = Number((init.headers as Record<string, string>)["Upload-Offset"]);
    if (offset > file.received) return this.json({ code: "upload_offset", detail: "" }, 409);
    const length = (init.body as Uint8Array).byteLength;
    if (offset === file.received) {
      file.writes.push(offset);
      file.received += length;
    }
    return this.at(key);
  }

  private at(key: string, status = 200): Response {
    return this.json({ key }, status, { "Upload-Offset": String(this.files.get(key)?.received) });
  }

  private json(body: unknown, status = 200, headers: Record<string, string> = {}): Response {
    return new Response(JSON.stringify(body), { status, headers: { Date: this.now(), ...headers } });
  }

  private now(): string {
    return new Date(Date.now() + this.offset).toUTCString();
  }
}
