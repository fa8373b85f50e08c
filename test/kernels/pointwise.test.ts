// The elementwise kernels against float64: every entry point, every way to broadcast, and sizes at the seams.
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Block } from "../../src/kernels/block";
import { fill } from "../../src/kernels/fill";
import { binary, unary } from "../../src/kernels/pointwise";
import { strided } from "../../src/kernels/strided";
import { block, device, read } from "../device";
import { type F64, make, makeRandom, map, randomUniform, roundToF32 } from "../reference/array";
import * as reference from "../reference/forward";

const SIZES = [0, 1, 3, 63, 64, 65, 255, 256, 257, 40_001]; // the last: several turns a thread on processors
const random = makeRandom(41);
const uniform = (shape: number[], low: number, high: number) =>
  roundToF32(randomUniform(random, shape, low, high));
const toBlock = (x: F64): Block => block(x.data, x.shape);

/** Each entry by its own size, with one part in a million of the largest on top, for values near 0. */
async function near(got: Block, wanted: F64, tolerance: number, what: string): Promise<void> {
  const values = await read(got);
  const floor = wanted.data.reduce((most, v) => Math.max(most, Math.abs(v)), 0) * 1e-6;
  wanted.data.forEach((right, i) => {
    const close = Math.abs(values[i] - right) <= tolerance * Math.abs(right) + floor || values[i] === right;
    assert.ok(close, `${what}, entry ${i} of ${wanted.data.length}: ${values[i]} for ${right}`);
  });
}

/** Entry point, what it is, the range of x, p and q. */
const UNARY: [string, (x: F64) => F64, number, number, number?, number?][] = [
  ["neg", reference.neg, -9, 9],
  ["exp_", reference.exp, -20, 20],
  ["log_", reference.log, 1e-6, 1e3],
  ["sqrt_", reference.sqrt, 0, 1e3],
  ["rsqrt", reference.rsqrt, 1e-3, 1e3],
  ["square", reference.square, -9, 9],
  ["abs_", reference.abs, -9, 9],
  ["sign_", (x) => map(x, Math.sign), -9, 9],
  ["tanh_", reference.tanh, -20, 20],
  ["sigmoid", reference.sigmoid, -12, 12],
  ["softplus", reference.softplus, -20, 20],
  ["gelu", reference.gelu, -10, 10],
  ["silu", reference.silu, -10, 10],
  ["sin_", reference.sin, -30, 30],
  ["cos_", reference.cos, -30, 30],
  ["floor_", (x: F64) => map(x, Math.floor), -10, 10],
  ["relu", reference.relu, -9, 9],
  ["leaky_relu", (x) => reference.leakyRelu(x, 0.25), -9, 9, 0.25],
  ["pow_", (x) => reference.pow(x, 3), -9, 9, 3, 1],
  ["pow_", (x) => reference.pow(x, 2), -9, 9, 2, 0],
  ["pow_", (x) => reference.pow(x, -1.5), 0.5, 9, -1.5, 2],
  ["clamp_", (x) => reference.clamp(x, -0.5, 2), -9, 9, -0.5, 2],
  ["inside", (x) => map(x, (v) => (v >= -0.5 && v <= 2 ? 1 : 0)), -9, 9, -0.5, 2],
];

for (const [entry, f, low, high, p, q] of UNARY) {
  test(`${entry}${entry === "pow_" ? ` ${p}` : ""} at all sizes`, async () => {
    await device();
    const made = SIZES.map((n) => {
      const x = uniform([n], low, high);
      const y = block(undefined, [n]);
      unary(entry, toBlock(x), y, p, q);
      return { y, wanted: f(x) };
    });
    for (const { y, wanted } of made) await near(y, wanted, 1e-5, entry);
  });
}

const compare = (f: (a: number, b: number) => boolean) => (a: F64, b: F64) =>
  map(a, (v, i) => (f(v, b.data[i]) ? 1 : 0));
const leakyReluGrad = (x: F64, dy: F64) => map(dy, (v, i) => (x.data[i] > 0 ? v : 0.25 * v));

const BINARY: Record<string, (a: F64, b: F64) => F64> = {
  add: reference.add,
  sub: reference.sub,
  mul: reference.mul,
  div: reference.div,
  maximum: reference.maximum,
  minimum: reference.minimum,
  greater: compare((a, b) => a > b),
  greater_equal: compare((a, b) => a >= b),
  equal: compare((a, b) => a === b),
  leaky_relu_grad: leakyReluGrad,
};

