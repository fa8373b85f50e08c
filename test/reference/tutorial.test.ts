// Holds the hand-written backward passes of the tutorial's reference to central differences on narrow copies
// of its networks, and its updates to what Keras 2 promises: clip, freezing, moving statistics.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { makeRandom, map, randomNormal, randomUniform, size } from "./array";
import { expectGradients } from "./expectGradients";
import { mean, variance } from "./forward";
import {
  critic,
  criticUpdate,
  criticUpdateOnFakes,
  generator,
  generatorInference,
  generatorUpdate,
  tutorialSizes,
  tutorialWeights,
} from "./tutorial";

const random = makeRandom(11);
const narrow = { criticChannels: 3, generatorChannels: 4, latent: 5 };
// Far from the initial values, so that gamma, beta and the biases matter and gradients are of size 1.
const weights = Object.fromEntries(
  Object.entries(tutorialWeights(random, narrow)).map(([name, w]) => [name, map(w, spread(name))]),
);
function spread(name: string): (value: number) => number {
  if (name.endsWith("Variance")) return (v) => v + random.uniform();
  return (v) => v + 0.15 * random.normal();
}
const images = randomUniform(random, [2, 28, 28, 1], -1, 1);
const z = randomNormal(random, [2, narrow.latent]);

const held = { random, weights, bound: 2e-7 };

test("the networks have the tutorial's 70,337 and 851,713 parameters", () => {
  const full = Object.entries(tutorialWeights(makeRandom(1)));
  const count = (part: RegExp) =>
    full.reduce((total, [name, w]) => total + (part.test(name) ? size(w.shape) : 0), 0);
  assert.equal(tutorialSizes, { criticChannels: 64, generatorChannels: 128, latent: 50 });
  assert.is(count(/^critic/), 70337);
  assert.is(count(/^critic.*moving/), 256);
  assert.is(count(/^generator/), 851713);
  assert.is(count(/^generator.*moving/), 512);
});

test("the critic's gradients are the derivatives of mean(label·f)", () => {
  const update = criticUpdate(weights, images, -1);
  assert.is(Object.keys(update.gradients).length, 10);
  expectGradients(held, update.gradients, (w) => -mean(critic(w, images).f).data[0], 3);
});

test("the generator's gradients, and those of the critic's batch norm, are derivatives of −E f(G(z))", () => {
  const { gradients } = generatorUpdate(weights, z);
  assert.is(Object.keys(gradients).length, 12 + 4);
  expectGradients(held, gradients, (w) => -mean(critic(w, generator(w, z).images).f).data[0], 2);
});

test("a critic update clips its two convolution kernels alone", () => {
  const { weights: after, loss, f } = criticUpdate(weights, images, 1);
  assert.is(loss, mean(f).data[0]);
  const largest = (name: string) => Math.max(...after[name].data.map(Math.abs));
  assert.is(largest("critic.conv1.weight"), 0.01);
  assert.is(largest("critic.conv2.weight"), 0.01);
  assert.ok(largest("critic.dense.weight") > 0.1);
  assert.ok(largest("critic.norm1.gamma") > 0.1);
  assert.is(after["generator.dense.weight"], weights["generator.dense.weight"]);
});

test("moving statistics go 1 % of the way to the batch's, the variance Bessel-corrected", () => {
  const { moving, weights: after } = criticUpdate(weights, images, -1);
  assert.is(Object.keys(moving).length, 4);
  const { x } = critic(weights, images).tape.norm1;
  const rows = 2 * 14 * 14;
  const name = "critic.norm1.movingVariance";
  const wanted = 0.99 * weights[name].data[1] + 0.01 * variance(x, [0, 1, 2]).data[1] * (rows / (rows - 1));
  assert.ok(Math.abs(after[name].data[1] - wanted) < 1e-14);
  const meanName = "critic.norm1.movingMean";
  const wantedMean = 0.99 * weights[meanName].data[1] + 0.01 * mean(x, [0, 1, 2]).data[1];
  assert.ok(Math.abs(after[meanName].data[1] - wantedMean) < 1e-14);
});

test("the generator's update leaves the critic's kernels, and moves its batch norm under slots of its own", () => {
  const { weights: after, slots, moving } = generatorUpdate(weights, z);
  for (const name of ["conv1.weight", "conv1.bias", "conv2.weight", "conv2.bias", "dense.weight"]) {
    assert.is(after[`critic.${name}`], weights[`critic.${name}`]);
  }
  assert.is.not(after["critic.norm2.gamma"].data[0], weights["critic.norm2.gamma"].data[0]);
  assert.is.not(after["critic.norm2.movingMean"].data[0], weights["critic.norm2.movingMean"].data[0]);
  assert.ok(slots["critic.norm1.beta"] && !slots["critic.conv1.weight"]);
  assert.is(Object.keys(moving).length, 8);
});

test("the critic's fakes use the generator's moving averages, and do not move them", () => {
  const update = criticUpdateOnFakes(weights, z);
  assert.equal(update.f, critic(weights, generatorInference(weights, z)).f);
  assert.ok(Object.keys(update.moving).every((name) => name.startsWith("critic.")));
  // Alone in its batch, a latent vector gives the same image.
  const alone = generatorInference(weights, { shape: [1, 5], data: z.data.slice(5) });
  assert.equal([...alone.data], [...generatorInference(weights, z).data.subarray(784)]);
});

test("slots carry from update to update", () => {
  const one = criticUpdate(weights, images, -1);
  const two = criticUpdate(one.weights, images, -1, one.slots);
  const name = "critic.dense.weight";
  const wanted = 0.9 * one.slots[name].data[3] + 0.1 * two.gradients[name].data[3] ** 2;
  assert.ok(Math.abs(two.slots[name].data[3] - wanted) < 1e-15);
});

test.run();
