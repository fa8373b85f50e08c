// Holds the hand-written input gradient of the WGAN-GP reference to central differences, and shows that the
// loss can be differenced in its parameters: two step lengths agree where no kink lies between.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { type F64, make, makeRandom, map, randomNormal, randomUniform } from "./array";
import { directional, entryDerivative } from "./derivatives";
import { sum } from "./forward";
import {
  criticWithInputGradient,
  parameterNames,
  penaltyLoss,
  penaltyLossOf,
  penaltyParameters,
} from "./gradientPenalty";

const random = makeRandom(21);
const parameters = penaltyParameters(random, [8, 8, 1], [3, 5]);
const [real, fake] = [randomNormal(random, [3, 8, 8, 1]), randomNormal(random, [3, 8, 8, 1])];
const mix = randomUniform(random, [3]);

test("the input gradient of every sample is the derivative of its f", () => {
  const { inputGradient } = criticWithInputGradient(parameters, real);
  const L = ([x]: F64[]) => sum(criticWithInputGradient(parameters, x).f).data[0];
  for (let index = 0; index < inputGradient.data.length; index++) {
    const wanted = entryDerivative(L, [real], 0, index, 1e-5);
    assert.ok(Math.abs(inputGradient.data[index] - wanted) < 1e-8, `entry ${index}`);
  }
});

test("a layer norm over channels alone has a right input gradient too", () => {
  const perPixel = parameters.map((p, i) =>
    parameterNames[i].startsWith("norm") ? make([3], p.data.slice(0, 3)) : p,
  );
  const { inputGradient } = criticWithInputGradient(perPixel, fake);
  const L = ([x]: F64[]) => sum(criticWithInputGradient(perPixel, x).f).data[0];
  for (let index = 0; index < inputGradient.data.length; index += 7) {
    const wanted = entryDerivative(L, [fake], 0, index, 1e-6);
    assert.ok(Math.abs(inputGradient.data[index] - wanted) < 1e-7, `entry ${index}`);
  }
});

test("the loss is the difference of means and the penalty times λ", () => {
  const { loss, difference, penalty, norms } = penaltyLoss(parameters, real, fake, mix, 10);
  assert.ok(Math.abs(loss - (difference + 10 * penalty)) < 1e-12);
  const wanted = norms.data.reduce((total, norm) => total + (norm - 1) ** 2 / 3, 0);
  assert.ok(Math.abs(penalty - wanted) < 1e-12);
});

test("differences of the loss in its parameters do not depend on the step", () => {
  const L = penaltyLossOf(real, fake, mix, 10);
  const { closestKink } = penaltyLoss(parameters, real, fake, mix, 10);
  parameters.forEach((_, which) => {
    const along = parameters.map((p, i) => (i === which ? randomNormal(random, p.shape) : map(p, () => 0)));
    const short = directional(L, parameters, along, 0.01 * closestKink);
    const long = directional(L, parameters, along, 0.03 * closestKink);
    const scale = 1 + Math.abs(short);
    assert.ok(Math.abs(short - long) < 1e-7 * scale, `${parameterNames[which]}: ${short}, ${long}`);
  });
});

test.run();
