// Holds the float64 optimisers to first steps known in closed form: the forms of RMSprop differ most there.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { make, scalar } from "./array";
import {
  adam,
  clip,
  type RmspropForm,
  rmsprop,
  rmspropForms,
  rmspropOfTorch,
  sgd,
  torchGradient,
  torchRuns,
  torchStart,
} from "./optimizers";

const near = (got: number, wanted: number, tolerance = 1e-12) =>
  assert.ok(Math.abs(got - wanted) <= tolerance, `${got} for ${wanted}`);

/** The first step's length in units of the learning rate. */
function firstStep(form: RmspropForm, gradient: number): number {
  const start = scalar(rmspropForms[form].start);
  return -rmsprop(scalar(0), scalar(gradient), start, { lr: 1, form }).x.data[0];
}

test("RMSprop's first step: √10 in Keras, 10 in PyTorch, about 1·g in TensorFlow 1", () => {
  near(firstStep("keras", 1), Math.sqrt(10), 1e-5);
  near(firstStep("kerasBefore2.11", 1), 1 / (Math.sqrt(0.1) + 1e-7));
  near(firstStep("pytorch", 1), 10, 1e-5);
  near(firstStep("tensorflow1", 0.5), 0.5 / Math.sqrt(0.9 + 0.025 + 1e-10));
});

test("Keras's ε inside the root lets small gradients fade: 0.31 of lr at 1e-4", () => {
  near(firstStep("keras", 1e-4), 0.31, 0.01);
  near(firstStep("kerasBefore2.11", 1e-4), Math.sqrt(10), 0.02);
});

test("RMSprop carries its accumulator", () => {
  const { x, accumulator } = rmsprop(scalar(3), scalar(2), scalar(5), { lr: 0.1, form: "pytorch" });
  near(accumulator.data[0], 0.99 * 5 + 0.01 * 4);
  near(x.data[0], 3 - 0.2 / (Math.sqrt(4.99) + 1e-8));
});

test("RMSprop with momentum and centred goes where PyTorch went in 20 steps", () => {
  for (const { momentum, centered, x: wanted } of torchRuns) {
    let x = make([3], torchStart);
    let slots = [make([3]), make([3]), make([3])];
    for (let t = 1; t <= 20; t++)
      ({ x, slots } = rmspropOfTorch(x, make([3], torchGradient(t)), slots, {
        lr: 0.01,
        momentum,
        centered,
      }));
    wanted.forEach((value, i) => void near(x.data[i], value));
  }
});

test("Adam's first step is lr whatever the gradient, and the second follows the paper", () => {
  const options = { lr: 0.1, beta1: 0.5, beta2: 0.9, epsilon: 0 };
  const zero = make([2]);
  const one = adam(zero, make([2], [3, -0.01]), zero, zero, 1, options);
  near(one.x.data[0], -0.1);
  near(one.x.data[1], 0.1);
  const two = adam(one.x, make([2], [1, 0]), one.first, one.second, 2, options);
  near(two.first.data[0], 0.5 * 1.5 + 0.5);
  near(two.second.data[0], 0.9 * 0.9 + 0.1);
  near(two.x.data[0], -0.1 - (0.1 * (1.25 / 0.75)) / Math.sqrt(0.91 / 0.19));
});

test("SGD's momentum adds up, and clip bounds both sides", () => {
  const one = sgd(scalar(1), scalar(2), scalar(0), { lr: 0.1, momentum: 0.9 });
  near(one.x.data[0], 0.8);
  const two = sgd(one.x, scalar(2), one.buffer, { lr: 0.1, momentum: 0.9 });
  near(two.x.data[0], 0.8 - 0.38);
  assert.equal([...clip(make([3], [-1, 0.005, 1]), 0.01).data], [-0.01, 0.005, 0.01]);
});

test.run();
