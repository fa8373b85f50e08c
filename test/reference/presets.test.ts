// Holds the hand-written backward passes of the references of `kpandey` and `wgan-gp`, the penalty's second derivative
// among them, to central differences on narrow copies, and their updates to what their sources promise.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { type F64, makeRandom, map, randomNormal, randomUniform, size } from "./array";
import { expectGradients } from "./expectGradients";
import { mean } from "./forward";
import * as kpandey from "./kpandey";
import type { Weights } from "./layers";
import * as wganGp from "./wganGp";

const random = makeRandom(17);
/** Away from the initial values, so that biases and shifts matter. */
const spread = (weights: Weights): Weights =>
  Object.fromEntries(
    Object.entries(weights).map(([name, w]) => [
      name,
      map(w, (v) => (name.endsWith("Variance") ? v + random.uniform() : v + 0.1 * random.normal())),
    ]),
  );

const narrow = { critic: [3, 4, 5], generator: [5, 4, 3], latent: 6 } as const;
const kpandeyWeights = spread(kpandey.kpandeyWeights(random, narrow));
const ofKpandey = { random, weights: kpandeyWeights, bound: 5e-7 };
const pixels = randomUniform(random, [3, 28, 28, 1]);

test("kpandey: the gradients of a critic's and a generator's update are the derivatives of its losses", () => {
  const z = randomNormal(random, [3, narrow.latent]);
  const fake = kpandey.generator(kpandeyWeights, z).y;
  const f = (weights: Weights, x: F64) => mean(kpandey.critic(weights, x).y).data[0];
  const ofCritic = kpandey.criticUpdate(kpandeyWeights, pixels, z);
  assert.is(Object.keys(ofCritic.gradients).length, 9);
  assert.ok(Math.abs(ofCritic.loss - (f(kpandeyWeights, pixels) - f(kpandeyWeights, fake))) < 1e-12);
  expectGradients(ofKpandey, ofCritic.gradients, (w) => f(w, pixels) - f(w, fake), 3);
  const ofGenerator = kpandey.generatorUpdate(kpandeyWeights, z);
  assert.is(Object.keys(ofGenerator.gradients).length, 11);
  expectGradients(ofKpandey, ofGenerator.gradients, (w) => f(w, kpandey.generator(w, z).y), 3);
});

test("kpandey: all of the critic is clipped, and the statistics of both batches move it", () => {
  const z = randomNormal(random, [3, narrow.latent]);
  const { weights: after, gradients } = kpandey.criticUpdate(kpandeyWeights, pixels, z);
  for (const name of Object.keys(gradients))
    assert.ok(
      after[name].data.every((v) => Math.abs(v) <= 0.01),
      name,
    );
  const name = "critic.norm.movingMean";
  const real = kpandey.critic(kpandeyWeights, pixels).moving;
  assert.is.not(after[name].data[0], real[name].data[0]);
  assert.is.not(
    after["generator.norm.movingMean"].data[0],
    kpandeyWeights["generator.norm.movingMean"].data[0],
  );
});

const gpSizes = { dim: 2, latent: 5 };
const gpWeights = spread(wganGp.wganGpWeights(random, gpSizes));
const ofGp = { random, weights: gpWeights, bound: 5e-7 };

test("wgan-gp: the penalty's gradients are its derivatives, and it is that of the critic's gradient", () => {
  const { value, gradients } = wganGp.penalty(gpWeights, pixels);
  assert.is(Object.keys(gradients).length, 4);
  expectGradients(ofGp, gradients, (w) => wganGp.penalty(w, pixels).value, 6);
  const passed = wganGp.critic(gpWeights, pixels);
  const slope = passed.back(
    map(passed.y, () => 1),
    {},
  );
  const norms = [0, 1, 2].map((i) => Math.hypot(...slope.data.subarray(784 * i, 784 * (i + 1))));
  const wanted = norms.reduce((total, norm) => total + (norm - 1) ** 2, 0) / 3;
  assert.ok(Math.abs(value - wanted) < 1e-12 * wanted, `${value}, ${wanted}`);
});

test("wgan-gp: the gradients of a critic's and a generator's update are the derivatives of its losses", () => {
  const z = randomNormal(random, [3, gpSizes.latent]);
  const mix = randomUniform(random, [3]);
  const fake = wganGp.generator(gpWeights, z).y;
  assert.equal(fake.shape, [3, 28, 28, 1]);
  const f = (weights: Weights, x: F64) => mean(wganGp.critic(weights, x).y).data[0];
  const between = map(fake, (v, i) => {
    const e = mix.data[Math.floor(i / 784)];
    return e * pixels.data[i] + (1 - e) * v;
  });
  const { gradients } = wganGp.criticUpdate(gpWeights, pixels, z, mix);
  assert.is(Object.keys(gradients).length, 8);
  expectGradients(
    ofGp,
    gradients,
    (w) => f(w, fake) - f(w, pixels) + 10 * wganGp.penalty(w, between).value,
    3,
  );
  const ofGenerator = wganGp.generatorUpdate(gpWeights, z);
  assert.is(Object.keys(ofGenerator.gradients).length, 8);
  expectGradients(ofGp, ofGenerator.gradients, (w) => -f(w, wganGp.generator(w, z).y), 3);
});

test("the networks are as large as their sources'", () => {
  const count = (weights: Weights, part: RegExp) =>
    Object.entries(weights).reduce((total, [name, w]) => total + (part.test(name) ? size(w.shape) : 0), 0);
  const gp = wganGp.wganGpWeights(makeRandom(1));
  assert.equal([count(gp, /^critic/), count(gp, /^generator/)], [1_030_145, 1_554_177]);
  const kp = kpandey.kpandeyWeights(makeRandom(1));
  assert.equal([count(kp, /^critic/), count(kp, /^generator/)], [170_945, 168_625]);
});

test.run();
