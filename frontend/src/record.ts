/**
 * Record a voice message in the page where the browser can; without it, the file field asks the phone's own recorder.
 * The recording goes into that very field, so photos.ts sends it like any file.
 */
import { all, onContent } from "./page";
import { tell } from "./toasts";

const LONGEST = 180; // seconds
// MP4 first: every phone plays it.
const KINDS = ["audio/mp4", "audio/webm;codecs=opus", "audio/ogg;codecs=opus"];
const ENDINGS: Record<string, string> = { "audio/webm": "webm", "audio/mp4": "m4a", "audio/ogg": "ogg" };

function kind(): string {
  return typeof MediaRecorder === "undefined" ? "" : (KINDS.find((each) => MediaRecorder.isTypeSupported(each)) ?? "");
}

class Recorder {
  private running: MediaRecorder | null = null;
  private timer = 0;
  private words = "";

  constructor(
    private readonly place: HTMLElement,
    private readonly input: HTMLInputElement,
    private readonly mime: string,
  ) {
    // A press on the words records; the keyboard reaches the field itself and does the same.
    input.addEventListener("click", (event) => {
      event.preventDefault();
      void this.toggle();
    });
  }

  private get label(): HTMLElement {
    return this.place.querySelector<HTMLElement>("[data-record-words]") ?? this.place;
  }

  private async toggle(): Promise<void> {
    if (this.running) return this.running.stop();
    try {
      const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
      this.begin(stream);
    } catch {
      tell({ said: "没有录音权限。可以在手机设置里打开，或写几个字" });
    }
  }

  private begin(stream: MediaStream): void {
    const pieces: Blob[] = [];
    const running = new MediaRecorder(stream, { mimeType: this.mime, audioBitsPerSecond: 32_000 });
    this.running = running;
    running.addEventListener("dataavailable", (event) => pieces.push(event.data));
    running.addEventListener("stop", () => {
      stream.getTracks().forEach((track) => track.stop());
      this.end(pieces);
    });
    running.start();
    const began = Date.now();
    this.words = this.label.textContent ?? "";
    this.place.classList.add("is-recording");
    const show = () => {
      const seconds = Math.floor((Date.now() - began) / 1000);
      this.label.textContent = `正在录 ${seconds} 秒，说完点一下`;
      if (seconds >= LONGEST) running.stop();
    };
    show();
    this.timer = window.setInterval(show, 500);
  }

  private end(pieces: Blob[]): void {
    window.clearInterval(this.timer);
    this.running = null;
    this.place.classList.remove("is-recording");
    this.label.textContent = this.words;
    const plain = this.mime.split(";")[0] ?? "";
    const file = new File(pieces, `录音.${ENDINGS[plain] ?? "webm"}`, { type: plain });
    if (!file.size) return;
    const held = new DataTransfer();
    held.items.add(file);
    this.input.files = held.files;
    this.input.dispatchEvent(new Event("change"));
  }
}

/** Make recorders of `<label data-record><span data-record-words>…</span><input type="file" …></label>`. */
export function startRecorders(): void {
  const mime = kind();
  if (!mime || !navigator.mediaDevices?.getUserMedia) return;
  onContent((root) =>
    all("[data-record]", root).forEach((place) => {
      const input = place.querySelector<HTMLInputElement>("input[type=file]");
      if (input) new Recorder(place, input, mime);
    }),
  );
}
