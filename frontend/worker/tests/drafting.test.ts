/** Drafts of reports survive the phone, photos and all, several at a time. */
import { beforeEach, describe, expect, it, vi } from "vitest";
import { newPhone, settle, start } from "./phone";
import { Server } from "./server";

beforeEach(() => {
  newPhone();
  new Server().install();
  vi.stubGlobal("FileReader", Reader);
});

/** Node has no FileReader; this is the one method that is used. */
class Reader extends EventTarget {
  result = "";
  error = null;
  readAsDataURL(blob: Blob): void {
    void blob.arrayBuffer().then((bytes) => {
      this.result = `data:${blob.type};base64,${btoa(String.fromCharCode(...new Uint8Array(bytes)))}`;
      this.dispatchEvent(new Event("load"));
    });
  }
}

/** Start the app, and the part under test on the same modules. */
async function app() {
  const begun = await start();
  const drafting = await import("../src/proposing/drafting");
  return { ...begun, drafting };
}
const shot = (words: string) => ({ blob: new Blob([words], { type: "image/jpeg" }), kind: "photo" as const, takenAt: new Date() });
async function written(flush: () => Promise<void>): Promise<void> {
  for (let round = 0; round < 4; round += 1) {
    await settle(() => false, 40);
    await flush();
  }
}

describe("a draft", () => {
  it("comes back with its words and photos after the phone was killed", async () => {
    const first = await app();
    const id = first.drafting.beginReport([shot("近景的照片")]);
    await written(first.drafts.flushDrafts);
    const told = { ...first.drafting.BLANK, text: "井盖松动", point: { lon: 116.9, lat: 31 } };
    const begun = await first.drafting.openReport(id);
    await first.drafting.keepReport({ id, told, files: begun?.files ?? [] });
    await written(first.drafts.flushDrafts);

    const second = await app();
    const found = await second.drafting.openReport(id);

    expect(found?.told).toMatchObject({ text: "井盖松动", point: { lon: 116.9, lat: 31 } });
    expect(await found?.files[0]?.blob.text()).toBe("近景的照片");
    expect(found?.files[0]?.blob.type).toBe("image/jpeg");
    expect(await second.drafting.drafts()).toMatchObject([{ id, words: "井盖松动", photos: 1 }]);
  });

  it("does not stand in the way of another, and leaves nothing behind", async () => {
    const { drafting, drafts, db } = await app();
    const [one, other] = [drafting.beginReport([shot("一")]), drafting.beginReport([shot("二")])];
    await written(drafts.flushDrafts);
    expect((await drafting.drafts()).map((each) => each.id).sort()).toEqual([one, other].sort());

    await drafting.forgetReport(one);
    await written(drafts.flushDrafts);

    expect((await drafting.drafts()).map((each) => each.id)).toEqual([other]);
    expect(await drafting.openReport(one)).toBeNull();
    const pages = (await (await db.database()).getAllKeys("drafts")).map(String);
    expect(pages.filter((page) => page.includes(one))).toEqual([]);
  });

  it("writes a photo once, however often the words change", async () => {
    const { drafting, drafts, db } = await app();
    const files = [shot("照片")];
    const id = drafting.beginReport(files);
    for (const text of ["井", "井盖", "井盖松动"]) await drafting.keepReport({ id, told: { ...drafting.BLANK, text }, files });
    await written(drafts.flushDrafts);

    const pages = (await (await db.database()).getAllKeys("drafts")).map(String);

    expect(pages.filter((page) => page.startsWith(`report:${id}:`))).toHaveLength(1);
  });
});
