// The kernel distance: against its formula on few numbers, and without bias.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { kernelDistance } from "../../src/measures/kernelDistance";
import { rowsOf } from "../../src/measures/rows";
import { drawRows, normals } from "./draws";

test("of two numbers each it is the formula's", () => {
  const k = (x: number, y: number) => (x * y + 1) ** 3;
  const wanted = k(1, 2) + k(0, -3) - (k(1, 0) + k(1, -3) + k(2, 0) + k(2, -3)) / 2;
  assert.is(kernelDistance(rowsOf(Float64Array.of(1, 2), 1), rowsOf(Float64Array.of(0, -3), 1)), wanted);
});

test("of one vector there is no pair, and that is said", () => {
  assert.throws(() => kernelDistance(normals(1, 3, 1), normals(9, 3, 2)), /2 vectors or more, got 1 and 9/);
});

test("of sets of one distribution it is 0 in the mean, below it about as often as above", () => {
  const values = Array.from({ length: 200 }, (_, i) =>
    kernelDistance(normals(20, 6, 2 * i + 1), normals(30, 6, 2 * i + 2)),
  );
  const mean = values.reduce((sum, each) => sum + each) / values.length;
  const deviation = Math.sqrt(
    values.reduce((sum, each) => sum + (each - mean) ** 2, 0) / (values.length - 1),
  );
  assert.ok(Math.abs(mean) < (3 * deviation) / Math.sqrt(values.length), `${mean} ± ${deviation}`);
  const below = values.filter((each) => each < 0).length;
  assert.ok(below > 60 && below < 140, `${below} of 200 below 0`);
});

test("of normal distributions whose means differ it is what the kernel's mean values say", () => {
  // In one dimension, with y of mean m: E(xy + 1)³ = 1 + 3 E x E y + 3 E x² E y² + E x³ E y³.
  const of = (a: number[], b: number[]) => 1 + 3 * a[0] * b[0] + 3 * a[1] * b[1] + a[2] * b[2];
  const [zero, one] = [
    [0, 1, 0],
    [1, 2, 4],
  ]; // the first three moments of N(0, 1) and N(1, 1)
  const wanted = of(zero, zero) + of(one, one) - 2 * of(zero, one);
  const draws = Array.from({ length: 20 }, (_, i) =>
    kernelDistance(
      normals(500, 1, 2 * i + 1),
      drawRows(500, 1, 2 * i + 2, (random) => 1 + random.normal()),
    ),
  );
  const got = draws.reduce((sum, each) => sum + each) / draws.length;
  assert.ok(Math.abs(got / wanted - 1) < 0.1, `${got}, expected ${wanted}`);
});

test.run();
