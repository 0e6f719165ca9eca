/** One report from its first photo to the outbox: what is told, what is proposed, what is still missing. */
import { computed, reactive, ref, watch } from "vue";
import type { PackCategory } from "../casework/shapes";
import { now } from "../store/clock";
import { useOutbox, put } from "../store/outbox";
import type { OutFile } from "../store/outitem";
import { usePack } from "../store/pack";
import { uuid7 } from "../store/ids";
import { stateWord } from "../facilities/shapes";
import { t } from "../words";
import { alikeTo } from "./alike";
import { around } from "./around";
import { propose } from "./categories";
import { BLANK, forgetReport, keepReport, openReport, type Told } from "./drafting";
import { evidenceName, isBefore, labelled, type Want } from "./evidence";
import { severityOf, type Severity } from "./severity";

const MOST_TITLE = 30;

/** A report on a page. `where` says the place in words when it is sent; `component` is the number of what it is about. */
export function useReport(given: string | null, component = "") {
  const id = given ?? uuid7();
  const told = reactive<Told>({ ...BLANK, ...(component ? { component, componentState: "damaged" } : {}) });
  const files = ref<OutFile[]>([]);
  const voice = ref<OutFile | null>(null);
  const isReady = ref(given === null);
  const isGone = ref(false);
  const [categories, places, cases, outbox] = [usePack("categories"), usePack("places"), usePack("cases"), useOutbox()];
  const facilities = usePack("components");
  /** What it is about, when the phone carries it. */
  const thing = computed(() => (told.component ? (facilities.value?.items.find((each) => each.number === told.component) ?? null) : null));
  const usual = computed(() => facilities.value?.classes.find((each) => each.code === told.component?.slice(6, 10)) ?? null);

  const leaves = computed<PackCategory[]>(() => categories.value?.items ?? []);
  const proposals = computed(() => propose(told.text, around(told.point, places.value, cases.value?.nearby ?? []), leaves.value));
  /** The first proposal counts only when the report's own words speak for it; a component says what its reports are. */
  const proposed = computed(() => leaves.value.find((each) => each.code === usual.value?.report) ?? (proposals.value[0]?.words.length ? proposals.value[0].category : null));
  const category = computed(() => (told.category === undefined ? proposed.value : (leaves.value.find((each) => each.code === told.category) ?? null)));
  const danger = computed(() => severityOf(told.text));
  const severity = computed<Severity>(() => told.severity ?? danger.value?.value ?? (category.value?.severity as Severity | undefined) ?? "normal");
  const wants = computed<Want[]>(() => (category.value?.photos ?? []).map((label) => ({ label, name: evidenceName(label) })));
  const befores = computed(() => wants.value.filter((want) => isBefore(want.label)));
  const same = computed(() => (cases.value?.nearby ?? []).filter((each) => thing.value?.cases.includes(each.number)).map((each) => ({ case: each, metres: 0, isSame: true })));
  const alike = computed(() => (same.value.length ? same.value : told.point ? alikeTo({ text: told.text, point: told.point, category: category.value?.code }, cases.value?.nearby ?? [], now().getTime()) : []));
  const amiss = computed(() => (told.component ? t("{name}：{state}", { name: thing.value?.name ?? usual.value?.name ?? t("部件"), state: t(stateWord(told.componentState ?? "damaged")) }) : ""));
  const text = computed(() => told.text.trim() || amiss.value || (voice.value ? t("语音上报，请听录音。") : category.value && files.value.length ? t("{name}，见照片。", { name: category.value.name }) : ""));
  const photos = computed(() => files.value.filter((file) => file.kind !== "voice"));

  // Photos stand for near and far as the category asks; who changes the category need not sort them again.
  watch([befores, photos], () => {
    const sorted = labelled(files.value, befores.value);
    if (sorted.some((file, at) => file !== files.value[at])) files.value = sorted;
  });
  watch([told, files, voice], () => {
    if (isReady.value && !isGone.value && !isBlank()) void keepReport({ id, told: { ...told }, files: all() });
  }, { deep: true });

  const all = (): OutFile[] => [...files.value, ...(voice.value ? [voice.value] : [])];
  const isBlank = (): boolean => !told.text.trim() && !all().length;

  /** Read the draft; false when it is no longer there. */
  async function open(): Promise<boolean> {
    if (given === null) return true;
    const draft = await openReport(given).catch(() => null);
    if (draft) {
      // Fast fingers have written before the draft was read: what is newer stays.
      Object.assign(told, draft.told, told.text ? { text: told.text } : {});
      files.value = draft.files.filter((file) => file.kind !== "voice");
      voice.value = draft.files.find((file) => file.kind === "voice") ?? null;
    }
    isReady.value = true;
    return draft !== null;
  }

  const data = (address: string) => ({
    text: text.value,
    severity: told.severity ?? danger.value?.value ?? null,
    category: category.value?.code ?? null,
    kind: category.value?.kind ?? null,
    point: thing.value?.point ?? told.point,
    accuracy_metres: thing.value ? null : told.accuracy,
    address: thing.value?.address || address,
    component: told.component ?? null,
    component_state: told.component ? (told.componentState ?? null) : null,
  });
  const title = computed(() => (told.text.trim().split(/[，。！？\n]/u)[0] || amiss.value || category.value?.name || t("语音")).slice(0, MOST_TITLE));

  /** Put it into the outbox, and forget the draft: from there on it is kept. */
  async function send(address: string): Promise<string> {
    const sent = await put({ kind: "case.report", data: data(address), files: all(), label: t("上报 · {title}", { title: title.value }) });
    await gone();
    return sent;
  }
  /** Put it into the outbox as found and put right by oneself. */
  async function sendSolved(address: string, note: string, after: readonly OutFile[]): Promise<string> {
    const draft = { kind: "case.spot", data: { ...data(address), note }, files: [...all(), ...after], label: t("当场解决 · {title}", { title: title.value }) };
    const sent = await put(draft);
    await gone();
    return sent;
  }
  /** Say that one has seen a case that is known already, with what was noted and taken here. */
  async function join(known: { number: string; version: number; title: string }): Promise<string> {
    const note = told.text.trim() || t("我在现场也看到了这件事。");
    const sent = await put({
      kind: "case.act", data: { number: known.number, act: "annotate", seen: known.version, data: { note } }, files: all(),
      subject: known.number, label: t("补到 · {title}", { title: known.title }),
    });
    await gone();
    return sent;
  }
  async function gone(): Promise<void> {
    isGone.value = true;
    await forgetReport(id);
  }
  /** Another report of mine still waits in the phone; it may be this very one. */
  const waiting = computed(() => outbox.value.filter((item) => item.kind === "case.report" && item.state === "ready").length);

  return { id, told, thing, usual, files, voice, isReady, leaves, proposals, category, danger, severity, wants, befores, alike, text, waiting, open, send, sendSolved, join, gone, isBlank };
}
