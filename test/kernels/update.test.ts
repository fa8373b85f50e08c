// The in-place kernels against float64: all optimisers entry by entry, clipping, running averages, fill.
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Block } from "../../src/kernels/block";
import { adam, blend, type Clip, clip, fill, rmsprop, sgd } from "../../src/kernels/update";
import { block, device, read } from "../device";
import {
  type F64,
  fill as filled,
  make,
  makeRandom,
  map,
  randomNormal,
  roundToF32,
} from "../reference/array";
import * as reference from "../reference/optimizers";

const SIZES = [0, 1, 3, 63, 64, 65, 255, 256, 257];
const STEPS = 5;
const random = makeRandom(71);
const normal = (n: number, deviation = 1) => roundToF32(randomNormal(random, [n], deviation));
/** Gradients of all sizes from 1e-6 to 100, and some that are 0. */
const gradients = (n: number) =>
  roundToF32(map(normal(n), (v, i) => (i % 7 === 6 ? 0 : v * 10 ** ((i % 9) - 6))));
const toBlock = (x: F64): Block => block(x.data, x.shape);

/** An optimiser under test: a step on the GPU and the same one in float64, with their own slots. */
interface Optimiser {
  gpu(gradient: Block, weight: Block, step: number, clip?: Clip): void;
  reference(gradient: F64, weight: F64, step: number): F64;
}

const LR = 1e-3;

function rmspropOf(form: reference.RmspropForm, n: number): Optimiser {
  const { decay, epsilon, insideRoot, start } = reference.rmspropForms[form];
  let accumulator = filled([n], start);
  const slot = toBlock(accumulator);
  return {
    gpu: (gradient, weight, _, bounds) =>
      rmsprop(gradient, weight, slot, { rate: LR, decay, epsilon, epsilonInside: insideRoot }, bounds),
    reference(gradient, weight) {
      const next = reference.rmsprop(weight, gradient, accumulator, { lr: LR, form });
      accumulator = next.accumulator;
      return next.x;
    },
  };
}

function adamOf(beta1: number, beta2: number, epsilon: number, n: number): Optimiser {
  let [first, second] = [make([n]), make([n])];
  const [m, v] = [toBlock(first), toBlock(second)];
  return {
    gpu(gradient, weight, step, bounds) {
      const corrections = () => [1 - beta1 ** step, 1 - beta2 ** step] as const;
      adam(gradient, weight, m, v, { rate: LR, beta1, beta2, epsilon, corrections }, bounds);
    },
    reference(gradient, weight, step) {
      const options = { lr: LR, beta1, beta2, epsilon };
      const next = reference.adam(weight, gradient, first, second, step, options);
      [first, second] = [next.first, next.second];
      return next.x;
    },
  };
}

function sgdOf(momentum: number, n: number): Optimiser {
  let buffer = make([n]);
  const slot = toBlock(buffer);
  return {
    gpu: (gradient, weight, _, bounds) => sgd(gradient, weight, slot, LR, momentum, bounds),
    reference(gradient, weight) {
      const next = reference.sgd(weight, gradient, buffer, { lr: LR, momentum });
      buffer = next.buffer;
      return next.x;
    },
  };
}

const OPTIMISERS: Record<string, (n: number) => Optimiser> = {
  "RMSprop of Keras": (n) => rmspropOf("keras", n),
  "RMSprop of Keras before 2.11": (n) => rmspropOf("kerasBefore2.11", n),
  "RMSprop of PyTorch": (n) => rmspropOf("pytorch", n),
  "RMSprop of TensorFlow 1": (n) => rmspropOf("tensorflow1", n),
  "Adam, 0.9 and 0.999": (n) => adamOf(0.9, 0.999, 1e-8, n),
  "Adam, 0 and 0.9": (n) => adamOf(0, 0.9, 1e-7, n),
  "SGD without momentum": (n) => sgdOf(0, n),
  "SGD with momentum": (n) => sgdOf(0.9, n),
};

