// Makes .npy files in memory for the tests: a header as wished, and a body.

export interface NpyOptions {
  descr?: string;
  fortran?: boolean;
  version?: 1 | 2 | 3;
  /** Stands in the place of the whole header. */
  header?: string;
}

export function npyFile(
  shape: readonly number[],
  body: Uint8Array,
  { descr = "|u1", fortran = false, version = 1, header }: NpyOptions = {},
): Uint8Array {
  const sizes = `(${shape.join(", ")}${shape.length === 1 ? "," : ""})`;
  const order = fortran ? "True" : "False";
  const text = header ?? `{'descr': '${descr}', 'fortran_order': ${order}, 'shape': ${sizes}, }`;
  const from = version === 1 ? 10 : 12;
  const length = Math.ceil((from + text.length + 1) / 64) * 64 - from;
  const bytes = new Uint8Array(from + length + body.length).fill(0x20, from, from + length);
  bytes.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, version, 0]);
  const view = new DataView(bytes.buffer);
  if (version === 1) view.setUint16(8, length, true);
  else view.setUint32(8, length, true);
  bytes.set(new TextEncoder().encode(text), from);
  bytes[from + length - 1] = 0x0a;
  bytes.set(body, from + length);
  return bytes;
}

/** Bytes that count up from 0. */
export const counting = (count: number): Uint8Array => Uint8Array.from({ length: count }, (_, i) => i % 251);
