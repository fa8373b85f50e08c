// Reads the IDX format of MNIST and its relatives: big-endian header, then one byte a value.
// A header can claim billions of images, so it is held against the file's length before anything is made.
import { InputError } from "../errors";

/** Grey images, row by row: pixels has count * rows * columns bytes, 0 is paper and 255 is ink. */
export interface Images {
  count: number;
  rows: number;
  columns: number;
  pixels: Uint8Array;
}

const imagesMagic = 2051;
const labelsMagic = 2049;

/** Reads an images file (magic 2051). `file` names it in errors. Throws InputError if it is malformed. */
export function parseIdxImages(bytes: Uint8Array, file: string): Images {
  const [count, rows, columns] = readHeader(bytes, file, imagesMagic, ["images", "rows", "columns"]);
  const pixels = readBody(bytes, file, 16, count * rows * columns, `${count} images of ${rows}x${columns}`);
  return { count, rows, columns, pixels };
}

/** Reads a labels file (magic 2049): one byte a label. `file` names it in errors. Throws InputError. */
export function parseIdxLabels(bytes: Uint8Array, file: string): Uint8Array {
  const [count] = readHeader(bytes, file, labelsMagic, ["labels"]);
  return readBody(bytes, file, 8, count, `${count} labels`);
}

function readHeader(bytes: Uint8Array, file: string, magic: number, fields: string[]): number[] {
  const length = 4 + 4 * fields.length;
  if (bytes.length < length) {
    throw new InputError(
      `${file}: truncated, ${bytes.length} bytes are too few for an IDX header of ${length}. Fetch it again.`,
    );
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const found = view.getUint32(0);
  if (found !== magic) throw new InputError(`${file}: ${wrongMagic(found, magic)}`);
  return fields.map((_, index) => view.getUint32(4 + 4 * index));
}

function wrongMagic(found: number, wanted: number): string {
  const kind = (magic: number) => (magic === imagesMagic ? "images" : "labels");
  const hint =
    found === imagesMagic || found === labelsMagic
      ? `That is a file of ${kind(found)}: are the two files swapped?`
      : found >>> 16 === 0x1f8b
        ? "It is still gzipped."
        : "Is this an MNIST file?";
  return `wrong magic number ${found}, expected ${wanted} (IDX ${kind(wanted)}). ${hint}`;
}

/** The `size` bytes after the header, copied so that they don't hold on to a larger buffer. */
function readBody(bytes: Uint8Array, file: string, start: number, size: number, what: string): Uint8Array {
  const present = bytes.length - start;
  if (present < size) {
    throw new InputError(
      `${file}: truncated, the header says ${what} (${size} bytes) but ${present} follow. Fetch it again.`,
    );
  }
  if (present > size) {
    throw new InputError(
      `${file}: ${present - size} trailing bytes after the ${what} that the header says. Fetch it again.`,
    );
  }
  return bytes.slice(start);
}
