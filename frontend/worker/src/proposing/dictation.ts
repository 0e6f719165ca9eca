/** 说成文字: where the browser offers it and there is a signal. Nothing needs it. */
import { onScopeDispose, ref, type Ref } from "vue";

interface Heard {
  results: ArrayLike<ArrayLike<{ transcript: string }> & { isFinal: boolean }>;
  resultIndex: number;
}
interface Recognition {
  lang: string;
  continuous: boolean;
  interimResults: boolean;
  onresult: ((event: Heard) => void) | null;
  onend: (() => void) | null;
  start(): void;
  abort(): void;
}
type Maker = new () => Recognition;

/** Whether the browser can turn speech into words; it asks its own maker's server for that. */
export const canDictate = typeof window !== "undefined" && "webkitSpeechRecognition" in window;

/** Return a switch: `toggle` begins and ends; each finished piece is told. */
export function useDictation(told: (words: string) => void): { isOn: Ref<boolean>; toggle: () => void } {
  const isOn = ref(false);
  let hearing: Recognition | null = null;
  const stop = (): void => hearing?.abort();
  function toggle(): void {
    if (hearing) return stop();
    const Maker = (window as unknown as { webkitSpeechRecognition: Maker }).webkitSpeechRecognition;
    hearing = Object.assign(new Maker(), { lang: "zh-CN", continuous: true, interimResults: false });
    hearing.onresult = (event) => {
      for (const result of Array.from(event.results).slice(event.resultIndex)) if (result.isFinal) told(result[0]?.transcript ?? "");
    };
    hearing.onend = () => ((hearing = null), (isOn.value = false));
    hearing.start();
    isOn.value = true;
  }
  onScopeDispose(stop);
  return { isOn, toggle };
}
