// The in-place kernels against float64: all optimisers entry by entry and parameter by parameter, clipping, running
// averages, fill.
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Block } from "../../src/kernels/block";
import { clip, fill } from "../../src/kernels/fill";
import {
  adam,
  bindings,
  blend,
  type Clip,
  rmsprop,
  sgd,
  slotSize,
  type Updated,
} from "../../src/kernels/update";
import { block, device, read, sharedOutFor } from "../device";
import { type F64, fill as filled, makeRandom, map, randomNormal, roundToF32 } from "../reference/array";
import * as reference from "../reference/optimizers";

const SIZES = [0, 1, 3, 63, 64, 65, 255, 256, 257];
/** Sizes of the parameters of a step: a dispatch takes three or seven of them, and what is empty takes no place. */
const LISTS = [[0], [1], [257], [3, 65, 256], [63, 1, 255, 66], [5, 64, 3, 0, 257, 1, 131, 6], [0, 0, 9]];
const STEPS = 5;
const random = makeRandom(71);
const normal = (n: number, deviation = 1) => roundToF32(randomNormal(random, [n], deviation));
/** Gradients of all sizes from 1e-6 to 100, and some that are 0. */
const gradient = (n: number) =>
  roundToF32(map(normal(n), (v, i) => (i % 7 === 6 ? 0 : v * 10 ** ((i % 9) - 6))));
const toBlock = (x: F64): Block => block(x.data, x.shape);

/** A rule: its step on the GPU, and the step of one parameter in float64, which changes the slots that it is given. */
interface Rule {
  /** How many slots an entry has, and what they start from. */
  slots: { count: number; start: number };
  gpu(updated: Updated, step: number): void;
  reference(gradient: F64, weight: F64, slots: F64[], step: number): F64;
}

const LR = 1e-3;

function rmspropIn(form: reference.RmspropForm): Rule {
  const { decay, epsilon, insideRoot, start } = reference.rmspropForms[form];
  return {
    slots: { count: 1, start },
    gpu: (updated) => rmsprop(updated, { rate: LR, decay, epsilon, epsilonInside: insideRoot }),
    reference(gradient, weight, slots) {
      const next = reference.rmsprop(weight, gradient, slots[0], { lr: LR, form });
      slots[0] = next.accumulator;
      return next.x;
    },
  };
}

function rmspropOfTorch(momentum: number, centered: boolean): Rule {
  const { decay, epsilon } = reference.rmspropForms.pytorch;
  const kept = [true, centered, momentum > 0];
  return {
    slots: { count: kept.filter(Boolean).length, start: 0 },
    gpu: (updated) =>
      rmsprop(updated, { rate: LR, decay, epsilon, epsilonInside: false, momentum, centered }),
    reference(gradient, weight, slots) {
      const all = kept.map((is, i) => (is ? slots[kept.slice(0, i).filter(Boolean).length] : weight));
      const next = reference.rmspropOfTorch(weight, gradient, all, { lr: LR, momentum, centered });
      slots.splice(0, slots.length, ...next.slots.filter((_, i) => kept[i]));
      return next.x;
    },
  };
}

function adamWith(beta1: number, beta2: number, epsilon: number): Rule {
  return {
    slots: { count: 2, start: 0 },
    gpu(updated, step) {
      const corrections = () => [1 - beta1 ** step, 1 - beta2 ** step] as const;
      adam(updated, { rate: LR, beta1, beta2, epsilon, corrections });
    },
    reference(gradient, weight, slots, step) {
      const options = { lr: LR, beta1, beta2, epsilon };
      const next = reference.adam(weight, gradient, slots[0], slots[1], step, options);
      [slots[0], slots[1]] = [next.first, next.second];
      return next.x;
    },
  };
}

const sgdWith = (momentum: number): Rule => ({
  slots: { count: 1, start: 0 },
  gpu: (updated) => sgd(updated, LR, momentum),
  reference(gradient, weight, slots) {
    const next = reference.sgd(weight, gradient, slots[0], { lr: LR, momentum });
    slots[0] = next.buffer;
    return next.x;
  },
});

const RULES: Record<string, Rule> = {
  "RMSprop of Keras": rmspropIn("keras"),
  "RMSprop of Keras before 2.11": rmspropIn("kerasBefore2.11"),
  "RMSprop of PyTorch": rmspropIn("pytorch"),
  "RMSprop of TensorFlow 1": rmspropIn("tensorflow1"),
  "RMSprop of PyTorch, centred": rmspropOfTorch(0, true),
  "RMSprop of PyTorch with momentum": rmspropOfTorch(0.9, false),
  "RMSprop of PyTorch, centred, with momentum": rmspropOfTorch(0.9, true),
  "Adam, 0.9 and 0.999": adamWith(0.9, 0.999, 1e-8),
  "Adam, 0 and 0.9": adamWith(0, 0.9, 1e-7),
  "SGD without momentum": sgdWith(0),
  "SGD with momentum": sgdWith(0.9),
};

