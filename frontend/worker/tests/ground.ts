/** What a phone has and Node lacks: a database; no other tabs, and only timers that a test lets run. */
import "fake-indexeddb/auto";
import { beforeEach, vi } from "vitest";
import { setClock } from "./phone";

vi.stubGlobal("BroadcastChannel", undefined);

beforeEach(() => {
  vi.stubGlobal("navigator", {});
  setClock(new Date("2026-11-22T01:00:00Z"));
});
