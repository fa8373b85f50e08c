// TensorBoard's event files. A record has a length, a protocol buffer with scalars or PNG images, and checksums.
// Source: TFRecord's layout and event.proto, summary.proto of TensorFlow; only the fields that are used are here.
import { bytes, concat, double, float, text, whole } from "./protobuf";

/** One record's content. The first of a file tells the version, the others belong to a step. */
export interface TrainingEvent {
  /** Seconds since 1970. */
  wallTime: number;
  step: number;
  scalars?: Record<string, number>;
  images?: Record<string, EventImage>;
}

export interface EventImage {
  png: Uint8Array;
  width: number;
  height: number;
  /** 1 for grey, 3 for RGB. */
  channels: 1 | 3;
}

/** How such a file is called: TensorBoard looks for the middle, and sorts by the seconds since 1970. */
export const eventFileName = (seconds: number, host: string): string =>
  `events.out.tfevents.${Math.floor(seconds)}.${host.replace(/[^\w.-]/g, "_") || "unknown"}`;

/** The record that a file begins with. */
export const versionRecord = (wallTime: number): Uint8Array =>
  record(concat([double(1, wallTime), bytes(3, text("brain.Event:2"))]));

/** The record of one step's scalars and images, to append to the file. */
export function eventRecord({ wallTime, step, scalars = {}, images = {} }: TrainingEvent): Uint8Array {
  const values = [
    ...Object.entries(scalars).map(([tag, value]) => concat([bytes(1, text(tag)), float(2, value)])),
    ...Object.entries(images).map(([tag, { png, width, height, channels }]) =>
      concat([
        bytes(1, text(tag)),
        bytes(4, concat([whole(1, height), whole(2, width), whole(3, channels), bytes(4, png)])),
      ]),
    ),
  ];
  const summary = concat(values.map((value) => bytes(1, value)));
  return record(concat([double(1, wallTime), whole(2, step), bytes(5, summary)]));
}

/**
 * The file's whole records up to and of `step`, in their order; the version, which is of no step, stays. Pictures stay
 * only at multiples of `pictureEvery` steps. A record that a killed process half wrote, or a damaged one, ends the file:
 * behind it nothing can be found.
 */
export function keepEvents(file: Uint8Array, step: number, pictureEvery = 1): Uint8Array {
  const kept: Uint8Array[] = [];
  const view = new DataView(file.buffer, file.byteOffset, file.length);
  for (let at = 0; at + 16 <= file.length; ) {
    const length = Number(view.getBigUint64(at, true));
    const end = at + 12 + length + 4;
    if (view.getUint32(at + 8, true) !== maskedCrc(file.subarray(at, at + 8)) || end > file.length) break;
    const data = file.subarray(at + 12, end - 4);
    if (view.getUint32(end - 4, true) !== maskedCrc(data)) break;
    const own = stepOf(data);
    if (own <= step && !(endsInPicture(data) && own % pictureEvery !== 0)) kept.push(file.subarray(at, end));
    at = end;
  }
  return concat(kept);
}

/** The last chunk of every PNG file: its name and checksum. */
const pngEnd = [0x49, 0x45, 0x4e, 0x44, 0xae, 0x42, 0x60, 0x82];

/** Whether an event is a picture's: the PNG file is what it ends with. */
export const endsInPicture = (event: Uint8Array): boolean =>
  pngEnd.every((byte, i) => event[event.length - pngEnd.length + i] === byte);

/** The step of an event, 0 where it has none: fields in front of it are stepped over. */
function stepOf(event: Uint8Array): number {
  let at = 0;
  const varint = () => {
    let value = 0;
    for (let shift = 1; at < event.length; shift *= 128) {
      const byte = event[at++];
      value += (byte & 127) * shift;
      if (byte < 128) break;
    }
    return value;
  };
  while (at < event.length) {
    const key = varint();
    const [field, wire] = [key >> 3, key & 7];
    if (wire === 0) {
      const value = varint();
      if (field === 2) return value;
    } else at += wire === 1 ? 8 : wire === 5 ? 4 : varint();
  }
  return 0;
}

/** Length, its checksum, data, its checksum. */
function record(data: Uint8Array): Uint8Array {
  const framed = new Uint8Array(12 + data.length + 4);
  const view = new DataView(framed.buffer);
  view.setBigUint64(0, BigInt(data.length), true);
  view.setUint32(8, maskedCrc(framed.subarray(0, 8)), true);
  framed.set(data, 12);
  view.setUint32(12 + data.length, maskedCrc(data), true);
  return framed;
}

const crcTable = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  return crc;
});

/** CRC-32C, of Castagnoli's polynomial, bits reflected. */
export function crc32c(data: Uint8Array): number {
  let crc = 0xffffffff;
  for (let i = 0; i < data.length; i++) crc = crcTable[(crc ^ data[i]) & 255] ^ (crc >>> 8);
  return ~crc >>> 0;
}

/** Rotated and shifted, as TFRecord has it, so that the checksum of data that holds checksums is no special case. */
function maskedCrc(data: Uint8Array): number {
  const crc = crc32c(data);
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}
