// A critic's step of WGAN-GP (Gulrajani et al. 2017) on the GPU: loss, penalty and parameter gradients, which are
// second derivatives through convolution, leaky relu and layer norm, against the float64 reference.
import { test } from "uvu";
import * as assert from "uvu/assert";
import * as engine from "../../src/autograd";
import { toArray, toTensor } from "../autograd/check";
import { device } from "../device";
import { dot, type F64, makeRandom, map, randomNormal, randomUniform, roundToF32 } from "../reference/array";
import { directional, gradients } from "../reference/derivatives";
import { parameterNames, penaltyLoss, penaltyLossOf, penaltyParameters } from "../reference/gradientPenalty";

type Tensor = engine.Tensor;
const { add, mul, mean, square, sub, sum } = engine;

const LAMBDA = 10;
const halve = { stride: 2, padding: "same" } as const;
const leaky = (x: Tensor) => engine.leakyRelu(x, { slope: 0.2 });

/** x (N, H, W, C) → f (N, 1). */
function critic([w1, b1, gamma, beta, w2, b2, dense, bias]: Tensor[], x: Tensor): Tensor {
  const h1 = leaky(add(engine.conv2d(x, w1, halve), b1));
  const h2 = leaky(add(engine.conv2d(engine.layerNorm(h1, gamma, beta, 1e-5), w2, halve), b2));
  return add(engine.matmul(engine.reshape(h2, [x.shape[0], -1]), dense), bias);
}

/** mean f(fake) − mean f(real), and mean (‖∇f(x̂)‖ − 1)² with x̂ = mix·real + (1 − mix)·fake. */
function criticLoss(parameters: Tensor[], real: Tensor, fake: Tensor, mix: Tensor) {
  const share = engine.reshape(mix, [mix.size, 1, 1, 1]);
  const between = engine.requireGrad(add(fake, mul(share, sub(real, fake))));
  const [slope] = engine.grad(sum(critic(parameters, between)), [between], { createGraph: true });
  const norms = engine.sqrt(sum(square(slope), { axes: [1, 2, 3] }));
  const penalty = mean(square(sub(norms, 1)));
  const difference = sub(mean(critic(parameters, fake)), mean(critic(parameters, real)));
  return { loss: add(difference, mul(LAMBDA, penalty)), penalty, difference, slope };
}

const relative = (got: number, wanted: number) => Math.abs(got - wanted) / Math.abs(wanted);

for (const [name, channels] of [
  ["3 and 5 channels", [3, 5]],
  ["4 and 8 channels", [4, 8]],
] as const) {
  test(`a critic of ${name}`, async () => {
    await device();
    const random = makeRandom(21);
    const parameters = penaltyParameters(random, [8, 8, 1], channels).map(roundToF32);
    const images = () => roundToF32(randomNormal(random, [3, 8, 8, 1]));
    const [real, fake, mix] = [images(), images(), roundToF32(randomUniform(random, [3]))];
    const wanted = penaltyLoss(parameters, real, fake, mix, LAMBDA);

    const weights = parameters.map((p) => engine.requireGrad(toTensor(p)));
    const made = engine.tidy(() => {
      const parts = criticLoss(weights, toTensor(real), toTensor(fake), toTensor(mix));
      return { ...parts, slopes: engine.grad(parts.loss, weights) };
    });
    const [loss, penalty, difference] = await Promise.all(
      [made.loss, made.penalty, made.difference].map((t) => t.item()),
    );
    const slope = await toArray(made.slope, real.shape);
    const got = await Promise.all(made.slopes.map((g, i) => toArray(g, parameters[i].shape)));

    assert.ok(relative(loss, wanted.loss) < 1e-4, `loss ${loss} for ${wanted.loss}`);
    assert.ok(relative(penalty, wanted.penalty) < 1e-4, `penalty ${penalty} for ${wanted.penalty}`);
    assert.ok(relative(difference, wanted.difference) < 1e-4, `${difference} for ${wanted.difference}`);
    assert.ok(farthest(slope, wanted.inputGradient) < 1e-4, "the gradient by x̂");

    // Steps so short that no leaky relu crosses its kink.
    const L = penaltyLossOf(real, fake, mix, LAMBDA);
    const h = 0.003 * wanted.closestKink;
    const entries = gradients(L, parameters, h);
    const top = Math.max(...entries.map(largest));
    parameterNames.forEach((name, which) => {
      // A gradient that vanishes by its nature is measured by the largest one: the penalty takes no notice of a
      // bias in front of its last relu but by the difference of means.
      const size = Math.max(largest(entries[which]), 1e-3 * top);
      const worst = farthest(got[which], entries[which], size);
      assert.ok(worst < 1e-3, `${name}: entries off by ${worst}`);
      const along = Array.from({ length: 3 }, () => randomUniform(random, parameters[which].shape, -1, 1));
      const references = along.map((d) => {
        const directions = parameters.map((p, i) => (i === which ? d : map(p, () => 0)));
        return directional(L, parameters, directions, h);
      });
      const scale = Math.max(Math.hypot(...references) / Math.sqrt(3), 1e-3 * top);
      along.forEach((d, k) => {
        const error = Math.abs(dot(got[which], d) - references[k]) / scale;
        assert.ok(error < 1e-3, `${name}: off by ${error} along direction ${k}`);
      });
    });
  });
}

const largest = (x: F64) => x.data.reduce((most, v) => Math.max(most, Math.abs(v)), 0);

function farthest(got: F64, wanted: F64, size = largest(wanted)): number {
  return wanted.data.reduce((most, v, i) => Math.max(most, Math.abs(got.data[i] - v)), 0) / size;
}

test.run();
