/** Reading a QR code from a picture: by the browser where it can, else by a small library that is fetched for it. */

interface Detector {
  detect(source: CanvasImageSource): Promise<{ rawValue: string }[]>;
}
type DetectorClass = new (options: { formats: string[] }) => Detector;

const known = (globalThis as { BarcodeDetector?: DetectorClass }).BarcodeDetector;
let detector: Detector | null | undefined;
const SIDE = 900; // pixels: enough for a sticker, quick on an old phone

function own(): Detector | null {
  if (detector === undefined) {
    try {
      detector = known ? new known({ formats: ["qr_code"] }) : null;
    } catch {
      detector = null;
    }
  }
  return detector;
}

/** Return the text of a QR code in a picture or a frame of the camera, or nothing. */
export async function readCode(source: HTMLVideoElement | ImageBitmap): Promise<string> {
  const [width, height] = source instanceof HTMLVideoElement ? [source.videoWidth, source.videoHeight] : [source.width, source.height];
  if (!width || !height) return "";
  const browser = own();
  if (browser) {
    try {
      return (await browser.detect(source))[0]?.rawValue ?? "";
    } catch {
      detector = null; // it is there by name only
    }
  }
  const scale = Math.min(1, SIDE / Math.max(width, height));
  const sheet = document.createElement("canvas");
  sheet.width = Math.round(width * scale);
  sheet.height = Math.round(height * scale);
  const pen = sheet.getContext("2d", { willReadFrequently: true });
  if (!pen) return "";
  pen.drawImage(source, 0, 0, sheet.width, sheet.height);
  const { data } = pen.getImageData(0, 0, sheet.width, sheet.height);
  const { default: jsQR } = await import("jsqr");
  return jsQR(data, sheet.width, sheet.height, { inversionAttempts: "dontInvert" })?.data ?? "";
}
