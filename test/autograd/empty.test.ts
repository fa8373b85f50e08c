// Empty arrays: every op with each of its sizes 0 in turn gives what the definition gives, in value and in both
// derivatives, or one clear line. What lies in the pool's memory is NaN, so that a number read from there shows.
import { suite, test } from "uvu";
import * as assert from "uvu/assert";
import * as m from "../../src/autograd";
import { device } from "../device";
import type { F64 } from "../reference/array";
import { bounds, type Case, check, type Errors, toArray, toTensor } from "./check";
import { differentiable, type Entry, others } from "./sizedCases";

type Tensor = m.Tensor;

/** Leaves NaN in the pool's small buffers, where empty arrays and the numbers behind them lie. */
function dirty(): void {
  const made = Array.from({ length: 48 }, (_, i) => m.full([i < 40 ? 64 : 256], Number.NaN));
  for (const each of made) each.dispose();
}

test("every op is here", () => {
  const named = [...Object.keys(differentiable), ...Object.keys(others)];
  assert.equal(named.sort(), [...m.ops.keys()].sort());
  for (const name of Object.keys(differentiable)) assert.ok(m.ops.get(name)!.vjp, name);
  for (const name of Object.keys(others)) assert.not(m.ops.get(name)!.vjp, name);
});

test("means and variances over nothing are NaN, and of nothing are empty", async () => {
  await device();
  for (const f of [m.mean, m.variance]) {
    const x = m.requireGrad(m.zeros([2, 0]));
    dirty();
    const y = f(x, { axes: [1] });
    assert.equal([...(await y.data())], [Number.NaN, Number.NaN]);
    assert.equal(m.grad(m.sum(y), [x])[0].shape, [2, 0]);
    assert.equal(f(x, { axes: [0] }).shape, [0]);
  }
});

test("the maximum of nothing is -infinity, the minimum infinity, and of nothing are empty", async () => {
  await device();
  for (const [f, wanted] of [
    [m.max, Number.NEGATIVE_INFINITY],
    [m.min, Number.POSITIVE_INFINITY],
  ] as const) {
    const x = m.requireGrad(m.zeros([2, 0]));
    dirty();
    const y = f(x, { axes: [1] });
    assert.equal([...(await y.data())], [wanted, wanted]);
    assert.equal(m.grad(m.sum(y), [x])[0].shape, [2, 0]);
    assert.equal(f(x, { axes: [0] }).shape, [0]);
  }
});

test("what has no record takes empty arrays as well", async () => {
  await device();
  const empty = () => m.zeros([0, 3]);
  const [x, bytes] = [empty(), m.byteTensor(new Uint8Array(0))];
  dirty();
  m.blend(x, empty(), 0.5, 0.5);
  m.clip(x, { low: -1, high: 1 });
  m.assign(x, empty());
  m.assign(x, new Float32Array(0));
  const random = new m.Random(1);
  const drawn = [random.uniform([0]), random.normal([2, 0]), random.integer([0], 5)];
  assert.is(random.counter, 0);
  for (const each of [x, bytes, m.tensor([]), m.ones([0]), ...drawn])
    assert.is((await each.data()).length, 0);
  const clips = [undefined, undefined];
  const rate = { rate: 0.5, decay: 0.5, epsilon: 1, epsilonInside: false };
  for (const weights of [
    [empty(), m.ones([1])],
    [empty(), empty()],
  ]) {
    const slots = m.zeros([m.slotSize(weights)]);
    m.rmspropUpdate({ weights, gradients: [empty(), m.ones(weights[1].shape)], slots, clips }, rate);
    m.sgdUpdate({ weights, gradients: [empty(), m.ones(weights[1].shape)], slots, clips }, 0.5, 0.5);
    assert.is((await weights[0].data()).length, 0);
  }
});

test("an empty capture replays", async () => {
  await device();
  const random = new m.Random(1);
  const step = m.capture(() => m.matmul(random.normal([2, 0]), random.normal([0, 2])));
  step.replay();
  assert.equal([...(await step.result.data())], [0, 0, 0, 0]);
  step.dispose();
});

test.run();

/** Each of an entry's sizes at 0, one after the other; and all as they are, so that the entry itself is held right. */
async function inTurn(
  entry: Entry,
  run: (item: Case, label: string) => Promise<string[]>,
): Promise<string[]> {
  await device();
  const failures: string[] = [];
  for (const which of [undefined, ...Object.keys(entry.sizes)]) {
    if (which && entry.infinite?.includes(which)) continue;
    const sizes = which ? { ...entry.sizes, [which]: 0 } : entry.sizes;
    const label = which ? `${which} = 0` : "nothing empty";
    const inputs = entry.inputs(sizes);
    dirty();
    const wanted = which && entry.refuses?.[which];
    const engine = (xs: Tensor[]) => entry.engine(xs, sizes);
    if (wanted) {
      const said = m.tidy(() => {
        try {
          engine(inputs.map(toTensor));
          return "nothing was thrown";
        } catch (error) {
          return (error as Error).message;
        }
      });
      if (said !== wanted) failures.push(`${label}: ${said}`);
      continue;
    }
    const item = { name: label, inputs, engine, reference: (xs: F64[]) => entry.reference(xs, sizes) };
    failures.push(...(await run(item, label).catch((error: Error) => [`${label}: ${error.message}`])));
  }
  return failures;
}

const empty = suite("empty arrays");

for (const [op, entries] of Object.entries(differentiable)) {
  empty(op, async () => {
    for (const entry of entries) {
      const failures = await inTurn(entry, async (item, label) => {
        const errors = await check(item);
        return (Object.keys(bounds) as (keyof Errors)[])
          .filter((order) => !(errors[order] <= bounds[order]))
          .map((order) => `${label}: ${order} ${errors[order]}`);
      });
      assert.is(failures.join("\n"), "");
    }
  });
}

for (const [op, entries] of Object.entries(others)) {
  empty(op, async () => {
    for (const entry of entries) {
      const failures = await inTurn(entry, async ({ inputs, engine, reference }, label) => {
        const y = m.tidy(() => engine(inputs.map(toTensor))) as Tensor;
        const wanted = reference(inputs) as F64;
        const got = await toArray(y, wanted.shape);
        y.dispose();
        return got.data.every((v, i) => v === wanted.data[i]) ? [] : [`${label}: ${got.data}`];
      });
      assert.is(failures.join("\n"), "");
    }
  });
}

empty.run();
