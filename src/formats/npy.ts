// NumPy's .npy: magic bytes, a version, a Python dictionary as text, then the numbers.
// Images are unsigned bytes in C order; labels any integers. The format: numpy.lib.format, versions 1 to 3.
import { InputError } from "../errors";
import { asChannels, asLabels, type Images } from "./images";

interface Npy {
  /** As NumPy writes it: a byte order, a kind and a size in bytes, such as "<i8". */
  descr: string;
  sizes: number[];
  data: Uint8Array;
}

const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59]; // \x93NUMPY

const kinds: Record<string, string> = { i: "int", u: "uint", f: "float", c: "complex" };
const others: Record<string, string> = { b: "bool", S: "bytes", U: "text", O: "objects", V: "records" };

/** Reads images (N, H, W) or (N, H, W, C) of uint8. `file` names it in errors. Throws InputError. */
export function parseNpyImages(bytes: Uint8Array, file: string): Images {
  const { descr, sizes, data } = parseNpy(bytes, file);
  if (!/^[|<>=]?u1$/.test(descr) || (sizes.length !== 3 && sizes.length !== 4)) {
    throw new InputError(
      `${file}: ${nameOf(descr)} of shape ${show(sizes)}, expected images: uint8 of shape (N, H, W) or ` +
        `(N, H, W, C).${/f[248]$/.test(descr) ? " Of numbers from 0 to 1: (a * 255).round().astype('uint8')." : ""}`,
    );
  }
  const [count, height, width, last = 1] = sizes;
  return { count, height, width, channels: asChannels(last, file), pixels: data };
}

/** Reads labels (N) or (N, 1) of any integer type. `file` names it in errors. Throws InputError. */
export function parseNpyLabels(bytes: Uint8Array, file: string): Uint16Array {
  const { descr, sizes, data } = parseNpy(bytes, file);
  const [, order, kind, size] = descr.match(/^([|<>=]?)([iu])([1248])$/) ?? [];
  const isColumn = sizes.length === 1 || (sizes.length === 2 && sizes[1] === 1);
  if (!kind || !isColumn) {
    throw new InputError(
      `${file}: ${nameOf(descr)} of shape ${show(sizes)}, expected labels: integers of shape (N,).`,
    );
  }
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const little = order !== ">";
  const read: Record<string, (at: number) => number | bigint> = {
    u1: (at) => view.getUint8(at),
    i1: (at) => view.getInt8(at),
    u2: (at) => view.getUint16(at, little),
    i2: (at) => view.getInt16(at, little),
    u4: (at) => view.getUint32(at, little),
    i4: (at) => view.getInt32(at, little),
    u8: (at) => view.getBigUint64(at, little),
    i8: (at) => view.getBigInt64(at, little),
  };
  const one = read[kind + size];
  return asLabels(
    Array.from({ length: sizes[0] }, (_, i) => one(Number(size) * i)),
    file,
  );
}

/** The file of an array of bytes or f32, which NumPy's numpy.load reads. */
export function encodeNpy(numbers: Uint8Array | Float32Array, sizes: readonly number[]): Uint8Array {
  const descr = numbers instanceof Float32Array ? "<f4" : "|u1";
  const text = `{'descr': '${descr}', 'fortran_order': False, 'shape': ${show(sizes)}, }`;
  const length = Math.ceil((10 + text.length + 1) / 64) * 64 - 10; // so that the numbers begin at a multiple of 64
  const data = new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);
  const bytes = new Uint8Array(10 + length + data.length);
  bytes.set([...magic, 1, 0, length & 255, length >> 8]);
  bytes.set(new TextEncoder().encode(`${text.padEnd(length - 1)}\n`), 10);
  bytes.set(data, 10 + length);
  return bytes;
}

function parseNpy(bytes: Uint8Array, file: string): Npy {
  const { text, start } = headerOf(bytes, file);
  const descr = text.match(/['"]descr['"]\s*:\s*['"]([^'"]*)['"]/)?.[1];
  const fortran = text.match(/['"]fortran_order['"]\s*:\s*(True|False)/)?.[1];
  const shape = text.match(/['"]shape['"]\s*:\s*\(([^()]*)\)/)?.[1];
  if (fortran === undefined || shape === undefined) {
    throw new InputError(`${file}: no sound .npy file, its header lacks the shape or the order.`);
  }
  if (descr === undefined)
    throw new InputError(`${file}: records of several fields, expected plain numbers.`);
  const parts = shape
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");
  const sizes = parts.map((part) => (/^\d{1,15}L?$/.test(part) ? Number.parseInt(part, 10) : Number.NaN));
  if (sizes.some(Number.isNaN)) {
    throw new InputError(`${file}: no sound .npy file, its header has the shape (${shape}).`);
  }
  if (fortran === "True" && sizes.length > 1) {
    throw new InputError(
      `${file}: in Fortran order, expected C order. In NumPy: numpy.ascontiguousarray(a) before saving.`,
    );
  }
  const data = bytes.subarray(start);
  const size = Number(descr.match(/\d+$/)?.[0] ?? 1);
  const needed = sizes.reduce((product, each) => product * each, size);
  // Text and objects have other sizes; their dtype is refused by who asked for images or labels.
  if (/[iufcb]\d+$/.test(descr) && needed !== data.length) {
    throw new InputError(
      `${file}: ${needed > data.length ? "truncated" : "too long"}, ${nameOf(descr)} of shape ${show(sizes)} ` +
        `take ${needed} bytes but ${data.length} follow the header. Write it again.`,
    );
  }
  return { descr, sizes, data };
}

/** The header's text and where the numbers begin. */
function headerOf(bytes: Uint8Array, file: string): { text: string; start: number } {
  if (bytes.length < 12 || magic.some((byte, i) => bytes[i] !== byte)) {
    throw new InputError(`${file}: no .npy file, which begins with \\x93NUMPY. Write it with numpy.save.`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const version = bytes[6];
  if (version < 1 || version > 3) {
    throw new InputError(`${file}: version ${version} of the .npy format, expected 1 to 3.`);
  }
  const [from, length] = version === 1 ? [10, view.getUint16(8, true)] : [12, view.getUint32(8, true)];
  if (from + length > bytes.length) {
    throw new InputError(
      `${file}: truncated, a header of ${length} bytes does not fit in its ${bytes.length} bytes. Write it again.`,
    );
  }
  return { text: new TextDecoder().decode(bytes.subarray(from, from + length)), start: from + length };
}

/** "float32" for "<f4". */
function nameOf(descr: string): string {
  const [, kind = "", size] = descr.match(/^[|<>=]?([a-zA-Z])(\d*)$/) ?? [];
  if (kind in kinds) return `${kinds[kind]}${8 * Number(size)}`;
  return others[kind] ?? `dtype ${JSON.stringify(descr)}`;
}

const show = (sizes: readonly number[]) => `(${sizes.join(", ")}${sizes.length === 1 ? "," : ""})`;
