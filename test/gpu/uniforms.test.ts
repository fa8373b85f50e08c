// A uniform is written as its WGSL declares it, and what does not fit is refused by name.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { type Params, UNIFORM_BYTES, Uniform } from "../../src/gpu/uniforms";
import "../../src/ladder/shaders";
import { shaderSource } from "../../src/kernels/shaders";
import { ownShaders } from "../kernels/wgsl";

const WGSL = `
struct Part { end: u32, low: f32 } // a comment, with: u32
struct Params {
  n: u32, sign: i32,  // of y
  scale: f32,
  pair: vec2u,
  three: vec3u, last: u32,
  sizes: array<vec4u, 2>,
  parts: array<Part4, 2>,
}
struct Part4 { end: u32, clip: u32, low: f32, high: f32 }
@group(0) @binding(16) var<uniform> P: Params;`;

const params: Params = {
  n: 7,
  sign: -1,
  scale: 0.5,
  pair: [1, 2],
  three: [3, 4, 5],
  last: 6,
  sizes: [1, 2, 3, 4, 5, 6, 7, 8],
  parts: [
    { end: 1, clip: true, low: -1, high: 1 },
    { end: 2, clip: false, low: 0, high: 0 },
  ],
};

const packed = (uniform: Uniform, given: Params) => new DataView(uniform.pack(given).buffer);

test("fields lie where WGSL's rules of alignment put them", () => {
  const view = packed(new Uniform(WGSL, "test"), params);
  const u32 = (at: number) => view.getUint32(at, true);
  const f32 = (at: number) => view.getFloat32(at, true);
  assert.equal([u32(0), view.getInt32(4, true), f32(8)], [7, -1, 0.5]);
  assert.equal([u32(16), u32(20)], [1, 2]); // vec2u at a multiple of 8
  assert.equal([u32(32), u32(36), u32(40), u32(44)], [3, 4, 5, 6]); // vec3u at one of 16, with room for one behind it
  assert.equal([u32(48), u32(76)], [1, 8]);
  assert.equal([u32(80), u32(84), f32(88), f32(92)], [1, 1, -1, 1]);
  assert.equal([u32(96), u32(100)], [2, 0]);
});

const wrong: Record<string, [Params, RegExp]> = {
  "a missing field": [{ ...params, n: undefined as unknown as number }, /the fields must be n, sign, .*/],
  "an unknown field": [{ ...params, m: 1 }, /the fields must be n, .*, got .*, m/],
  "half a number": [{ ...params, n: 0.5 }, /n must be a whole number from 0 to 4294967295, got 0\.5/],
  NaN: [
    { ...params, sign: Number.NaN },
    /sign must be a whole number from -2147483648 to 2147483647, got NaN/,
  ],
  "one below": [{ ...params, n: -1 }, /n must be a whole number from 0 to 4294967295, got -1/],
  "one above": [{ ...params, n: 2 ** 32 }, /n must be .*, got 4294967296/],
  "one above a sign": [{ ...params, sign: 2 ** 31 }, /sign must be .* to 2147483647, got 2147483648/],
  "one below in a list": [{ ...params, pair: [-1, 2] }, /pair must be .*, got -1/],
  "no number": [{ ...params, scale: "1" as unknown as number }, /scale must be a number, got "1"/],
  "too few": [{ ...params, pair: [1] }, /pair must have 2 values, got 1/],
  "a number for a list": [{ ...params, pair: 1 }, /pair must have 2 values, got 1/],
};

for (const [name, [given, message]] of Object.entries(wrong)) {
  test(`${name} is refused`, () => {
    assert.throws(
      () => packed(new Uniform(WGSL, "test"), given),
      (error: Error) => /^gpu: the uniform of test: /.test(error.message) && message.test(error.message),
    );
  });
}

test(`a struct of more than ${UNIFORM_BYTES} bytes is refused: it would spill into its neighbour`, () => {
  const long = "struct Params { sizes: array<vec4u, 17> }\n@group(0) @binding(16) var<uniform> P: Params;";
  assert.throws(() => new Uniform(long, "long"), /^gpu: long: a uniform has 256 bytes at most, got 272\.$/);
});

test("every shader's uniform can be read, and has a field where it has a uniform", () => {
  for (const name of ownShaders()) {
    const code = shaderSource(name);
    const uniform = new Uniform(code, name);
    const declared = /var<uniform>/.test(code);
    if (declared) assert.throws(() => packed(uniform, {}), /the fields must be \w/, name);
    else assert.not.throws(() => packed(uniform, {}), name);
  }
});

test.run();
