/** Photos are made as small as they may be before they are kept: no signal and no phone is that patient. */

const LONGEST = 2560;
const QUALITY = 0.82;

/** Return a photo of at most 2560 px as JPEG, without where and by which phone it was taken; as it is if it cannot be read. */
export async function shrink(photo: Blob): Promise<Blob> {
  if (typeof createImageBitmap === "undefined") return photo;
  const picture = await createImageBitmap(photo, { imageOrientation: "from-image" }).catch(() => null);
  if (!picture) return photo;
  try {
    const share = Math.min(1, LONGEST / Math.max(picture.width, picture.height));
    const [width, height] = [Math.round(picture.width * share), Math.round(picture.height * share)];
    return (await drawn(picture, width, height)) ?? photo;
  } finally {
    picture.close();
  }
}

async function drawn(picture: ImageBitmap, width: number, height: number): Promise<Blob | null> {
  if (typeof OffscreenCanvas !== "undefined") {
    const canvas = new OffscreenCanvas(width, height);
    const pen = canvas.getContext("2d");
    if (pen) {
      pen.drawImage(picture, 0, 0, width, height);
      return canvas.convertToBlob({ type: "image/jpeg", quality: QUALITY });
    }
  }
  const canvas = Object.assign(document.createElement("canvas"), { width, height });
  canvas.getContext("2d")?.drawImage(picture, 0, 0, width, height);
  return new Promise((done) => canvas.toBlob(done, "image/jpeg", QUALITY));
}
