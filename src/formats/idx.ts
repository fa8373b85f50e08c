// The IDX format of MNIST and its relatives: two zeros, a type, how many axes, their sizes, then the numbers.
// All is big-endian. A header can claim billions of images, so it is compared with the file's length before memory is
// allocated.
import { InputError } from "../errors";
import { asChannels, asLabels, type Images } from "./images";

/** What a file is to hold. */
export type IdxContent = "images" | "labels";

export interface IdxHeader {
  /** Of the numbers, as the format codes it: 8 for unsigned bytes. */
  type: number;
  /** Sizes of the axes, the first one the count. */
  sizes: number[];
  /** Where the numbers begin, and how many bytes the whole file must have. */
  start: number;
  length: number;
}

interface NumberType {
  name: string;
  bytes: number;
  read?: (view: DataView, at: number) => number;
}

/** Labels may be of any type of integers; images are unsigned bytes. */
const types: Record<number, NumberType> = {
  8: { name: "unsigned bytes", bytes: 1, read: (view, at) => view.getUint8(at) },
  9: { name: "signed bytes", bytes: 1, read: (view, at) => view.getInt8(at) },
  11: { name: "16-bit integers", bytes: 2, read: (view, at) => view.getInt16(at) },
  12: { name: "32-bit integers", bytes: 4, read: (view, at) => view.getInt32(at) },
  13: { name: "32-bit floats", bytes: 4 },
  14: { name: "64-bit floats", bytes: 8 },
};
const unsignedBytes = 8;

const wanted: Record<IdxContent, string> = {
  images: "images: unsigned bytes in 3 axes (count, height, width), or 4 (and 1 or 3 channels)",
  labels: "labels: integers of 8, 16 or 32 bits in 1 axis (count)",
};

/** Reads an images file. `file` names it in errors. Throws InputError if it is malformed or holds something else. */
export function parseIdxImages(bytes: Uint8Array, file: string): Images {
  const { sizes, start } = readIdx(bytes, file, "images");
  const [count, height, width, last = 1] = sizes;
  return { count, height, width, channels: asChannels(last, file), pixels: bytes.subarray(start) };
}

/** Reads a labels file: one class number an image. `file` names it in errors. Throws InputError. */
export function parseIdxLabels(bytes: Uint8Array, file: string): Uint16Array {
  const { type, sizes, start } = readIdx(bytes, file, "labels");
  const { read, bytes: size } = types[type];
  const view = viewOf(bytes);
  return asLabels(
    Array.from({ length: sizes[0] }, (_, i) => read!(view, start + size * i)),
    file,
  );
}

/** The file of images: 3 axes of grey ones, as MNIST has them, 4 of colours. */
export function encodeIdxImages({ count, height, width, channels, pixels }: Images): Uint8Array {
  const sizes = [count, height, width, ...(channels === 1 ? [] : [channels])];
  const start = 4 + 4 * sizes.length;
  const bytes = new Uint8Array(start + pixels.length);
  bytes.set([0, 0, unsignedBytes, sizes.length]);
  for (const [i, size] of sizes.entries()) viewOf(bytes).setUint32(4 + 4 * i, size);
  bytes.set(pixels, start);
  return bytes;
}

/** The header alone, from a file's first bytes. Throws InputError unless such a file may hold what is wanted. */
export function parseIdxHeader(head: Uint8Array, file: string, content: IdxContent): IdxHeader {
  const axes = head[3] ?? 0;
  const type = types[head[2]];
  if (head[0] !== 0 || head[1] !== 0 || !type || axes === 0) throw notIdx(head, file, content);
  const start = 4 + 4 * axes;
  if (head.length < start) throw tooShort(head, file, start);
  const view = viewOf(head);
  const sizes = Array.from({ length: axes }, (_, axis) => view.getUint32(4 + 4 * axis));
  const length = start + type.bytes * sizes.reduce((product, size) => product * size, 1);
  const fits: Record<IdxContent, boolean> = {
    images: head[2] === unsignedBytes && (axes === 3 || axes === 4),
    labels: type.read !== undefined && axes === 1,
  };
  if (fits[content]) return { type: head[2], sizes, start, length };
  const hint = fits[content === "images" ? "labels" : "images"] ? " Are the two files swapped?" : "";
  throw new InputError(
    `${file}: IDX of ${type.name} in ${axes} ${axes === 1 ? "axis" : "axes"} (${sizes.join("x")}), ` +
      `expected ${wanted[content]}.${hint}`,
  );
}

/** "20 images of 28x28 (15680 bytes)": what a header says that there is. */
export function describeIdx({ sizes: [count, ...each], start, length }: IdxHeader): string {
  const what = each.length > 0 ? `images of ${each.join("x")}` : "labels";
  return `${count} ${what} (${length - start} bytes)`;
}

function readIdx(bytes: Uint8Array, file: string, content: IdxContent): IdxHeader {
  const header = parseIdxHeader(bytes, file, content);
  const { start, length } = header;
  const what = describeIdx(header);
  if (bytes.length < length) {
    throw new InputError(
      `${file}: truncated, the header says ${what} but ${bytes.length - start} follow. Fetch it again.`,
    );
  }
  if (bytes.length > length) throw trailing(file, `${bytes.length - length}`, what);
  return header;
}

/** The complaint of a file that goes on after what its header says. */
export const trailing = (file: string, bytes: string, what: string) =>
  new InputError(`${file}: ${bytes} trailing bytes after the ${what} that the header says. Fetch it again.`);

function notIdx(head: Uint8Array, file: string, content: IdxContent): InputError {
  if (head.length < 4) return tooShort(head, file, 8);
  const begin = Array.from(head.subarray(0, 4), (byte) => byte.toString(16).padStart(2, "0")).join(" ");
  const hint =
    head[0] === 0x1f && head[1] === 0x8b ? "It is gzipped twice." : "Is it one of MNIST's kind at all?";
  return new InputError(
    `${file}: no IDX file, it begins with the bytes ${begin}; expected ${wanted[content]}. ${hint}`,
  );
}

const tooShort = ({ length }: Uint8Array, file: string, start: number) =>
  new InputError(
    `${file}: truncated, ${length} bytes are too few for an IDX header of ${start}. Fetch it again.`,
  );

const viewOf = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