for (const [entry, f] of Object.entries(BINARY)) {
  test(`${entry} at all sizes`, async () => {
    await device();
    const made = SIZES.map((n) => {
      // Some pairs are equal, for the comparisons.
      const a = uniform([n], -2, 2);
      const b = map(uniform([n], 0.5, 2), (v, i) => (i % 5 === 0 && a.data[i] !== 0 ? a.data[i] : v));
      const y = block(undefined, [n]);
      binary(entry, toBlock(a), toBlock(b), y, 0.25);
      return { y, wanted: f(a, b) };
    });
    for (const { y, wanted } of made) await near(y, wanted, 1e-5, entry);
  });
}

test("add takes several turns a thread, and ends inside of one", async () => {
  await device();
  const made = [16_384, 16_385, 16_512, 40_001, 262_147].map((n) => {
    const [a, b] = [uniform([n], -2, 2), uniform([n], -2, 2)];
    const y = block(undefined, [n]);
    binary("add", toBlock(a), toBlock(b), y);
    return { y, wanted: reference.add(a, b) };
  });
  for (const { y, wanted } of made) await near(y, wanted, 1e-6, "add");
});

const OPERANDS: Record<string, number[] | number> = {
  "the shape of y": [3, 5, 8],
  "a number": 1.75,
  "one element": [1],
  "a tail that repeats": [8],
  "numbers that fill rows": [3, 5, 1],
  "numbers that fill planes": [3, 1, 1],
  "strides inside": [5, 1],
  "strides outside": [3, 1, 8],
};

test("sub reads either side in every way", async () => {
  await device();
  const made = Object.entries(OPERANDS).flatMap(([left, a]) =>
    Object.entries(OPERANDS).flatMap(([right, b]) => {
      if (typeof a === "number" && typeof b === "number") return [];
      const [x, z] = [a, b].map((operand) =>
        typeof operand === "number" ? make([], [operand]) : uniform(operand, -2, 2),
      );
      const y = block(undefined, [3, 5, 8]);
      binary("sub", typeof a === "number" ? a : toBlock(x), typeof b === "number" ? b : toBlock(z), y);
      const wanted = reference.broadcastTo(reference.sub(x, z), [3, 5, 8]);
      return [{ y, wanted, what: `${left} by ${right}` }];
    }),
  );
  for (const { y, wanted, what } of made) await near(y, wanted, 1e-6, what);
});

test("strides reach through eight axes of sizes that 4 does not divide", async () => {
  await device();
  const shape = [2, 1, 3, 1, 2, 1, 3, 1];
  const other = [1, 3, 1, 2, 1, 2, 1, 3];
  const [a, b] = [uniform(shape, -2, 2), uniform(other, -2, 2)];
  const wanted = reference.sub(a, b);
  const y = block(undefined, wanted.shape);
  binary("sub", toBlock(a), toBlock(b), y);
  await near(y, wanted, 1e-6, "eight axes");
});

test("NaN comes out wherever it goes in", async () => {
  await device();
  const nan = block([Number.NaN], [1]);
  const made = UNARY.filter(([entry]) => entry !== "sign_" && entry !== "inside").map(
    ([entry, , , , p, q]) => {
      const y = block([0], [1]);
      unary(entry, nan, y, p, q);
      return { entry, y };
    },
  );
  for (const { entry, y } of made) assert.ok(Number.isNaN((await read(y))[0]), entry);
});

test("a grid past 65,535 workgroups is folded and undone", async () => {
  await device();
  // 16,778 rows of 1,000 need 65,540 workgroups of 256.
  const [rows, columns] = [16_778, 1000];
  const y = block(new Float32Array(rows * columns), [rows, columns]);
  const row = Float32Array.from({ length: columns }, (_, i) => i + 1);
  strided(block(row, [columns]), y, [
    { start: 0, limit: rows, stride: 0 },
    { start: 0, limit: columns, stride: 1 },
  ]);
  let wrong = 0;
  (await read(y)).forEach((v, i) => {
    if (v !== (i % columns) + 1) wrong++;
  });
  assert.is(wrong, 0);
  fill(y, 7);
  assert.is(
    (await read(y)).findIndex((v) => v !== 7),
    -1,
  );
});

test.run();
