/** Categories and danger from words, without a server. */
import { describe, expect, it } from "vitest";
import { propose, search, why, type Category } from "../src/proposing/categories";
import { severityOf } from "../src/proposing/severity";
import samples from "./danger-samples.json";

const CATEGORIES: (Category & { initials: string })[] = [
  { code: "010101", name: "暴露垃圾", initials: "bllj", path: ["市容环境", "环境卫生", "暴露垃圾"], words: [["垃圾", 1], ["没人清", 1], ["发臭", 1]] },
  { code: "010104", name: "积存渣土建筑垃圾", initials: "jcztjzlj", path: ["市容环境", "环境卫生", "积存渣土建筑垃圾"], words: [["装修垃圾", 1], ["建筑垃圾", 1], ["砖头", 1]] },
  { code: "010304", name: "餐饮油烟", initials: "cyyy", path: ["市容环境", "污染扰民", "餐饮油烟"], words: [["油烟", 1], ["饭店", 1]] },
  { code: "010301", name: "露天烧烤", initials: "ltsk", path: ["市容环境", "污染扰民", "露天烧烤"], words: [["烧烤", 1], ["油烟", 1]] },
  { code: "040201", name: "机动车乱停", initials: "jdclt", path: ["街面秩序", "车辆停放", "机动车乱停"], words: [["乱停车", 1], ["占道", 1]] },
];
const codes = (text: string, near: Parameters<typeof propose>[1] = []): string[] => propose(text, near, CATEGORIES).map((choice) => choice.category.code);

describe("categories from words", () => {
  it("lets the longest word win over the word inside it", () => {
    const [best] = propose("桶边堆了几袋装修垃圾，挡住半边路", [], CATEGORIES);

    expect(best?.category.code).toBe("010104");
    expect(best && why(best)).toBe("依据“装修垃圾”");
    expect(codes("桶边堆了几袋装修垃圾")).not.toContain("010101");
  });

  it("finds the short word where it stands alone, whatever stood before it", () => {
    expect(codes("装修垃圾旁边还有垃圾，发臭")).toEqual(expect.arrayContaining(["010101", "010104"]));
  });

  it("lets what stands near decide between categories that share a word", () => {
    const grill = { name: "老王烧烤", words: "老王烧烤 餐饮" };
    const restaurant = { name: "同安饭店", words: "同安饭店 餐饮" };

    expect(codes("油烟很大", [grill])[0]).toBe("010301");
    expect(codes("油烟很大", [restaurant])[0]).toBe("010304");
  });

  it("never lets what stands near outvote the words", () => {
    expect(codes("堆了砖头和装修垃圾", [{ name: "老王烧烤", words: "老王烧烤" }])[0]).toBe("010104");
  });

  it("says why when only the place speaks", () => {
    const [best] = propose("", [{ name: "案件 …000123", category: "040201" }], CATEGORIES);

    expect(best?.category.code).toBe("040201");
    expect(best && why(best)).toBe("依据附近的案件 …000123");
  });

  it("proposes nothing when nothing speaks, and never more than three", () => {
    expect(codes("你好")).toEqual([]);
    expect(codes("垃圾 装修垃圾 油烟 烧烤 占道 饭店 乱停车")).toHaveLength(3);
  });
});

describe("search in categories", () => {
  it.each([["油烟", ["010304", "010301"]], ["jdc", ["040201"]], ["车辆停放", ["040201"]], ["没有的", []]])("finds %s", (sought, found) => {
    expect(search(sought, CATEGORIES).map((category) => category.code)).toEqual(found);
  });
});

describe("danger from words, as the server reads it", () => {
  it.each(samples as [string, string | null][])("%s", (text, told) => {
    expect(severityOf(text)?.value ?? null).toBe(told);
  });
});
