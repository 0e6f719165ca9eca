/** Notices on the phone: what was done here counts at once, what the server says wins later. */
import { describe, expect, it } from "vitest";
import type { OutItem } from "../src/store/outbox";
import { inOrder, marksOf, noticeSubject, openedOf, placeOf, wants, type Notice } from "../src/telling/inbox";

function notice(more: Partial<Notice> = {}): Notice {
  return {
    key: "n1", version: 3, kind: "utility", kind_label: "停水停电", title: "停水", signed: "东苑社区", published_at: "2026-11-22T01:00:00Z",
    amended_at: null, is_urgent: false, is_pinned: false, to_public: true, confirm_by: null, paragraphs: [], points: [], photos: [], answers: [],
    is_unread: true, is_confirmed: false, is_explained: false, ...more,
  };
}
function item(kind: string, data: unknown, state: OutItem["state"] = "ready", key = "n1"): OutItem {
  return { kind, data, state, subject: noticeSubject(key) } as unknown as OutItem;
}
const read = (version: number, more: object = {}, state: OutItem["state"] = "ready") => item("notice.read", { notice: "n1", version, confirmed: false, explained: false, ...more }, state);

describe("what a notice still wants", () => {
  it.each([
    ["unread", notice(), [], "read"],
    ["read here, not sent", notice(), [read(3)], ""],
    ["an older version was read here", notice(), [read(2)], "read"],
    ["a refused reading does not count", notice(), [read(3, {}, "refused")], "read"],
    ["to be confirmed", notice({ is_unread: false, confirm_by: "2026-11-25T00:00:00Z" }), [], "confirm"],
    ["confirmed here", notice({ is_unread: false, confirm_by: "2026-11-25T00:00:00Z" }), [read(3, { confirmed: true })], ""],
    ["an older version was confirmed here", notice({ is_unread: false, confirm_by: "2026-11-25T00:00:00Z" }), [read(2, { confirmed: true })], "confirm"],
    ["another notice was read", notice(), [item("notice.read", { notice: "n2", version: 9 }, "ready", "n2")], "read"],
  ] as const)("%s", (_said, one, items, wanted) => {
    expect(wants(one, marksOf(one, items))).toBe(wanted);
  });

  it("lists unread first, then what wants confirming, then the pinned and the latest", () => {
    const all = [
      notice({ key: "old", is_unread: false, published_at: "2026-11-01T00:00:00Z" }),
      notice({ key: "new", is_unread: false, published_at: "2026-11-20T00:00:00Z" }),
      notice({ key: "pinned", is_unread: false, is_pinned: true, published_at: "2026-10-01T00:00:00Z" }),
      notice({ key: "confirm", is_unread: false, confirm_by: "2026-11-25T00:00:00Z", published_at: "2026-10-02T00:00:00Z" }),
      notice({ key: "unread", published_at: "2026-09-01T00:00:00Z" }),
    ];
    expect(inOrder(all, []).map((each) => each.notice.key)).toEqual(["unread", "confirm", "pinned", "new", "old"]);
  });
});

describe("where a message leads", () => {
  it.each([
    ["/console/cases/340881-20261122-000123", "/case/340881-20261122-000123"],
    ["/console/notices/in/0198a000-0000-7000-8000-000000000001", "/notice/0198a000-0000-7000-8000-000000000001"],
    ["/console/me/month?month=2026-10", "/month"],
    ["/worker/patrols", "/patrols"],
    ["/console/base/people/x/", ""],
    ["https://evil.example/console/cases/1", ""],
    ["", ""],
  ])("%s", (link, to) => {
    expect(placeOf(link)).toBe(to);
  });

  it("knows which messages were opened here", () => {
    expect([...openedOf([item("message.read", { ids: [3, 4] }), read(3)])]).toEqual([3, 4]);
  });
});
