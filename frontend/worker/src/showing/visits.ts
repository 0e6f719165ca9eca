/** What the fields of visits and forms are called on 同步. */
export const kinds = ["visit.", "sign.", "collect."];
export const labels: Record<string, string> = {
  words: "日记", outcome: "见到没有", kind: "怎么见的", went: "谁去的", mood: "谈得怎样", follow_up_on: "哪天再去", wish: "心愿",
  evidence: "看到什么", need: "建议关照", said: "看到了什么", how: "怎么看的",
};
export const choices: Record<string, Record<string, string>> = {
  outcome: { met: "见到了", nobody: "没人在家", later: "不方便，改天再来" },
  kind: { home: "上门", phone: "电话", met: "路上遇到" },
  went: { self: "我去的", colleague: "同事去的，我代记", neighbour: "楼栋长、志愿者去的，我代记" },
  mood: { well: "谈得高兴", plain: "平常", worried: "有担心", upset: "有怨气" },
  said: { fine: "人好好的", helped: "帮上了忙", nobody: "没人应" },
  how: { call: "打了电话", visit: "上门看了" },
};
