// The safetensors format: byte for byte what its description says, and one clear line for anything else.
// The broken files below are all that the description rules out and a reader could trip over.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { decodeSafetensors, decodeWithMetadata, encodeSafetensors } from "../../src/formats/safetensors";
import type { StateDict } from "../../src/nn";

/** A file by hand: the header's length in 8 bytes, the header, the numbers. */
function file(header: string, numbers: number[] = [], length = bytesOf(header).length): Uint8Array {
  const text = bytesOf(header);
  const bytes = new Uint8Array(8 + text.length + 4 * numbers.length);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(length), true);
  bytes.set(text, 8);
  numbers.forEach((value, i) => void view.setFloat32(8 + text.length + 4 * i, value, true));
  return bytes;
}

const bytesOf = (text: string) => new TextEncoder().encode(text);

const f32 = (shape: number[], begin: number, end: number) => ({
  dtype: "F32",
  shape,
  data_offsets: [begin, end],
});
const state: StateDict = {
  a: { shape: [2], data: Float32Array.of(1, -0.5) },
  "b.weight": { shape: [1, 3], data: Float32Array.of(1e-45, 3.4e38, Number.NaN) },
  empty: { shape: [0, 4], data: new Float32Array(0) },
  scalar: { shape: [], data: Float32Array.of(7) },
};

test("a tiny file is, byte for byte, what the format's description says", () => {
  const header = '{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}';
  assert.is(header.length, 54);
  const expected = file(`${header}  `, [1, -0.5]); // spaces up to 56, a multiple of 8
  assert.equal([...encodeSafetensors({ a: state.a })], [...expected]);
  assert.equal([...expected.subarray(0, 9)], [56, 0, 0, 0, 0, 0, 0, 0, 0x7b]);
  assert.equal([...expected.subarray(64)], [0, 0, 0x80, 0x3f, 0, 0, 0, 0xbf]);
  assert.equal(decodeSafetensors(expected, "f"), { a: state.a });
});

test("a state comes back bit by bit, with NaN, empty tensors and scalars, also out of a larger buffer", () => {
  const bytes = encodeSafetensors(state);
  const pool = new Uint8Array(bytes.length + 3);
  pool.set(bytes, 3);
  for (const from of [bytes, pool.subarray(3)]) {
    const back = decodeSafetensors(from, "f");
    assert.equal(Object.keys(back), Object.keys(state));
    for (const [name, { shape, data }] of Object.entries(state)) {
      assert.equal(back[name].shape, shape);
      assert.equal(new Uint32Array(back[name].data.buffer), new Uint32Array(data.buffer), name);
    }
  }
  assert.equal(decodeSafetensors(encodeSafetensors({}), "f"), {});
});

test("counters of I64 are left out where that is asked for, and refused elsewhere", () => {
  const counter = { dtype: "I64", shape: [], data_offsets: [8, 16] };
  const bytes = file(JSON.stringify({ a: f32([2], 0, 8), n: counter, z: f32([1], 16, 20) }), [1, 2, 0, 0, 3]);
  const { state: read } = decodeWithMetadata(bytes, "f", { counters: true });
  assert.equal(read, {
    a: { shape: [2], data: Float32Array.of(1, 2) },
    z: { shape: [1], data: Float32Array.of(3) },
  });
  assert.throws(() => decodeSafetensors(bytes, "f"), /n is I64/);
  const short = file(JSON.stringify({ n: { ...counter, data_offsets: [0, 4] } }), [0]);
  assert.throws(
    () => decodeWithMetadata(short, "f", { counters: true }),
    /n \[\] does not fit its bytes 0 to 4/,
  );
});

test("the numbers begin at a multiple of 8, whatever the names' length", () => {
  for (let length = 1; length <= 9; length++) {
    const bytes = encodeSafetensors({ ["ü".repeat(length)]: state.a });
    assert.is(new DataView(bytes.buffer).getUint32(0, true) % 8, 0);
    assert.equal(Object.keys(decodeSafetensors(bytes, "f")), ["ü".repeat(length)]);
  }
});

test("metadata stands first in the header and is no tensor", () => {
  const bytes = encodeSafetensors({ a: state.a }, { format: "monge", note: "é" });
  const text = new TextDecoder().decode(bytes.subarray(8));
  assert.ok(text.startsWith('{"__metadata__":{"format":"monge","note":"é"},"a":'));
  assert.equal(decodeSafetensors(bytes, "f"), { a: state.a });
});

test("names that JavaScript treats in its own way are names like others", () => {
  const names = ["__proto__", "constructor", "toString", "7"];
  const odd = Object.fromEntries(names.map((name) => [name, state.a]));
  assert.equal(Object.keys(decodeSafetensors(encodeSafetensors(odd), "f")).sort(), [...names].sort());
});