/** Blocks for steps of a rule: weights, a list of gradients for each step, slots, and no clips where none are given. */
function prepare(rule: Rule, starts: F64[], clips: readonly Clip[] = starts.map(() => undefined)) {
  const weights = starts.map(toBlock);
  const slots = toBlock(filled([rule.slots.count * slotSize(weights)], rule.slots.start));
  const step = (gradients: F64[], step: number) =>
    rule.gpu({ weights, gradients: gradients.map(toBlock), slots, clips }, step);
  return { weights, slots, step };
}

for (const [name, rule] of Object.entries(RULES)) {
  for (const most of [8, 16])
    test(`${name}, ${most} buffers bound: from 0 the change is right to 1e-5 in every entry of every parameter`, async () => {
      await device();
      for (const sizes of [...LISTS, ...SIZES.map((n) => [n])])
        await binding(most, () =>
          changes(
            rule,
            sizes.map((n) => filled([n], 0)),
            0,
          ),
        );
    });

  test(`${name}: from weights of size 0.02 the change is right but for the weight's rounding`, async () => {
    await device();
    const starts = [257, 66, 5, 130].map((n) => normal(n, 0.02));
    await changes(rule, starts, 0.5);
  });
}

/** Runs `fn` where an update binds so many buffers at most. */
async function binding(most: number, fn: () => Promise<void>): Promise<void> {
  bindings.most = most;
  try {
    await fn();
  } finally {
    bindings.most = 16;
  }
}

/** Runs some steps; an entry may err by 1e-5 of its change and `ulps` of its own rounding a step. */
async function changes(rule: Rule, starts: F64[], ulps: number): Promise<void> {
  const { weights, step } = prepare(rule, starts);
  const { count, start } = rule.slots;
  const slots = starts.map(({ shape }) => Array.from({ length: count }, () => filled(shape, start)));
  const paths = starts.map((weight) => map(weight, () => 0));
  let wanted = starts;
  for (let t = 1; t <= STEPS; t++) {
    const gradients = starts.map(({ data }) => gradient(data.length));
    step(gradients, t);
    wanted = wanted.map((weight, p) => {
      const next = rule.reference(gradients[p], weight, slots[p], t);
      // By the way gone rather than the distance: steps that turn back cancel, their errors don't.
      paths[p] = map(paths[p], (path, i) => path + Math.abs(next.data[i] - weight.data[i]));
      return next;
    });
  }
  for (const [p, weight] of weights.entries())
    (await read(weight)).forEach((got, i) => {
      const [path, right] = [paths[p].data[i], wanted[p].data[i]];
      const most = Math.max(Math.abs(starts[p].data[i]), Math.abs(right)) + path;
      const allowed = 1e-5 * path + ulps * STEPS * ulp(most);
      const said = `parameter ${p}, entry ${i}: ${got} for ${right}, allowed ${allowed}`;
      assert.ok(Math.abs(got - right) <= allowed, said);
    });
}

/** The distance between neighbouring f32 numbers of this size. */
const ulp = (value: number) => (value === 0 ? 0 : 2 ** (Math.floor(Math.log2(value)) - 23));

for (const kind of ["GPU", "software"] as const)
  test(`parameters updated together have the bits of each alone, slots as well, shared out for a ${kind}`, async () => {
    await device();
    // Together they take one dispatch, and alone one of three; the first two are large enough for threads with several turns.
    const starts = [20001, 9998, 7, 13000, 0, 66].map((n) => normal(n, 0.02));
    const clips: Clip[] = [[-0.02, 0.02], undefined, [0, 0.01], [-0.03, 0.001], undefined, undefined];
    const gradients = [1, 2].map(() => starts.map(({ data }) => gradient(data.length)));
    for (const [name, rule] of Object.entries(RULES)) {
      const together = prepare(rule, starts, clips);
      const alone = starts.map((start, p) => prepare(rule, [start], [clips[p]]));
      await sharedOutFor(kind, () => {
        gradients.forEach((each, t) => {
          together.step(each, t + 1);
          for (const [p, { step }] of alone.entries()) step([each[p]], t + 1);
        });
      });
      const slots = await read(together.slots);
      const stride = slots.length / rule.slots.count;
      let at = 0;
      for (const [p, { weights, slots: own }] of alone.entries()) {
        const said = `${name}, parameter ${p}`;
        assert.ok(same(await read(together.weights[p]), await read(weights[0])), said);
        const [ownSlots, size] = [await read(own), starts[p].data.length];
        const ownStride = ownSlots.length / rule.slots.count;
        for (let slot = 0; slot < rule.slots.count; slot++) {
          const [from, ownFrom] = [slot * stride + at, slot * ownStride];
          const [got, wanted] = [slots.slice(from, from + size), ownSlots.slice(ownFrom, ownFrom + size)];
          assert.ok(same(got, wanted), `${said}, slot ${slot}`);
        }
        at += ownStride;
      }
      assert.is(at, stride, name);
    }
  });

