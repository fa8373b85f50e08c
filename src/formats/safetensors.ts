// The safetensors format: 8 bytes of header length, a JSON header, then the numbers, little endian.
// Source: the format's description in its reference project; F32 is all that a state dictionary holds. Hosts that have
// WebGPU are little endian, too, so numbers are copied as they lie.
import { show, sizeOf } from "../autograd";
import type { StateDict } from "../nn";

interface Entry {
  dtype: string;
  shape: number[];
  data_offsets: [begin: number, end: number];
}

const MAX_HEADER = 100_000_000; // the format's own bound

/**
 * Encodes a state dictionary. `metadata` is text that travels along, by key. Throws when an array has more or fewer
 * numbers than its shape.
 */
export function encodeSafetensors(state: StateDict, metadata: Record<string, string> = {}): Uint8Array {
  const header: [name: string, entry: unknown][] = [];
  if (Object.keys(metadata).length > 0) header.push(["__metadata__", metadata]);
  let end = 0;
  for (const [name, { shape, data }] of Object.entries(state)) {
    if (name === "__metadata__") throw new Error("encodeSafetensors: __metadata__ can't be a tensor's name.");
    if (sizeOf(shape) !== data.length)
      throw new Error(`encodeSafetensors: ${name} must be ${show(shape)}, got ${data.length} numbers.`);
    header.push([name, { dtype: "F32", shape: [...shape], data_offsets: [end, end + 4 * data.length] }]);
    end += 4 * data.length;
  }
  // Spaces after the JSON bring the numbers to a multiple of 8, as the format advises.
  const json = new TextEncoder().encode(JSON.stringify(Object.fromEntries(header)));
  const length = Math.ceil(json.length / 8) * 8;
  const bytes = new Uint8Array(8 + length + end);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(length), true);
  bytes.fill(0x20, 8, 8 + length);
  bytes.set(json, 8);
  let at = 8 + length;
  for (const { data } of Object.values(state)) {
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  return bytes;
}

/**
 * Decodes a file of F32 tensors. `file` names it in errors. Throws when anything does not fit; the format wants the
 * tensors to cover the bytes behind the header without a gap or an overlap.
 */
export function decodeSafetensors(bytes: Uint8Array, file: string): StateDict {
  return decodeWithMetadata(bytes, file).state;
}

/** The same, and the text that travelled along. With `counters` I64 tensors, as PyTorch's batch norm has, are left out. */
export function decodeWithMetadata(
  bytes: Uint8Array,
  file: string,
  { counters = false } = {},
): { state: StateDict; metadata: Record<string, string> } {
  const bad = (what: string) => new Error(`${file}: not a sound safetensors file of f32 tensors: ${what}.`);
  if (bytes.length < 8) throw bad(`${bytes.length} bytes are too few`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const length = Number(view.getBigUint64(0, true));
  if (length > MAX_HEADER || length > bytes.length - 8)
    throw bad(`a header of ${length} bytes does not fit in its ${bytes.length} bytes`);
  const { entries, metadata } = readHeader(bytes.subarray(8, 8 + length), counters, bad);
  const start = 8 + length;
  let end = 0;
  // In the order of their bytes, so that each must begin where the one before it ended.
  for (const [name, { dtype, shape, data_offsets: offsets }] of [...entries].sort(byOffset)) {
    if (offsets[0] !== end) throw bad(`${name} begins at byte ${offsets[0]}, expected ${end}`);
    if (offsets[1] - offsets[0] !== (dtype === "I64" ? 8 : 4) * sizeOf(shape))
      throw bad(`${name} ${show(shape)} does not fit its bytes ${offsets[0]} to ${offsets[1]}`);
    end = offsets[1];
  }
  const present = bytes.length - start;
  if (end > present) throw bad(`truncated, its tensors take ${end} bytes but ${present} follow the header`);
  if (end < present) throw bad(`${present - end} trailing bytes after its tensors`);
  const numbers = entries.filter(([, { dtype }]) => dtype === "F32");
  const arrays = numbers.map(([name, { shape, data_offsets: offsets }]) => {
    const [from, to] = offsets.map((offset) => start + offset);
    const { buffer } = new Uint8Array(bytes.subarray(from, to)); // a copy, so that it is aligned
    return [name, { shape, data: new Float32Array(buffer) }] as const;
  });
  return { state: Object.fromEntries(arrays), metadata };
}

function readHeader(json: Uint8Array, counters: boolean, bad: (what: string) => Error) {
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(json));
  } catch {
    throw bad("its header is not JSON");
  }
  if (!isObject(header)) throw bad("its header is not a JSON object");
  const { __metadata__: metadata = {}, ...tensors } = header;
  if (!isObject(metadata) || Object.values(metadata).some((text) => typeof text !== "string"))
    throw bad("its __metadata__ is not text by key");
  const entries = Object.entries(tensors);
  for (const [name, entry] of entries) {
    if (!isObject(entry) || typeof entry.dtype !== "string") throw bad(`${name} is no tensor`);
    const { dtype, shape, data_offsets: offsets } = entry;
    if (dtype !== "F32" && !(counters && dtype === "I64")) throw bad(`${name} is ${dtype}`);
    if (!isSizes(shape)) throw bad(`${name} has the shape ${JSON.stringify(shape)}`);
    if (!isSizes(offsets) || offsets.length !== 2)
      throw bad(`${name} has the data_offsets ${JSON.stringify(offsets)}`);
  }
  return { entries: entries as [string, Entry][], metadata: metadata as Record<string, string> };
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isSizes = (value: unknown): value is number[] =>
  Array.isArray(value) && value.every((n) => Number.isSafeInteger(n) && n >= 0);

/** By begin; an empty tensor before the one that begins at the same byte. */
const byOffset = ([, a]: [string, Entry], [, b]: [string, Entry]): number =>
  a.data_offsets[0] - b.data_offsets[0] || a.data_offsets[1] - b.data_offsets[1];
