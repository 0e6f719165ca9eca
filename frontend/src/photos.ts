/**
 * Photos: seen at once, sent in pieces, taken up again where the signal broke off (POST announces, PATCH sends, HEAD asks how far).
 * Without an address, or without script, the files simply travel with the form.
 */
import { all, csrfToken, make, onContent } from "./page";
import { tell } from "./toasts";

const PIECE = 512 * 1024;
const TRIES = 6;

function megabytes(bytes: number): string {
  return (bytes / 1024 / 1024).toFixed(bytes < 10 * 1024 * 1024 ? 1 : 0);
}

async function ask(address: string, method: string, headers: Record<string, string>, body?: Blob): Promise<Response> {
  const all = { "X-CSRFToken": csrfToken(), ...headers };
  const answer = await fetch(address, { method, headers: all, credentials: "same-origin", ...(body ? { body } : {}) });
  if (answer.status >= 500) throw new TypeError(String(answer.status));
  return answer;
}

/** Make a UUIDv7; randomUUID would need HTTPS, which an inner network may not have. */
export function uuid7(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const time = Date.now();
  for (let place = 0; place < 6; place += 1) bytes[place] = Math.floor(time / 2 ** (8 * (5 - place))) & 0xff;
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x70;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

function kindOf(file: File): string {
  const [family] = file.type.split("/");
  if (family === "audio") return "voice";
  return family === "video" ? "video" : "photo";
}

/** Send one file; tells its progress between 0 and 1 and returns the id by which the form names it. */
export async function send(address: string, file: File, onProgress: (share: number) => void): Promise<string> {
  // The key is made here, so that a POST whose answer got lost does not begin a second upload.
  const about = new Blob([JSON.stringify({ key: uuid7(), kind: kindOf(file), size: file.size })], { type: "application/json" });
  const made = await patiently(() => ask(address, "POST", { "Content-Type": "application/json" }, about));
  const place = made.headers.get("Location");
  if (!made.ok || !place) throw new Refused(await said(made));
  const where = new URL(place, new URL(address, location.href)).href;
  let offset = 0;
  while (offset < file.size) {
    offset = await patiently(async (again) => {
      if (again) offset = Number((await ask(where, "HEAD", {})).headers.get("Upload-Offset") ?? offset);
      if (offset >= file.size) return offset;
      const head = { "Upload-Offset": String(offset), "Content-Type": "application/offset+octet-stream" };
      const answer = await ask(where, "PATCH", head, file.slice(offset, offset + PIECE));
      if (!answer.ok) throw new Refused(await said(answer));
      return Number(answer.headers.get("Upload-Offset") ?? offset + PIECE);
    });
    onProgress(Math.min(1, offset / file.size));
  }
  return where.replace(/\/$/, "").split("/").pop() ?? "";
}

/** The server said no; asking again would not help. */
class Refused extends Error {}

async function said(answer: Response): Promise<string> {
  try {
    const { detail } = (await answer.json()) as { detail?: string };
    return detail ?? "";
  } catch {
    return "";
  }
}

/** Try again with growing pauses while the network is away; a refusal ends at once. */
async function patiently<T>(act: (again: boolean) => Promise<T>): Promise<T> {
  for (let tried = 0; ; tried += 1) {
    try {
      return await act(tried > 0);
    } catch (error) {
      if (error instanceof Refused || tried >= TRIES) throw error;
      await new Promise((resolve) => setTimeout(resolve, 500 * 2 ** tried));
    }
  }
}

class Picker {
  private readonly adds: HTMLElement[];
  private readonly sending = new Set<HTMLElement>();

  constructor(private readonly place: HTMLElement) {
    this.adds = all(".picker-add", place);
    all<HTMLInputElement>("input[type=file]", place).forEach((input) => input.addEventListener("change", () => this.take(input)));
    all(".photo", place).forEach((kept) => kept.append(this.removeButton(kept)));
    place.closest("form")?.addEventListener("submit", (event) => this.wait(event));
  }

  private get most(): number {
    return Number(this.place.dataset["max"] ?? 9);
  }

  private get biggest(): number {
    return Number(this.place.dataset["maxMegabytes"] ?? 20);
  }

  private take(input: HTMLInputElement): void {
    const files = Array.from(input.files ?? []);
    const address = this.place.dataset["uploadUrl"];
    if (!address) {
      // The files stay in the field and travel with the form; a new choice replaces the old one.
      all(".photo", this.place).forEach((old) => old.remove());
      files.slice(0, this.most).forEach((file) => this.show(file));
      return;
    }
    const room = this.most - all(".photo", this.place).length;
    if (files.length > room) tell({ said: `最多 ${this.most} 张，多出的 ${files.length - room} 张没有加上` });
    for (const file of files.slice(0, room)) {
      if (file.size > this.biggest * 1024 * 1024) {
        tell({ said: `“${file.name}”太大（${megabytes(file.size)} MB）。请压到 ${this.biggest} MB 以内，或换一张` });
      } else void this.upload(address, file, this.show(file));
    }
    input.value = "";
  }

  private show(file: File): HTMLElement {
    const figure = make("figure", "photo");
    const kind = kindOf(file);
    const picture = kind === "video" ? make("video") : kind === "voice" ? make("audio") : make("img");
    picture.src = URL.createObjectURL(file);
    if (picture instanceof HTMLImageElement) picture.alt = file.name;
    else picture.controls = true;
    figure.append(picture);
    if (this.place.dataset["uploadUrl"]) figure.append(this.removeButton(figure, picture.src));
    this.place.insertBefore(figure, this.adds[0] ?? null);
    this.full();
    return figure;
  }

  private removeButton(figure: HTMLElement, picture = ""): HTMLButtonElement {
    const button = make("button", "photo-remove", "×");
    button.type = "button";
    button.setAttribute("aria-label", "去掉这张");
    button.addEventListener("click", () => {
      if (picture) URL.revokeObjectURL(picture);
      this.sending.delete(figure);
      figure.remove();
      this.full();
    });
    return button;
  }

  private full(): void {
    if (!this.place.dataset["uploadUrl"]) return;
    const isFull = all(".photo", this.place).length >= this.most;
    this.adds.forEach((add) => (add.hidden = isFull));
  }

  private async upload(address: string, file: File, figure: HTMLElement): Promise<void> {
    const bar = make("progress");
    bar.max = 1;
    bar.value = 0;
    bar.setAttribute("aria-label", `正在传 ${file.name}`);
    figure.querySelector("figcaption")?.remove();
    figure.classList.remove("photo-failed");
    figure.append(bar);
    this.sending.add(figure);
    try {
      const id = await send(address, file, (share) => (bar.value = share));
      const field = make("input");
      field.type = "hidden";
      field.name = this.place.dataset["name"] ?? "photos";
      field.value = id;
      figure.append(field);
    } catch (error) {
      this.failed(address, file, figure, error instanceof Error && error.message.length > 4 ? error.message : "");
    } finally {
      bar.remove();
      this.sending.delete(figure);
    }
  }

  private failed(address: string, file: File, figure: HTMLElement, reason: string): void {
    figure.classList.add("photo-failed");
    const caption = make("figcaption");
    const again = make("button", "", "没传上，再传一次");
    again.type = "button";
    again.addEventListener("click", () => void this.upload(address, file, figure));
    caption.append(again);
    figure.append(caption);
    tell({ said: reason || `“${file.name}”没传上，有信号时再传一次` });
  }

  /** A form that is sent while photos are on their way waits for them. */
  private wait(event: SubmitEvent): void {
    if (!this.sending.size) return;
    event.preventDefault();
    const form = event.target as HTMLFormElement;
    tell({ said: `还有 ${this.sending.size} 张在传，传完就送出` });
    const timer = setInterval(() => {
      if (this.sending.size) return;
      clearInterval(timer);
      if (!all(".photo-failed", this.place).length) form.requestSubmit();
    }, 300);
  }
}

/** Make pickers of `<div data-photos data-upload-url data-name data-max data-max-megabytes>`. */
export function startPhotos(): void {
  onContent((root) => all("[data-photos]", root).forEach((place) => new Picker(place)));
}
