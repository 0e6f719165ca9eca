/** The way one walks: kept only while a round runs, the page is looked at and the walker wants it. Nobody else sees it. */
import { onBeforeUnmount, onMounted, ref, watch, type Ref } from "vue";
import { put } from "../store/outbox";
import { usePlace, type Position } from "../store/place";
import { t } from "../words";
import { roundSubject } from "./shapes";

interface Fix {
  lon: number;
  lat: number;
  accuracy: number;
  at: string;
}

const KEY = "lx-track";
const EVERY = 10_000; // one place in ten seconds
const BATCH = 60;
const wanted = ref(localStorage.getItem(KEY) === "1");

/** Whether the walker wants the way kept; asked once, off at first. */
export const wantsTrack: Readonly<Ref<boolean>> = wanted;

export function setTrack(on: boolean): void {
  wanted.value = on;
  localStorage.setItem(KEY, on ? "1" : "0");
}

/** Keep the way of a round while the page that called is shown; returns whether it is being kept right now. */
export function useTrack(round: () => string, isRunning: () => boolean): { isOn: Readonly<Ref<boolean>> } {
  const { position } = usePlace();
  const isOn = ref(false);
  let fixes: Fix[] = [];
  let last = 0;
  let key = round();

  const judge = (): void => {
    isOn.value = wanted.value && isRunning() && document.visibilityState === "visible";
    if (!isOn.value) void flush();
  };
  const take = (found: Position | null): void => {
    if (!found || !isOn.value || found.at.getTime() - last < EVERY || found.accuracy > 200) return;
    last = found.at.getTime();
    fixes.push({ lon: found.lon, lat: found.lat, accuracy: Math.round(found.accuracy), at: found.at.toISOString() });
    if (fixes.length >= BATCH) void flush();
  };
  const flush = async (): Promise<void> => {
    const kept = fixes;
    fixes = [];
    if (kept.length < 2) return;
    await put({ kind: "track.points", data: { round: key, fixes: kept }, subject: roundSubject(key), label: t("我的轨迹"), detail: t("只有自己看得见") });
  };

  watch(position, take);
  watch([wanted, isRunning], judge, { immediate: true });
  watch(round, (now) => void flush().then(() => (key = now)));
  onMounted(() => document.addEventListener("visibilitychange", judge));
  onBeforeUnmount(() => {
    document.removeEventListener("visibilitychange", judge);
    void flush();
  });
  return { isOn };
}
