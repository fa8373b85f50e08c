// Schedules of the learning rate: their parts, and that a captured step takes them up.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { capture, grad, mul, requireGrad, sum, tensor, zeros } from "../../src/autograd";
import { constant, linearDecay, SGD } from "../../src/nn";
import { device } from "../device";

test("constant stays, linearDecay falls to 0 over its steps and stays there", () => {
  assert.equal([0, 5, 1e9].map(constant), [1, 1, 1]);
  assert.equal([0, 1, 2, 3, 4, 5, 100].map(linearDecay(4)), [1, 0.75, 0.5, 0.25, 0, 0, 0]);
});

test("a rate that is set before each step is that of a replayed step too", async () => {
  await device();
  const schedule = linearDecay(4);
  const weight = requireGrad(zeros([1]));
  const optimizer = new SGD([weight], { learningRate: 1 });
  const two = tensor([2]);
  const at = (step: number) => {
    optimizer.learningRate = 0.5 * schedule(step);
  };
  at(0);
  const step = capture(() => optimizer.step(grad(sum(mul(weight, two)), [weight])));
  const seen = [await weight.item()];
  for (let i = 1; i < 6; i++) {
    at(i);
    step.replay();
    seen.push(await weight.item());
  }
  assert.equal(seen, [-1, -1.75, -2.25, -2.5, -2.5, -2.5]);
  step.dispose();
  optimizer.dispose();
});

test.run();