test("tensors may stand in the header in another order than their bytes", () => {
  const header = JSON.stringify({ second: f32([1], 4, 8), empty: f32([0], 4, 4), first: f32([1], 0, 4) });
  const back = decodeSafetensors(file(header, [1, 2]), "f");
  assert.equal([[...back.first.data], [...back.second.data], [...back.empty.data]], [[1], [2], []]);
});

test("encoding refuses numbers that aren't as many as the shape says, and the metadata's name", () => {
  assert.throws(
    () => encodeSafetensors({ a: { shape: [3], data: state.a.data } }),
    /^encodeSafetensors: a must be \[3\], got 2 numbers\.$/,
  );
  assert.throws(() => encodeSafetensors({ __metadata__: state.a }), /__metadata__ can't be a tensor's name/);
});

const one = (entry: unknown) => JSON.stringify({ a: entry });
const broken: [name: string, bytes: Uint8Array, message: RegExp][] = [
  ["an empty file", new Uint8Array(0), /0 bytes are too few/],
  ["a header longer than the file", file("{}", [], 99), /a header of 99 bytes does not fit in its 10 bytes/],
  ["a header of 2^62 bytes", file("{}", [], 2 ** 62), /a header of 4611686018427388000 bytes does not fit/],
  ["a header that is no JSON", file("{a:1}"), /its header is not JSON/],
  ["a header that is no UTF-8", Uint8Array.of(2, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xfe), /its header is not JSON/],
  ["a header that is null", file("null"), /its header is not a JSON object/],
  ["a header that is a list", file("[1]"), /its header is not a JSON object/],
  ["an entry that is null", file(one(null)), /a is no tensor/],
  ["an entry that is a number", file(one(3)), /a is no tensor/],
  ["an entry without dtype", file(one({ shape: [1], data_offsets: [0, 4] }), [1]), /a is no tensor/],
  ["another dtype", file(one({ ...f32([2], 0, 4), dtype: "F16" }), [1]), /a is F16/],
  ["a negative size", file(one(f32([-1, -1], 0, 4)), [1]), /a has the shape \[-1,-1\]/],
  ["a fraction as size", file(one(f32([0.5, 2], 0, 4)), [1]), /a has the shape \[0\.5,2\]/],
  ["a shape of text", file(one({ ...f32([], 0, 4), shape: ["1"] }), [1]), /a has the shape \["1"\]/],
  ["no shape", file(one({ dtype: "F32", data_offsets: [0, 4] }), [1]), /a has the shape undefined/],
  ["one offset", file(one({ ...f32([1], 0, 4), data_offsets: [0] }), [1]), /a has the data_offsets \[0\]/],
  ["offsets that run back", file(one(f32([1], 0, -4)), [1]), /a has the data_offsets \[0,-4\]/],
  ["a shape that is too large", file(one(f32([2], 0, 4)), [1]), /a \[2\] does not fit its bytes 0 to 4/],
  ["a shape of 2^60", file(one(f32([2 ** 30, 2 ** 30], 0, 4)), [1]), /does not fit its bytes 0 to 4/],
  ["a hole at the start", file(one(f32([1], 4, 8)), [1, 2]), /a begins at byte 4, expected 0/],
  [
    "a hole between two",
    file(JSON.stringify({ a: f32([1], 0, 4), b: f32([1], 8, 12) }), [1, 2, 3]),
    /b begins at byte 8, expected 4/,
  ],
  [
    "an overlap",
    file(JSON.stringify({ a: f32([2], 0, 8), b: f32([1], 4, 8) }), [1, 2]),
    /b begins at byte 4, expected 8/,
  ],
  [
    "the same bytes twice",
    file(JSON.stringify({ a: f32([1], 0, 4), b: f32([1], 0, 4) }), [1]),
    /b begins at/,
  ],
  ["a cut file", file(one(f32([2], 0, 8)), [1]), /truncated, its tensors take 8 bytes but 4 follow/],
  ["bytes left over", file(one(f32([1], 0, 4)), [1, 2]), /4 trailing bytes after its tensors/],
];

for (const [name, bytes, message] of broken) {
  test(`${name} is refused in one line that names the file`, () => {
    assert.throws(
      () => decodeSafetensors(bytes, "run/g.safetensors"),
      (error: Error) => {
        assert.match(
          error.message,
          /^run\/g\.safetensors: not a sound safetensors file of f32 tensors: .*\.$/,
        );
        assert.match(error.message, message);
        return true;
      },
    );
  });
}

test("a file cut anywhere is refused", () => {
  const bytes = encodeSafetensors(state);
  for (let length = 0; length < bytes.length; length++) {
    assert.throws(() => decodeSafetensors(bytes.subarray(0, length), "f"), /^f: not a sound safetensors/);
  }
});

test.run();