const same = (a: ArrayLike<number>, b: ArrayLike<number>): boolean =>
  a.length === b.length && Array.from(a).every((value, i) => Object.is(value, b[i]));

for (const [name, rule] of Object.entries(RULES)) {
  test(`${name} clips each weight to its own bounds after its step, where there are any`, async () => {
    await device();
    const starts = [65, 66, 5, 7].map((n) => normal(n, 0.01));
    const gradients = starts.map(({ data }) => gradient(data.length));
    const bounds = [[-0.01, 0.01], undefined, [0, 0.002], [-0.003, -0.001]] as const;
    const clips = bounds.map((each) => each && ([Math.fround(each[0]), Math.fround(each[1])] as const));
    const [held, free] = [prepare(rule, starts, clips), prepare(rule, starts)];
    held.step(gradients, 1);
    free.step(gradients, 1);
    for (const [p, bound] of clips.entries()) {
      const [low, high] = bound ?? [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
      const wanted = [...(await read(free.weights[p]))].map((v) => Math.min(Math.max(v, low), high));
      assert.equal([...(await read(held.weights[p]))], wanted, `parameter ${p}`);
      if (p === 0) assert.ok(wanted.some((v) => v === high) && wanted.some((v) => low < v && v < high));
    }
  });
}

test("a NaN gradient makes a NaN weight, bounds or not, and no other one", async () => {
  await device();
  const rule = RULES["RMSprop of Keras"];
  for (const bounds of [undefined, [-0.01, 0.01]] as const) {
    const sizes = [3, 6, 5, 2];
    const { weights, step } = prepare(
      rule,
      sizes.map((n) => filled([n], 1)),
      sizes.map(() => bounds),
    );
    const gradients = sizes.map((n) => filled([n], 1));
    gradients[1].data[4] = Number.NaN;
    step(gradients, 1);
    for (const [p, weight] of weights.entries())
      (await read(weight)).forEach((value, i) => {
        assert.is(Number.isNaN(value), p === 1 && i === 4, `parameter ${p}, entry ${i}: ${value}`);
      });
  }
});

/** Sizes of parameters, and the dispatches that they take where 8 buffers can be bound, and where 16 can. */
const DISPATCHES: [number[], number, number][] = [
  [[], 0, 0],
  [[0, 0], 0, 0],
  [[5], 1, 1],
  [[5, 6, 7], 1, 1],
  [[5, 6, 7, 8], 2, 1],
  [[0, 5, 6, 0, 7, 0], 1, 1],
  [[1, 2, 3, 4, 5, 6], 2, 1],
  [[1, 2, 3, 4, 5, 6, 7], 3, 1],
  [[1, 2, 3, 4, 5, 6, 7, 8], 3, 2],
  [Array.from({ length: 14 }, (_, i) => 40 + i), 5, 2],
];

test("a dispatch takes three or seven parameters that are not empty; storage for what it lacks is given back", async () => {
  const { limits } = (await device()).device;
  for (const [sizes, few, many] of DISPATCHES)
    for (const most of [8, 16]) {
      const wanted = Math.min(most, limits.maxStorageBuffersPerShaderStage) < 15 ? few : many;
      await binding(most, () => dispatchesOf(sizes, wanted));
    }
});

/** Holds one Adam step of parameters of these sizes to so many dispatches. */
async function dispatchesOf(sizes: number[], wanted: number): Promise<void> {
  const { stream, pool } = await device();
  const { dispatch } = stream;
  const weights = sizes.map((n) => toBlock(filled([n], 1)));
  const gradients = sizes.map((n) => toBlock(filled([n], 1)));
  const slots = toBlock(filled([2 * slotSize(weights)], 0));
  const before = pool.liveBytes;
  let [dispatched, asked] = [0, 0];
  const corrections = () => {
    asked++;
    return [0.1, 0.001] as const;
  };
  stream.dispatch = (call) => {
    dispatched++;
    dispatch.call(stream, call);
  };
  try {
    const clips = sizes.map(() => undefined);
    const rule = { rate: LR, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, corrections };
    adam({ weights, gradients, slots, clips }, rule);
  } finally {
    stream.dispatch = dispatch;
  }
  assert.is(dispatched, wanted, `sizes ${sizes}`);
  assert.is(asked, Math.min(1, wanted), "the corrections are asked once a step");
  assert.is(pool.liveBytes, before);
}

test("clip, blend and fill at all sizes", async () => {
  await device();
  for (const n of SIZES) {
    const [x, y] = [normal(n), normal(n)];
    const [held, mixed, full] = [toBlock(x), toBlock(y), block(undefined, [n])];
    clip(held, -0.5, 0.25);
    blend([toBlock(x)], [mixed], 0.75, 0.25);
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
