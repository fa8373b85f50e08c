// Makes PNG files of every kind for the tests, chunk by chunk. Data is stored, not packed, so that no zlib is needed.

export interface PngOptions {
  width: number;
  height: number;
  /** 0 grey, 2 RGB, 3 palette, 4 grey with alpha, 6 RGBA. */
  type: 0 | 2 | 3 | 4 | 6;
  depth?: 1 | 2 | 4 | 8 | 16;
  /** The rows' bytes as they stand in the file, without filters. */
  body: Uint8Array;
  palette?: readonly number[];
  transparency?: readonly number[];
  interlaced?: boolean;
}

const channels = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };

export function pngFile(options: PngOptions): Uint8Array {
  const { width, height, type, depth = 8, body, palette, transparency, interlaced = false } = options;
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  header.set([depth, type, 0, 0, Number(interlaced)], 8);
  const run = Math.ceil((width * channels[type] * depth) / 8);
  // Interlaced images are given with their filters.
  const rows = interlaced ? body : withFilters(body, run);
  return joined([
    Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a),
    chunk("IHDR", header),
    ...(palette ? [chunk("PLTE", Uint8Array.from(palette))] : []),
    ...(transparency ? [chunk("tRNS", Uint8Array.from(transparency))] : []),
    chunk("IDAT", stored(rows)),
    chunk("IEND", new Uint8Array(0)),
  ]);
}

function withFilters(body: Uint8Array, run: number): Uint8Array {
  const rows: Uint8Array[] = [];
  for (let at = 0; at < body.length; at += run) rows.push(Uint8Array.of(0), body.subarray(at, at + run));
  return joined(rows);
}

export function chunk(name: string, body: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(12 + body.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, body.length);
  bytes.set(new TextEncoder().encode(name), 4);
  bytes.set(body, 8);
  view.setUint32(8 + body.length, crc(bytes.subarray(4, 8 + body.length)));
  return bytes;
}

/** zlib's format, in blocks that are not packed. */
function stored(body: Uint8Array): Uint8Array {
  const parts: Uint8Array[] = [Uint8Array.of(0x78, 0x01)];
  for (let at = 0; at === 0 || at < body.length; at += 65_535) {
    const block = body.subarray(at, at + 65_535);
    const [n, last] = [block.length, at + 65_535 >= body.length];
    parts.push(Uint8Array.of(Number(last), n & 255, n >> 8, ~n & 255, (~n >> 8) & 255), block);
  }
  let [a, b] = [1, 0]; // Adler's sum
  for (const byte of body) {
    a = (a + byte) % 65_521;
    b = (b + a) % 65_521;
  }
  parts.push(Uint8Array.of(b >> 8, b & 255, a >> 8, a & 255));
  return joined(parts);
}

function crc(bytes: Uint8Array): number {
  let sum = 0xffffffff;
  for (const byte of bytes) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit++) sum = (sum >>> 1) ^ (sum & 1 ? 0xedb88320 : 0);
  }
  return (sum ^ 0xffffffff) >>> 0;
}

export function joined(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let end = 0;
  for (const part of parts) {
    bytes.set(part, end);
    end += part.length;
  }
  return bytes;
}
