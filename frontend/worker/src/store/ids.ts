/** UUIDv7: begins with the time, so that what is made later sorts later; several of one millisecond are counted up. */

let last = 0;
let count = 0;

/** Make an id for something the phone makes. */
export function uuid7(now: number = Date.now()): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  if (now > last) {
    last = now;
    count = (((bytes[6] ?? 0) << 8) | (bytes[7] ?? 0)) & 0x7ff; // half of the counter stays free to count up in
  } else {
    count += 1;
    if (count > 0xfff) {
      last += 1;
      count = 0;
    }
  }
  const view = new DataView(bytes.buffer);
  view.setUint16(0, Math.floor(last / 2 ** 32));
  view.setUint32(2, last % 2 ** 32);
  view.setUint16(6, 0x7000 | count);
  view.setUint8(8, 0x80 | (view.getUint8(8) & 0x3f));
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** Return when an id was made, in milliseconds. */
export function madeAt(id: string): number {
  return Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16);
}
