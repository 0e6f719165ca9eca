/** What may be done with a case on a phone, what each act asks for, and what is sent. */
import { describe, expect, it } from "vitest";
import { dataOf, mainAct, missing, type Filled } from "../src/casework/acts";
import { afterwards } from "../src/casework/afterwards";
import { closingPoints } from "../src/casework/closing";
import { offered } from "../src/casework/offered";
import type { PackAct, PackCase, PackCategory } from "../src/casework/shapes";
import { labelled } from "../src/proposing/evidence";
import type { OutFile, OutItem } from "../src/store/outitem";
import { items } from "../src/today/cases";

const act = (name: string, more: Partial<PackAct> = {}): PackAct => ({ name, label: name, needs_note: true, reasons: {}, photos: [], ...more });
const CASE: PackCase = {
  number: "340881-20261122-000123", version: 4, title: "积存渣土", text: "", kind: "problem", stage: "dispatched", stage_label: "已派遣", severity: "normal",
  category: "010104", category_name: "积存渣土建筑垃圾", address: "同安新村 3 栋", area: "第3网格", point: { lon: 116.95, lat: 31.05 }, accuracy_metres: 8,
  reporter: "居民", reported_at: "2026-11-22T01:00:00Z", task: "accept", request: "", due_at: "2026-11-22T08:00:00Z", warn_at: null, is_paused: false, limit: "2 工作时",
  handler: "", result: "", component: null, closing: "", acts: [act("accept", { needs_note: false }), act("annotate")], photos: [], trace: [],
};
const CATEGORY = { code: "010104", photos: ["before_near", "after_near"] } as PackCategory;
const filled = (more: Partial<Filled> = {}): Filled => ({ note: "清走了。", reason: "", isPublic: true, days: 2, files: [], ...more });
const photo = (label = ""): OutFile => ({ blob: new Blob([label]), kind: "photo", takenAt: new Date(), ...(label ? { label } : {}) });
const record = (name: string, state: OutItem["state"], doneAt: Date | null = null): OutItem =>
  ({ id: name, kind: "case.act", subject: CASE.number, data: { act: name }, state, doneAt }) as OutItem;

describe("what is offered", () => {
  it("lets the work go on after an acceptance that still waits for a signal, with the photos its kind demands", () => {
    const names = offered(CASE, [record("accept", "ready")], [CATEGORY]).map((each) => each.name);

    expect(names).toEqual(expect.arrayContaining(["handle", "progress", "annotate"]));
    expect(names).not.toContain("accept");
    expect(names).not.toContain("return"); // its reasons come with the server's offer
    const handle = offered(CASE, [record("accept", "ready")], [CATEGORY]).find((each) => each.name === "handle");
    expect(handle?.photos.map((want) => want.label)).toEqual(["before_near", "after_near"]);
  });

  it("offers nothing more once the end waits for a signal, and all again when it was refused", () => {
    expect(offered(CASE, [record("accept", "ready"), record("handle", "ready")], [CATEGORY])).toEqual([]);
    expect(offered(CASE, [record("accept", "refused")], [CATEGORY]).map((each) => each.name)).toContain("accept");
  });

  it("has one main act", () => {
    expect(mainAct([act("annotate"), act("progress"), act("handle")])?.name).toBe("handle");
    expect(mainAct([act("annotate")])).toBeNull();
  });
});

describe("what an act asks for", () => {
  const handle = act("handle", { photos: [{ label: "after_near", name: "处置后近景照片", is_there: false }, { label: "before_near", name: "处置前近景照片", is_there: true }] });

  it("names the photo that is missing, and not the one the case has", () => {
    expect(missing(handle, filled())).toBe("还缺处置后近景照片");
    expect(missing(handle, filled({ files: [photo("after_near")] }))).toBe("");
  });

  it("wants a reason from the list, and words", () => {
    const back = act("return", { reasons: { not_ours: "不属于本单位职责" } });
    expect(missing(back, filled())).toBe("先选一个原因");
    expect(missing(back, filled({ reason: "not_ours", note: "  " }))).toBe("写一句情况");
    expect(dataOf(back, filled({ reason: "not_ours" }))).toEqual({ note: "清走了。", reason: "not_ours" });
  });

  it("sends what each act's own input takes, and nothing else", () => {
    expect(dataOf(act("accept", { needs_note: false }), filled())).toEqual({});
    expect(dataOf(act("ask_extension"), filled())).toEqual({ note: "清走了。", more: { value: 2, unit: "work_day" } });
    expect(dataOf(act("progress"), filled({ isPublic: false }))).toEqual({ note: "清走了。", is_public: false });
  });
});

describe("photos for what is demanded", () => {
  const wants = [{ label: "before_near", name: "近景" }, { label: "before_far", name: "远景" }];

  it("stand for near and far in the order they were taken", () => {
    expect(labelled([photo(), photo(), photo()], wants).map((file) => file.label)).toEqual(["before_near", "before_far", undefined]);
  });

  it("keep their label while it is wanted, and lose it with another kind", () => {
    const files = [photo("before_far"), photo()];

    expect(labelled(files, wants).map((file) => file.label)).toEqual(["before_far", "before_near"]);
    expect(labelled(files, []).map((file) => file.label)).toEqual([undefined, undefined]);
    expect(labelled(files, wants)[0]).toBe(files[0]);
  });
});

describe("the closing condition as a list", () => {
  it.each([
    ["垃圾清净，地面没有残留污渍", ["垃圾清净", "地面没有残留污渍"]],
    ["先围挡，再加固或拆除；危险消除。", ["先围挡", "再加固或拆除", "危险消除"]],
    ["", []],
  ])("%s", (condition, points) => {
    expect(closingPoints(condition)).toEqual(points);
  });
});

describe("how a case stands beyond the pack", () => {
  const PACK_AT = new Date("2026-11-22T06:00:00Z");
  it.each([
    ["nothing done", [], ""],
    ["verified without a signal", [record("verify", "ready")], "waiting"],
    ["taken after the pack was made", [record("verify", "done", new Date("2026-11-22T06:01:00Z"))], "sent"],
    ["taken before it was made: the pack says it all", [record("verify", "done", new Date("2026-11-22T05:59:00Z"))], ""],
    ["refused", [record("verify", "refused")], "troubled"],
    ["a note alone ends nothing", [record("annotate", "ready")], ""],
  ])("%s", (_said, records, stands) => {
    expect(afterwards(CASE.number, records as OutItem[], PACK_AT)).toBe(stands);
  });
});

describe("cases on 今天", () => {
  it("say in their verb what they wait for, and lead there", () => {
    const [item] = items({ cases: { items: [{ ...CASE, task: "verify" }], mine: [], nearby: [] } });

    expect(item).toMatchObject({ title: "核查：积存渣土", to: `/check/${CASE.number}`, due: CASE.due_at, subject: CASE.number });
  });

  it("show no clock for what one merely might put right", () => {
    const [item] = items({ cases: { items: [{ ...CASE, task: "resolve" }], mine: [], nearby: [] } });

    expect(item).toMatchObject({ due: null, when: "可当场解决" });
  });
});
