// Fields of protocol buffers; a message is one field after the other. A field is its number and wire type, then a varint,
// four or eight bytes, or a length and bytes. Source: protobuf.dev, the encoding's page.

export const text = (value: string) => new TextEncoder().encode(value);

export function concat(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function varint(value: number): Uint8Array {
  const digits = [];
  for (; value >= 128; value = Math.floor(value / 128)) digits.push((value % 128) | 128);
  return Uint8Array.of(...digits, value);
}

export const whole = (field: number, value: number) => concat([varint(field << 3), varint(value)]);

export function double(field: number, value: number): Uint8Array {
  const eight = new Uint8Array(8);
  new DataView(eight.buffer).setFloat64(0, value, true);
  return concat([varint((field << 3) | 1), eight]);
}

export function float(field: number, value: number): Uint8Array {
  const four = new Uint8Array(4);
  new DataView(four.buffer).setFloat32(0, value, true);
  return concat([varint((field << 3) | 5), four]);
}

export const bytes = (field: number, value: Uint8Array) =>
  concat([varint((field << 3) | 2), varint(value.length), value]);
