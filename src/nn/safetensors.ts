// The safetensors format: 8 bytes of header length, a JSON header, then the numbers, little endian.
// Source: the format's description in its reference project; F32 is all that a state dictionary holds.
import type { StateDict } from "./module";

interface Entry {
  dtype: string;
  shape: number[];
  data_offsets: [begin: number, end: number];
}

const MAX_HEADER = 100_000_000; // the format's own bound

/** Encodes a state dictionary. `metadata` is text that travels along, by key. */
export function encodeSafetensors(state: StateDict, metadata: Record<string, string> = {}): Uint8Array {
  const header: Record<string, unknown> = Object.keys(metadata).length > 0 ? { __metadata__: metadata } : {};
  let end = 0;
  for (const [name, { shape, data }] of Object.entries(state)) {
    header[name] = { dtype: "F32", shape: [...shape], data_offsets: [end, end + 4 * data.length] };
    end += 4 * data.length;
  }
  // Spaces after the JSON bring the numbers to a multiple of 8, as the format advises.
  const json = new TextEncoder().encode(JSON.stringify(header));
  const length = Math.ceil(json.length / 8) * 8;
  const bytes = new Uint8Array(8 + length + end);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(length), true);
  bytes.fill(0x20, 8, 8 + length);
  bytes.set(json, 8);
  let at = 8 + length;
  for (const { data } of Object.values(state)) {
    for (const value of data) {
      view.setFloat32(at, value, true);
      at += 4;
    }
  }
  return bytes;
}

/** Decodes a file of F32 tensors. `file` names it in errors. Throws when anything does not fit. */
export function decodeSafetensors(bytes: Uint8Array, file: string): StateDict {
  const bad = (what: string) => new Error(`${file}: not a safetensors file of f32 tensors: ${what}.`);
  if (bytes.length < 8) throw bad(`${bytes.length} bytes are too few`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const length = Number(view.getBigUint64(0, true));
  if (length > MAX_HEADER || length > bytes.length - 8)
    throw bad(`a header of ${length} bytes does not fit in it`);
  let header: Record<string, Entry>;
  try {
    header = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(8, 8 + length)));
  } catch {
    throw bad("its header is not JSON");
  }
  const start = 8 + length;
  const state: StateDict = {};
  for (const [name, entry] of Object.entries(header)) {
    if (name === "__metadata__") continue;
    const { dtype, shape, data_offsets: offsets } = entry;
    if (dtype !== "F32" || !Array.isArray(shape) || !Array.isArray(offsets))
      throw bad(`${name} is ${dtype ?? "no tensor"}`);
    const [begin, end] = offsets;
    const count = shape.reduce((a, b) => a * b, 1);
    const fits =
      Number.isSafeInteger(begin) && begin >= 0 && end - begin === 4 * count && start + end <= bytes.length;
    if (!fits) throw bad(`${name} [${shape}] does not fit its bytes ${begin} to ${end}`);
    const data = Float32Array.from({ length: count }, (_, i) => view.getFloat32(start + begin + 4 * i, true));
    state[name] = { shape, data };
  }
  return state;
}
