/** What the fields of components are called on 同步. */
export const kinds = ["component."];
export const labels: Record<string, string> = { state: "状态", was: "原来的状态", note: "备注", name: "名称", number: "标识码", address: "地点" };
const states: Record<string, string> = { intact: "完好", damaged: "破损", missing: "丢失", occupied: "占用", disused: "废弃", removed: "移除" };
export const choices: Record<string, Record<string, string>> = { state: states, was: states };
