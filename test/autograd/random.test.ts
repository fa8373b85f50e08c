// Random: what a stream of random numbers promises about its range, its seed and its counter, drawn at once or replayed.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { capture, keep, memory, ones, Random, type Tensor } from "../../src/autograd";
import { HostRandom } from "../../src/kernels/threefry";
import { Adam } from "../../src/nn";
import { device } from "../device";

const numbers = async (x: Tensor) => [...(await x.data())];
const largest = (2 - 2 ** -23) * 2 ** 127;

test("uniform numbers lie in [low, high), however near or far apart the two are", async () => {
  await device();
  const ranges = [
    [0, 1],
    [1000, 1001],
    [-1001, -1000],
    [2 ** 23, 2 ** 23 + 1],
    [2 ** 24, 2 ** 24 + 2],
    [0.1, 0.1 + 2e-8],
    [-1, 0],
    [-(2 ** -20), 0],
    [0, 2 ** -120],
    [-3e38, 3e38],
    [-largest, largest],
    [0, largest],
    [-1e30, largest],
  ];
  for (const [low, high] of ranges) {
    const x = new Random(3).uniform([2 ** 18], low, high);
    const values = await x.data();
    x.dispose();
    const bad = values.findIndex((v) => !(v >= Math.fround(low) && v < Math.fround(high)));
    assert.is(bad, -1, `[${low}, ${high}): ${values[bad]} at ${bad}`);
    // Both halves come up, so it is no constant, and no overflow that was cut off.
    const middle = low / 2 + high / 2;
    const below = values.filter((v) => v < middle).length;
    if (high - low > 4 * Math.abs(high) * 2 ** -24)
      assert.ok(
        below > 0.4 * 2 ** 18 && below < 0.6 * 2 ** 18,
        `[${low}, ${high}): ${below} in the lower half`,
      );
  }
});

test("between two that are equal in f32 there is low alone", async () => {
  await device();
  for (const [low, high] of [
    [5, 5],
    [0, 0],
    [-7, -7],
    [1, 1 + 1e-9],
  ])
    assert.equal(await numbers(new Random(1).uniform([3], low, high)), [low, low, low]);
});

test("whole numbers below 2^32 are the words themselves", async () => {
  await device();
  const host = new HostRandom(9);
  const words = Array.from({ length: 5 }, () => host.bits());
  assert.equal(await numbers(new Random(9).integer([5], 2 ** 32)), words);
});

test("the host's whole numbers are the GPU's, for every bound", async () => {
  await device();
  for (const bound of [1, 2, 10, 65_537, 2 ** 22 + 1, 2 ** 31, 2 ** 31 + 1, 2 ** 32 - 1, 2 ** 32]) {
    const host = new HostRandom(4);
    const wanted = Array.from({ length: 4096 }, () => host.integer(bound));
    assert.equal(await numbers(new Random(4).integer([4096], bound)), wanted, `below ${bound}`);
  }
  for (const bound of [0, -1, 2.5, Number.NaN, 2 ** 32 + 1])
    assert.throws(() => new HostRandom(4).integer(bound), /the bound is an integer from 1 to 2\^32/);
});

const { NaN: nan, POSITIVE_INFINITY: inf } = Number;

const refused: Record<string, [draw: (random: Random) => unknown, message: string][]> = {
  uniform: (
    [
      [1, 0],
      [nan, 1],
      [0, nan],
      [0, inf],
      [-inf, 0],
      [0, 4e38],
    ] as const
  ).map(([low, high]) => [
    (random) => random.uniform([4], low, high),
    `uniform: low must be at most high, both finite in f32, got ${low} and ${high}.`,
  ]),
  normal: (
    [
      [nan, 1],
      [inf, 1],
      [0, nan],
      [0, inf],
      [0, 4e38],
      [0, -1],
    ] as const
  ).map(([mean, deviation]) => [
    (random) => random.normal([4], mean, deviation),
    `normal: mean and deviation must be finite in f32, and the deviation at least 0, got ${mean} and ${deviation}.`,
  ]),
  integer: [0, -1, 2.5, nan, inf, 2 ** 32 + 1, 2 ** 32 + 5].map((bound) => [
    (random) => random.integer([4], bound),
    `integer: the bound must be a whole number from 1 to 2^32, got ${bound}.`,
  ]),
  seed: [1.5, -1, nan, 2 ** 53].map((seed) => [
    () => new Random(seed),
    `Random: the seed must be a whole number in [0, 2^53), got ${seed}.`,
  ]),
  counter: [1.5, -1, nan, 2 ** 53].flatMap((counter) => {
    const message = `Random: the counter must be a whole number in [0, 2^53), got ${counter}.`;
    const set = (random: Random) => {
      random.counter = counter;
    };
    return [
      [() => new Random(1, counter), message],
      [set, message],
    ] as [(random: Random) => unknown, string][];
  }),
};

for (const [what, calls] of Object.entries(refused)) {
  test(`${what}: what makes no sense is refused in one line, and nothing is drawn`, async () => {
    await device();
    const before = memory().tensors;
    const random = new Random(1, 7);
    for (const [draw, message] of calls)
      assert.throws(
        () => draw(random),
        (error: Error) => error.message === message,
        message,
      );
    assert.is(random.counter, 7);
    assert.is(memory().tensors, before);
  });
}

test("the last counters are drawn, and none past them, at once or in a replay", async () => {
  await device();
  const message = /^normal: the counter must stay below 2\^53, got 9007199254740990 and 2 blocks\.$/;
  const random = new Random(1, 2 ** 53 - 4);
  const step = capture(() => random.normal([4]));
  assert.is(random.counter, 2 ** 53 - 2);
  const first = await numbers(step.result);
  assert.throws(() => random.normal([4]), message);
  assert.throws(() => step.replay(), message);
  assert.is(random.counter, 2 ** 53 - 2);
  assert.equal(await numbers(step.result), first);
  random.counter = 2 ** 53 - 4;
  step.replay();
  assert.equal(await numbers(step.result), first);
  step.dispose();
});

test("a replay that is refused leaves all that counts where it was: other streams, and an optimiser's steps", async () => {
  await device();
  const [first, last] = [new Random(1), new Random(2, 2 ** 53 - 4)];
  const weight = keep(ones([2]));
  const adam = new Adam([weight], { learningRate: 0.1 });
  const step = capture(() => {
    const drawn = [first.uniform([6]), first.uniform([2])];
    adam.step([ones([2])]);
    return [...drawn, last.normal([6])];
  });
  const state = async () => [first.state(), last.state(), await adam.state(), await numbers(weight)];
  const before = await state();
  const counted = first.counter;
  assert.throws(() => step.replay(), /^normal: the counter must stay below 2\^53/);
  assert.equal(await state(), before);
  last.counter = 0;
  step.replay();
  assert.is(first.counter, 2 * counted);
  assert.is((await adam.state()).steps, 2);
  for (const each of [step, adam, weight]) each.dispose();
});

test.run();
