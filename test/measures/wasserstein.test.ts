// Wasserstein-1: shifted points, points on a line, and the pairing against brute force and another implementation.
import { linearSumAssignment } from "linear-sum-assignment";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { HostRandom } from "../../src/kernels/threefry";
import { rowsOf } from "../../src/measures/rows";
import { assign, wasserstein } from "../../src/measures/wasserstein";
import { normals } from "./draws";

const near = (got: number, wanted: number) =>
  assert.ok(Math.abs(got - wanted) < 1e-9, `${got}, expected ${wanted}`);

const costsOf = (n: number, random: HostRandom, draw: (random: HostRandom) => number) =>
  Float64Array.from({ length: n * n }, () => draw(random));
const priceOf = (costs: Float64Array, n: number, columns: ArrayLike<number>) =>
  Array.from(columns).reduce((sum, j, i) => sum + costs[i * n + j], 0);

/** The least price over all ways to pair rows and columns. */
function brute(costs: Float64Array, n: number, row = 0, taken = 0): number {
  if (row === n) return 0;
  let best = Number.POSITIVE_INFINITY;
  for (let j = 0; j < n; j++)
    if (!(taken & (1 << j)))
      best = Math.min(best, costs[row * n + j] + brute(costs, n, row + 1, taken | (1 << j)));
  return best;
}

test("assign: no other pairing is cheaper, with ties and costs below 0, too", () => {
  const random = new HostRandom(1);
  const draws = [
    (r: HostRandom) => r.uniform(),
    (r: HostRandom) => r.integer(3),
    (r: HostRandom) => r.normal(),
    () => 1,
  ];
  for (let round = 0; round < 60; round++) {
    const n = 1 + (round % 7);
    const costs = costsOf(n, random, draws[round % draws.length]);
    const columns = assign(costs, n);
    assert.equal(
      [...columns].sort(),
      Array.from({ length: n }, (_, j) => j),
    );
    near(priceOf(costs, n, columns), brute(costs, n));
  }
});

test("assign: of 150 rows it is as cheap as linear-sum-assignment's", () => {
  const random = new HostRandom(2);
  for (const draw of [(r: HostRandom) => r.uniform(), (r: HostRandom) => r.integer(20)]) {
    const n = 150;
    const costs = costsOf(n, random, draw);
    const rows = Array.from({ length: n }, (_, i) => costs.slice(i * n, (i + 1) * n));
    const { rowAssignments } = linearSumAssignment(rows, { maximaze: false });
    near(priceOf(costs, n, assign(costs, n)), priceOf(costs, n, rowAssignments));
  }
});

test("of points and the same points shifted, in another order, it is the length of the shift", () => {
  const points = normals(200, 2, 3);
  const shifted = rowsOf(points.values.map((x, at) => x + (at % 2 === 0 ? 0.3 : -0.4)).reverse(), 2);
  const turned = rowsOf(
    shifted.values.map((_, at) => shifted.values[at ^ 1]),
    2,
  ); // reversing turned x and y
  near(wasserstein(points, turned), 0.5);
  near(wasserstein(points, points), 0);
});

test("on a line it is the mean distance of the sorted numbers", () => {
  const [a, b] = [
    normals(300, 1, 4),
    rowsOf(
      normals(300, 1, 5).values.map((x) => 2 * x + 1),
      1,
    ),
  ];
  const [x, y] = [a, b].map(({ values }) => [...values].sort((p, q) => p - q));
  near(wasserstein(a, b), x.reduce((sum, each, i) => sum + Math.abs(each - y[i]), 0) / 300);
});

test("1,000 points take no more than 10 s", () => {
  const start = performance.now();
  wasserstein(normals(1000, 2, 6), normals(1000, 2, 7));
  const seconds = (performance.now() - start) / 1000;
  assert.ok(seconds < 10, `${seconds} s`);
});

test("sets of different sizes are refused", () => {
  assert.throws(() => wasserstein(normals(3, 2, 1), normals(4, 2, 1)), /3 and 4/);
});

test.run();
