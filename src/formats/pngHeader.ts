// What a PNG file says of itself before its pixels are unpacked: size, kind and how many bytes it must unpack to.
// So a small file that claims to be huge is refused first. Source: W3C's Portable Network Graphics, second edition.
import { InputError } from "../errors";

export interface PngHeader {
  width: number;
  height: number;
  /** Whether it may have colours: RGB, or a palette that isn't all grey. */
  colour: boolean;
  interlaced: boolean;
  /** Bytes that its data must unpack to. */
  unpacked: number;
  /** The packed data, in as many pieces as the file has it. */
  data: Uint8Array[];
  /** The ranges of its tRNS chunks, which make some colours transparent. */
  transparency: [from: number, to: number][];
  /** Where the PNG ends; some programs leave more bytes behind it. */
  end: number;
}

const signature = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

/** Channels and possible bit depths by colour type. */
const colourTypes: Record<number, { channels: number; depths: number[] }> = {
  0: { channels: 1, depths: [1, 2, 4, 8, 16] },
  2: { channels: 3, depths: [8, 16] },
  3: { channels: 1, depths: [1, 2, 4, 8] },
  4: { channels: 2, depths: [8, 16] },
  6: { channels: 4, depths: [8, 16] },
};

/** More than any data set's images have: 8192x8192. */
const maxPixels = 2 ** 26;

export const isPng = (bytes: Uint8Array): boolean => signature.every((byte, i) => bytes[i] === byte);

/** Reads a PNG's chunks. `file` names it in errors. Throws InputError if it is damaged, or too large to unpack. */
export function parsePngHeader(bytes: Uint8Array, file: string): PngHeader {
  const damaged = (what: string) => new InputError(`${file}: damaged PNG (${what}).`);
  if (!isPng(bytes)) throw new InputError(`${file}: no PNG file.`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 33 || view.getUint32(8) !== 13 || typeAt(bytes, 12) !== "IHDR")
    throw damaged("no header");
  const [width, height] = [view.getUint32(16), view.getUint32(20)];
  const [depth, type, , , interlace] = bytes.subarray(24, 29);
  const kind = colourTypes[type];
  if (!kind?.depths.includes(depth)) throw damaged(`colour type ${type} with ${depth} bits`);
  if (width === 0 || height === 0) throw damaged(`${width}x${height} pixels`);

  let paletteIsGrey = true;
  const data: Uint8Array[] = [];
  const transparency: [number, number][] = [];
  let end = bytes.length;
  for (let at = 8; at < bytes.length; ) {
    const next = at + 12 + (at + 8 <= bytes.length ? view.getUint32(at) : 0);
    if (next > bytes.length) throw damaged("truncated");
    const name = typeAt(bytes, at + 4);
    const body = bytes.subarray(at + 8, next - 4);
    if (name === "PLTE") paletteIsGrey = body.every((value, i) => i % 3 === 0 || value === body[i - (i % 3)]);
    if (name === "IDAT") data.push(body);
    if (name === "tRNS") transparency.push([at, next]);
    if (name === "IEND") end = next;
    at = name === "IEND" ? bytes.length : next;
  }
  if (data.length === 0) throw damaged("no pixels");
  const bits = kind.channels * depth;
  const interlaced = interlace !== 0;
  const unpacked = interlaced ? interlacedBytes(width, height, bits) : passBytes(width, height, bits);
  const packed = data.reduce((sum, { length }) => sum + length, 0);
  // Deflate packs at most 1,032 bytes into one.
  if (unpacked > 1032 * packed) throw damaged(`${width}x${height} pixels in ${packed} bytes`);
  if (width * height > maxPixels) {
    throw new InputError(`${file}: ${width}x${height} pixels, expected ${maxPixels / 1e6} million at most.`);
  }
  const colour = type === 3 ? !paletteIsGrey : kind.channels > 2;
  return { width, height, colour, interlaced, unpacked, data, transparency, end };
}

const typeAt = (bytes: Uint8Array, at: number) => String.fromCharCode(...bytes.subarray(at, at + 4));

/** Rows of whole bytes, each after the number of its filter. */
const passBytes = (width: number, height: number, bits: number) =>
  width > 0 ? height * (1 + Math.ceil((width * bits) / 8)) : 0;

/** Adam7: seven passes over the pixels, each from a first column and row in steps. */
function interlacedBytes(width: number, height: number, bits: number): number {
  const passes = [
    [0, 0, 8, 8],
    [4, 0, 8, 8],
    [0, 4, 4, 8],
    [2, 0, 4, 4],
    [0, 2, 2, 4],
    [1, 0, 2, 2],
    [0, 1, 1, 2],
  ];
  return passes.reduce(
    (sum, [x, y, dx, dy]) => sum + passBytes(Math.ceil((width - x) / dx), Math.ceil((height - y) / dy), bits),
    0,
  );
}
