// Normalisation where it is hard: statistics of numbers far from 0, and the fused derivative against the composite.
import { test } from "uvu";
import * as assert from "uvu/assert";
import * as engine from "../../src/autograd";
import { moments } from "../../src/kernels/normalize";
import { toArray, toTensor } from "../autograd/check";
import { block, device, read, sharedOutFor } from "../device";
import {
  type F64,
  makeRandom,
  map,
  maxDifference,
  randomNormal,
  randomUniform,
  roundToF32,
} from "../reference/array";
import * as reference from "../reference/forward";

const random = makeRandom(31);
const EPSILON = 1e-5;

/** Normal with mean 300 and deviation 0.1, where E[x²] − E[x]² has no digit left in f32. */
const far = (shape: number[]): F64 => roundToF32(map(randomNormal(random, shape, 0.1), (v) => 300 + v));
const normal = (shape: number[]): F64 => roundToF32(randomNormal(random, shape));
const largest = (x: F64) => x.data.reduce((most, v) => Math.max(most, Math.abs(v)), 0);

function near(got: F64, wanted: F64, tolerance: number, what: string): void {
  const error = maxDifference(got, wanted) / largest(wanted);
  assert.ok(error <= tolerance, `${what}: off by ${error}`);
}

const SHAPES = [
  [3, 1],
  [257, 3],
  [64, 8, 8, 5],
  [64, 8, 8, 8],
  [4096, 1],
  [1057, 64], // for a GPU the last run of rows is one row for two lanes
];

for (const [shape, kind] of SHAPES.flatMap((each) => [[each, "GPU"] as const, [each, "software"] as const])) {
  test(`batch norm of [${shape}] at mean 300 and deviation 0.1, shared out for ${kind}`, async () => {
    await device();
    const channels = shape.at(-1)!;
    const [x, gamma, beta] = [far(shape), normal([channels]), normal([channels])];
    const inputs = [toTensor(x), toTensor(gamma), toTensor(beta)] as const;
    const outputs = await sharedOutFor(kind, () => engine.batchNorm(...inputs, EPSILON));
    const wanted = reference.batchNorm(x, gamma, beta, EPSILON);
    near(await toArray(outputs[1], [channels]), wanted.mean, 1e-6, "mean");
    const variance = await toArray(outputs[2], [channels]);
    variance.data.forEach((v, c) => {
      const right = wanted.variance.data[c];
      assert.ok(Math.abs(v - right) <= 1e-3 * right, `variance of channel ${c}: ${v} for ${right}`);
    });
    // The mean itself is rounded to 1.5e-5 there, which is 1.5e-4 deviations.
    near(await toArray(outputs[0], shape), wanted.y, 1e-3, "y");
  });
}

for (const [shape, last] of [
  [[257, 3], [3]],
  [
    [4, 7, 7, 5],
    [7, 7, 5],
  ],
  [
    [4, 8, 8, 8],
    [8, 8, 8],
  ],
]) {
  test(`layer norm of [${shape}] over [${last}] at mean 300 and deviation 0.1`, async () => {
    await device();
    const x = far(shape);
    const axes = last.map((_, i) => i - last.length);
    const rows = shape.slice(0, shape.length - last.length);
    const count = rows.reduce((a, b) => a * b, 1);
    const [mean, variance] = [block(undefined, rows), block(undefined, rows)];
    moments(block(x.data, shape), [mean, variance], { a: count, r: x.data.length / count, b: 1 });
    const wanted = reference.variance(x, axes);
    const got = await read(variance);
    got.forEach((v, i) => {
      const right = wanted.data[i];
      assert.ok(Math.abs(v - right) <= 1e-3 * right, `variance of row ${i}: ${v} for ${right}`);
    });
    const middle = reference.mean(x, axes);
    (await read(mean)).forEach((v, i) => {
      assert.ok(Math.abs(v - middle.data[i]) <= 1e-6 * 300, `mean of row ${i}: ${v}`);
    });
    const [gamma, beta] = [normal(last), normal(last)];
    const y = engine.layerNorm(toTensor(x), toTensor(gamma), toTensor(beta), EPSILON);
    near(await toArray(y, shape), reference.layerNorm(x, last, gamma, beta, EPSILON), 1e-3, "y");
  });
}

type Norm = (x: engine.Tensor, gamma: engine.Tensor, beta: engine.Tensor) => engine.Tensor;
const batch: Norm = (x, gamma, beta) => engine.batchNorm(x, gamma, beta, EPSILON)[0];
const layer: Norm = (x, gamma, beta) => engine.layerNorm(x, gamma, beta, EPSILON);

for (const [name, norm, shape, last] of [
  ["batch norm", batch, [257, 3], [3]],
  ["batch norm", batch, [2048, 8], [8]],
  ["batch norm", batch, [16, 7, 7, 12], [12]],
  ["layer norm", layer, [5, 7, 7, 3], [7, 7, 3]],
  ["layer norm", layer, [64, 8, 8, 4], [8, 8, 4]],
  ["layer norm", layer, [300, 16], [16]],
] as const) {
  for (const kind of ["GPU", "software"] as const)
    test(`the fused derivative of ${name} of [${shape}] is the composite's, shared out for ${kind}`, async () => {
      await device();
      const inputs = [normal([...shape]), normal([...last]), normal([...last])];
      const xs = inputs.map((x) => engine.requireGrad(toTensor(x)));
      const dy = toTensor(normal([...shape]));
      const made = await sharedOutFor(kind, () =>
        engine.tidy(() =>
          [false, true].map((createGraph) => engine.grad(norm(xs[0], xs[1], xs[2]), xs, { dy, createGraph })),
        ),
      );
      const [fused, composite] = await Promise.all(
        made.map((set) => Promise.all(set.map((g, i) => toArray(g, inputs[i].shape)))),
      );
      ["x", "gamma", "beta"].forEach((input, i) => {
        near(fused[i], composite[i], 1e-5, input);
      });
    });
}

for (const channels of [1, 4]) {
  for (const kind of ["GPU", "software"] as const)
    test(`beta's gradient by 40,000 rows of ${channels} keeps its digits, shared out for ${kind}`, async () => {
      await device();
      const shape = [40_000, channels];
      const dy = roundToF32(randomUniform(makeRandom(5), shape, 0, 1));
      const [x, gamma] = [toTensor(normal(shape)), engine.ones([channels])];
      const beta = engine.requireGrad(engine.zeros([channels]));
      const [gradient] = await sharedOutFor(kind, () =>
        engine.grad(batch(x, gamma, beta), [beta], { dy: toTensor(dy) }),
      );
      near(await toArray(gradient, [channels]), reference.sum(dy, [0]), 2e-7, "beta");
    });
}

test.run();
