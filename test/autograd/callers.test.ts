// What a caller gives stays the caller's: options, shapes and lists that it changes afterwards change nothing here.
import { suite, test } from "uvu";
import * as assert from "uvu/assert";
import * as engine from "../../src/autograd";
import { ops } from "../../src/autograd";
import { SGD } from "../../src/nn";
import { device } from "../device";
import { cases } from "./cases";
import { type Case, toTensor } from "./check";

await device();

/** Adds `by` to every number in a value, in place. */
function shift(value: unknown, by: number): void {
  if (typeof value !== "object" || value === null || ArrayBuffer.isView(value)) return;
  const keys = value as Record<string, unknown>;
  for (const key of Object.keys(keys)) {
    if (typeof keys[key] === "number") keys[key] += by;
    else shift(keys[key], by);
  }
}

/** Runs the case's ops; gives the result, and all attributes that ops got meanwhile. */
function attributesOf<T>(run: () => T): { result: T; seen: Set<unknown> } {
  const seen = new Set<unknown>();
  const before = [...ops.values()].map((op) => [op, op.shape] as const);
  for (const [op, shape] of before)
    op.shape = (shapes, attributes) => {
      seen.add(attributes);
      return shape(shapes, attributes);
    };
  try {
    return { result: run(), seen };
  } finally {
    for (const [op, shape] of before) op.shape = shape;
  }
}

/** The gradients of the sum of squares of a case's outputs, with its attributes changed before the backward pass or not. */
async function gradients({ inputs, engine: run }: Case, changed: boolean): Promise<number[][]> {
  const xs = inputs.map((x) => engine.requireGrad(toTensor(x)));
  const { result, seen } = attributesOf(() => [run(xs)].flat());
  if (changed) for (const each of seen) shift(each, 1);
  try {
    const squares = result.map((y) => engine.sum(engine.square(y)));
    const loss = squares.reduce((a, b) => engine.add(a, b));
    const found = engine.grad(loss, xs);
    return await Promise.all(found.map(async (dx) => [...(await dx.data())]));
  } finally {
    if (changed) for (const each of seen) shift(each, -1); // the cases' own
  }
}

const options = suite("options");
for (const [op, [item]] of Object.entries(cases))
  options(`${op}: options that are changed afterwards leave the derivative as it was`, async () => {
    assert.equal(await gradients(item, true), await gradients(item, false));
  });
options.run();

test("a shape that is changed afterwards leaves the tensor as it was", async () => {
  const shape = [2, 3];
  const random = new engine.Random(1);
  const makers: Record<string, () => engine.Tensor> = {
    zeros: () => engine.zeros(shape),
    ones: () => engine.ones(shape),
    full: () => engine.full(shape, 2),
    tensor: () => engine.tensor([1, 2, 3, 4, 5, 6], shape),
    normal: () => random.normal(shape),
    uniform: () => random.uniform(shape),
    integer: () => random.integer(shape, 5),
    reshape: () => engine.reshape(engine.ones([6]), shape),
    broadcastTo: () => engine.broadcastTo(engine.ones([3]), { shape }),
  };
  for (const [name, make] of Object.entries(makers)) {
    const made = make();
    shape[0] = 100;
    assert.equal(made.shape, [2, 3], name);
    shape[0] = 2;
  }
});

test("a list of parameters that is changed afterwards leaves the optimiser as it was", async () => {
  const weights = [1, 2].map((value) => engine.keep(engine.full([2], value)));
  const given = [...weights];
  const optimizer = new SGD(given, { learningRate: 1 });
  given.reverse();
  given.pop();
  optimizer.step([engine.full([2], 0.5), engine.full([2], 0.25)]);
  assert.equal(await Promise.all(weights.map(async (weight) => [...(await weight.data())])), [
    [0.5, 0.5],
    [1.75, 1.75],
  ]);
});

test.run();