for (const [name, make] of Object.entries(OPTIMISERS)) {
  test(`${name}: from 0 the change is right to 1e-5 in every entry, at all sizes`, async () => {
    await device();
    for (const n of SIZES) await changes(make(n), filled([n], 0), 0);
  });

  test(`${name}: from weights of size 0.02 the change is right but for the weight's rounding`, async () => {
    await device();
    await changes(make(257), normal(257, 0.02), 0.5);
  });
}

/** Runs some steps; an entry may err by 1e-5 of its change and `ulps` of its own rounding a step. */
async function changes(optimiser: Optimiser, start: F64, ulps: number): Promise<void> {
  let wanted = start;
  const weight = toBlock(start);
  const path = map(start, () => 0);
  for (let step = 1; step <= STEPS; step++) {
    const gradient = gradients(start.data.length);
    optimiser.gpu(toBlock(gradient), weight, step);
    const next = optimiser.reference(gradient, wanted, step);
    // By the way gone rather than the distance: steps that turn back cancel, their errors don't.
    next.data.forEach((v, i) => {
      path.data[i] += Math.abs(v - wanted.data[i]);
    });
    wanted = next;
  }
  (await read(weight)).forEach((got, i) => {
    const most = Math.max(Math.abs(start.data[i]), Math.abs(wanted.data[i])) + path.data[i];
    const allowed = 1e-5 * path.data[i] + ulps * STEPS * ulp(most);
    const error = Math.abs(got - wanted.data[i]);
    assert.ok(error <= allowed, `entry ${i}: ${got} for ${wanted.data[i]}, allowed ${allowed}`);
  });
}

/** The distance between neighbouring f32 numbers of this size. */
const ulp = (value: number) => (value === 0 ? 0 : 2 ** (Math.floor(Math.log2(value)) - 23));

for (const [name, make] of Object.entries(OPTIMISERS)) {
  test(`${name} clips the weight after its step, where there are bounds`, async () => {
    await device();
    const start = normal(65, 0.01);
    const gradient = gradients(65);
    const [held, free] = [toBlock(start), toBlock(start)];
    const bound = Math.fround(0.01);
    make(65).gpu(toBlock(gradient), held, 1, [-bound, bound]);
    make(65).gpu(toBlock(gradient), free, 1);
    const wanted = [...(await read(free))].map((v) => Math.min(Math.max(v, -bound), bound));
    assert.equal([...(await read(held))], wanted);
    assert.ok(wanted.some((v) => v === bound) && wanted.some((v) => Math.abs(v) < bound));
  });
}

test("a NaN gradient makes a NaN weight, bounds or not", async () => {
  await device();
  const nan = block([Number.NaN], [1]);
  const rule = { rate: LR, decay: 0.9, epsilon: 1e-7, epsilonInside: true };
  for (const bounds of [undefined, [-0.01, 0.01]] as const) {
    const weight = block([1], [1]);
    rmsprop(nan, weight, block([0], [1]), rule, bounds);
    assert.ok(Number.isNaN((await read(weight))[0]));
  }
});

test("clip, blend and fill at all sizes", async () => {
  await device();
  for (const n of SIZES) {
    const [x, y] = [normal(n), normal(n)];
    const [held, mixed, full] = [toBlock(x), toBlock(y), block(undefined, [n])];
    clip(held, -0.5, 0.25);
    blend(toBlock(x), mixed, 0.75, 0.25);
    fill(full, -2.5);
    assert.equal(
      [...(await read(held))],
      [...x.data].map((v) => Math.min(Math.max(v, -0.5), 0.25)),
    );
    (await read(mixed)).forEach((v, i) => {
      assert.ok(Math.abs(v - (0.75 * y.data[i] + 0.25 * x.data[i])) <= 1e-6, `entry ${i}: ${v}`);
    });
    assert.equal([...(await read(full))], new Array(n).fill(-2.5));
  }
});

test.run();
