// Ways between latent vectors on the sphere.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { latentRows, latentWays, slerp } from "../../src/wgan/interpolate";

const close = (actual: ArrayLike<number>, expected: ArrayLike<number>) => {
  const off = Array.from(actual, (value, i) => Math.abs(value - expected[i]));
  assert.ok(actual.length === expected.length && Math.max(...off) < 1e-6, `${[...Array.from(actual)]}`);
};

test("half-way between two axes is their diagonal, of the same length", () => {
  close(slerp(Float32Array.of(2, 0), Float32Array.of(0, 2), 0.5), [Math.SQRT2, Math.SQRT2]);
});

test("between vectors of one length, all on the way have it, at equal angles", () => {
  const [a, b] = [Float32Array.of(1, 2, 2), Float32Array.of(-2, 1, 2)];
  const way = [0, 0.25, 0.5, 0.75, 1].map((t) => slerp(a, b, t));
  for (const at of way) assert.ok(Math.abs(Math.hypot(...at) - 3) < 1e-6);
  const dots = way.slice(1).map((at, i) => at.reduce((sum, value, j) => sum + value * way[i][j], 0));
  for (const dot of dots) assert.ok(Math.abs(dot - dots[0]) < 1e-5);
});

test("the ends are the vectors themselves, and where there is no arc the way is straight", () => {
  const [a, b] = [Float32Array.of(1, -2), Float32Array.of(3, 0.5)];
  close(slerp(a, b, 0), a);
  close(slerp(a, b, 1), b);
  close(slerp(Float32Array.of(1), Float32Array.of(3), 0.5), [2]);
  close(slerp(Float32Array.of(1), Float32Array.of(-3), 0.5), [-1]);
  close(slerp(Float32Array.of(0, 0), Float32Array.of(2, 0), 0.5), [1, 0]);
});

test("latentWays lays a pair's way into each row", () => {
  const latents = Float32Array.of(2, 0, 0, 2, 1, 1, 3, 3);
  close(latentWays(latents, 2, 3), [2, 0, Math.SQRT2, Math.SQRT2, 0, 2, 1, 1, 2, 2, 3, 3]);
  assert.throws(() => latentWays(latents.subarray(2), 2, 3), /no pairs/);
  assert.throws(() => latentWays(latents, 2, 1), /columns too few/);
});

test("a row of ways with classes is of one class all along", () => {
  const size = { latent: 1, labels: 2 };
  const ends = Float32Array.of(1, 1, 0, 3, 0, 1, 5, 1, 0, 9, 0, 1); // 1, 3, 5, 9 of classes 0, 1, 0, 1
  close(latentRows(ends, size, 3), [1, 1, 0, 2, 1, 0, 3, 1, 0, 5, 0, 1, 7, 0, 1, 9, 0, 1]);
});

test.run();
