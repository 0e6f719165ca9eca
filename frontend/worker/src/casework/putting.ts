/** Acts on a case go into the outbox, in their order for each case, with the version that was seen. */
import { put } from "../store/outbox";
import type { OutFile } from "../store/outitem";
import { t } from "../words";
import type { PackCase } from "./shapes";

/** Put an act on a case; it is sent when it can be. Returns the record's id. */
export function putAct(of: PackCase, act: string, label: string, data: Record<string, unknown>, files: readonly OutFile[] = []): Promise<string> {
  return put({
    kind: "case.act",
    data: { number: of.number, act, seen: of.version, data },
    files: [...files],
    subject: of.number,
    label: t("{act} · {title}", { act: t(label), title: of.title }),
    detail: of.address,
  });
}
