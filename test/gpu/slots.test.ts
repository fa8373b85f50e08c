// Uniforms keep apart however bind groups come again: in one batch, beyond the number of slots, and in captured steps.
import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  add,
  assign,
  blend,
  capture,
  full,
  keep,
  mul,
  requireGrad,
  settle,
  type Tensor,
  tidy,
  zeros,
} from "../../src/autograd";
import { SGD } from "../../src/nn";
import { device } from "../device";
import { makeRandom } from "../reference/array";

const first = async (x: Tensor) => (await x.data())[0];

test.before(async () => {
  await device();
});

test("dispatches of one batch over the same ranges each have their own uniform", async () => {
  const x = keep(full([4], 1));
  const total = keep(zeros([4]));
  for (const round of [1, 2]) {
    for (let factor = 0; factor < 1500; factor++) {
      const y = mul(x, factor * round);
      blend(total, y, 1, 1);
      y.dispose(); // the next one gets its buffer
    }
    assert.is(await first(total), [0, 1_124_250, 3_372_750][round]);
  }
  for (const each of [x, total]) each.dispose();
});

test("more ranges than there are slots, in any order and with changing uniforms", async () => {
  const random = makeRandom(5);
  const xs = Array.from({ length: 6000 }, (_, i) => keep(full([1], i)));
  for (let round = 0; round < 3; round++) {
    const factors = xs.map(() => Math.floor(8 * random.uniform()));
    const order = xs.map((_, i) => i).sort(() => random.uniform() - 0.5);
    const ys: Tensor[] = [];
    for (const i of order) ys[i] = keep(mul(xs[i], factors[i]));
    const twice = keep(mul(ys[17], 2));
    for (const i of [0, 1, 17, 2999, 4095, 4096, 5999, ...order.slice(0, 40), ...order.slice(-40)])
      assert.is(await first(ys[i]), i * factors[i], `${i}`);
    assert.is(await first(twice), 2 * 17 * factors[17]);
    for (const y of [...ys, twice]) y.dispose();
  }
  for (const x of xs) x.dispose();
});

test("ranges that came a thousand times in a batch leave slots for others when they come once", async () => {
  const pairs = Array.from({ length: 8 }, () => [keep(full([4], 1)), keep(zeros([4]))]);
  await settle(0);
  for (const [x, y] of pairs.slice(0, 4)) {
    for (let i = 0; i < 1024; i++) blend(y, x, 1, i);
    await settle(0);
  }
  for (const [i, [x, y]] of pairs.entries()) blend(y, x, 0, i);
  for (const [i, [, y]] of pairs.entries()) assert.is(await first(y), i);
  for (const each of pairs.flat()) each.dispose();
});

test("a step may have other ranges, and more of them, than the one that had its slots before", async () => {
  const [x, y, z] = [1, 1, 1].map((value) => keep(full([4], value)));
  capture(() => {
    for (let i = 1; i <= 4; i++) blend(x, y, 1, i);
  }).dispose();
  assert.is(await first(x), 11);
  const step = capture(() => {
    blend(x, y, 0, 2);
    blend(z, x, 0, 3);
    blend(y, z, 0, 5);
    blend(x, y, 1, 7);
  });
  assert.is(await first(x), 2 + 7 * 30);
  step.replay();
  assert.is(await first(x), 30 * (2 + 7 * 30));
  for (const each of [step, x, y, z]) each.dispose();
});

test("captured updates over the same ranges with the same rate at first follow their own rates later", async () => {
  const weight = keep(requireGrad(full([4], 0)));
  const gradient = keep(full([4], 1));
  const [one, two] = [1, 2].map(() => new SGD([weight], { learningRate: 1 }));
  const step = capture(() => {
    for (const optimizer of [one, two, one]) optimizer.step([gradient]);
  });
  assert.is(await first(weight), -3);
  one.learningRate = 10;
  two.learningRate = 100;
  step.replay();
  assert.is(await first(weight), -123);
  two.learningRate = 1000;
  step.replay();
  step.replay();
  assert.is(await first(weight), -2163);
  for (const each of [step, one, two, gradient, weight]) each.dispose();
});

test("a step in the slots of one that is gone has its own uniforms, and eager work between has others", async () => {
  const x = keep(full([4], 1));
  const y = keep(zeros([4]));
  for (let factor = 1; factor <= 6; factor++) {
    const step = capture(() => {
      assign(y, mul(x, factor));
      assign(y, add(y, 10 * factor));
    });
    tidy(() => assign(y, mul(x, -factor)));
    assert.is(await first(y), -factor);
    step.replay();
    tidy(() => void mul(x, 99));
    assert.is(await first(y), 11 * factor);
    step.replay();
    step.dispose(); // with its replay not yet submitted
  }
  assert.is(await first(y), 66);
  for (const each of [x, y]) each.dispose();
});

test.run();
