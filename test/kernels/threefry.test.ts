// The host's random numbers: published bits, and distributions that are what they say.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { HostRandom, threefry2x32 } from "../../src/kernels/threefry";

test("threefry2x32 gives Random123's known answers for 20 rounds", () => {
  const ones = 0xffffffff;
  assert.equal(threefry2x32(0, 0, 0, 0), [0x6b200159, 0x99ba4efe]);
  assert.equal(threefry2x32(ones, ones, ones, ones), [0x1cb996fc, 0xbb002be7]);
  assert.equal(threefry2x32(0x13198a2e, 0x03707344, 0x243f6a88, 0x85a308d3), [0xc4923a9c, 0x483df7a0]);
});

test("HostRandom begins with the words of counter 0 and goes on with counter 1", () => {
  const random = new HostRandom(3 + 7 * 2 ** 32);
  const words = [random.bits(), random.bits(), random.bits(), random.bits()];
  assert.equal(words, [...threefry2x32(3, 7, 0, 0), ...threefry2x32(3, 7, 1, 0)]);
});

test("HostRandom refuses a seed that isn't an integer from 0", () => {
  for (const seed of [-1, 0.5, Number.NaN, 2 ** 53]) assert.throws(() => new HostRandom(seed), /seed/);
});

test("uniform, normal and integer have the mean and spread of their names", () => {
  const random = new HostRandom(1);
  const n = 20_000;
  const moments = (draw: () => number) => {
    const values = Array.from({ length: n }, draw);
    const mean = values.reduce((sum, value) => sum + value, 0) / n;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / n;
    return { mean, variance, least: Math.min(...values), most: Math.max(...values) };
  };
  const uniform = moments(() => random.uniform());
  assert.ok(Math.abs(uniform.mean - 1 / 2) < 0.01 && Math.abs(uniform.variance - 1 / 12) < 0.005);
  assert.ok(uniform.least >= 0 && uniform.most < 1);
  const normal = moments(() => random.normal());
  assert.ok(Math.abs(normal.mean) < 0.03 && Math.abs(normal.variance - 1) < 0.05);
  const integer = moments(() => random.integer(6));
  assert.ok(Math.abs(integer.mean - 2.5) < 0.05);
  assert.equal([integer.least, integer.most], [0, 5]);
});

test.run();
