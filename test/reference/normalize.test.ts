// Holds the float64 normalisations to hand-worked statistics and to the moments that they promise.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { fill, make, makeRandom, maxDifference, randomNormal } from "./array";
import { batchNorm, batchNormInference, layerNorm, mean, reshape, variance } from "./forward";

test("batchNorm takes biased statistics per channel over every other axis", () => {
  const x = make([2, 1, 2, 2], [1, 10, 2, 10, 3, 30, 6, 30]);
  const { y, mean, variance } = batchNorm(x, make([2], [2, 1]), make([2], [0, 5]), 0.5);
  assert.equal(mean, make([2], [3, 20]));
  assert.equal(variance, make([2], [3.5, 100]));
  assert.ok(Math.abs(y.data[0] + 2) < 1e-12); // 2·(1 − 3)/√(3.5 + 0.5)
  assert.ok(Math.abs(y.data[1] - (5 - 10 / Math.sqrt(100.5))) < 1e-12);
});

test("batchNorm keeps its variance where a large mean would cancel E[x²] − E[x]²", () => {
  const x = randomNormal(makeRandom(4), [1000, 1], 0.1);
  const far = make(
    x.shape,
    x.data.map((v) => v + 1e6),
  );
  const [one, zero] = [fill([1], 1), make([1])];
  const here = batchNorm(x, one, zero, 1e-5).variance.data[0];
  const there = batchNorm(far, one, zero, 1e-5).variance.data[0];
  assert.ok(Math.abs(there / here - 1) < 1e-6);
});

test("batchNorm at inference with the batch's own statistics is batchNorm in training", () => {
  const random = makeRandom(5);
  const x = randomNormal(random, [3, 2, 2, 4]);
  const [gamma, beta] = [randomNormal(random, [4]), randomNormal(random, [4])];
  const trained = batchNorm(x, gamma, beta, 1e-3);
  const inferred = batchNormInference(x, gamma, beta, trained.mean, trained.variance, 1e-3);
  assert.is(maxDifference(trained.y, inferred), 0);
});

test("layerNorm gives every sample mean 0 and variance 1, then the affine map of its shape", () => {
  const random = makeRandom(6);
  const x = randomNormal(random, [3, 2, 5]);
  const rows = layerNorm(x, [5], fill([5], 1), make([5]), 0);
  assert.ok(maxDifference(mean(rows, [-1]), make([3, 2])) < 1e-12);
  assert.ok(maxDifference(variance(rows, [-1]), fill([3, 2], 1)) < 1e-12);
  const samples = layerNorm(x, [2, 5], fill([2, 5], 3), fill([2, 5], 1), 0);
  assert.ok(maxDifference(mean(samples, [1, 2]), fill([3], 1)) < 1e-12);
  assert.ok(maxDifference(variance(samples, [1, 2]), fill([3], 9)) < 1e-11);
  const flat = layerNorm(reshape(x, [3, 10]), [10], fill([10], 3), fill([10], 1), 0);
  assert.ok(maxDifference(reshape(flat, [3, 2, 5]), samples) < 1e-12);
});

test.run();
