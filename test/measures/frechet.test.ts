// The Fréchet distance against closed forms.
import { Matrix } from "ml-matrix";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { frechetDistance, moments } from "../../src/measures/frechet";
import { slice } from "../../src/measures/rows";
import { drawRows, normals } from "./draws";

const near = (got: number, wanted: number, within = 1e-9) =>
  assert.ok(Math.abs(got - wanted) <= within, `${got}, expected ${wanted}`);
const normal = (mean: number[], covariance: number[][]) => ({
  mean: Float64Array.from(mean),
  covariance: new Matrix(covariance),
});

test("moments: mean and covariance of vectors by hand, over n − 1", () => {
  const { mean, covariance } = moments({ values: Float64Array.of(0, 0, 2, 4, 4, 2), count: 3, size: 2 });
  assert.equal([...mean], [2, 2]);
  assert.equal(covariance.to2DArray(), [
    [4, 2],
    [2, 4],
  ]);
});

test("moments: of one vector there is no covariance, and that is said", () => {
  assert.throws(() => moments(normals(1, 3, 1)), /2 vectors or more, got 1/);
});

test("of 2 vectors each in 64 dimensions it is what the singular values of one set times the other say", () => {
  // tr (C D)^½ is the sum of the singular values of X Yᵀ; of two vectors each X Yᵀ has one that is not 0.
  const of = (seed: number) => normals(2, 64, seed);
  const [a, b] = [of(1), of(2)];
  const half = ({ values }: typeof a) =>
    Array.from({ length: 64 }, (_, i) => (values[i] - values[64 + i]) / 2);
  const middle = ({ values }: typeof a) =>
    Array.from({ length: 64 }, (_, i) => (values[i] + values[64 + i]) / 2);
  const dot = (x: number[], y: number[]) => x.reduce((sum, each, i) => sum + each * y[i], 0);
  const [x, y] = [half(a), half(b)];
  const between = middle(a).map((each, i) => each - middle(b)[i]);
  // A covariance is 2 x xᵀ, of trace 2 |x|²; the root of the product has the trace 2 |x · y|.
  const wanted = dot(between, between) + 2 * dot(x, x) + 2 * dot(y, y) - 4 * Math.abs(dot(x, y));
  near(frechetDistance(moments(a), moments(b)), wanted, 1e-5);
});

test("in one dimension it is (m − n)² + (s − t)²", () => {
  near(frechetDistance(normal([1], [[4]]), normal([4], [[0.25]])), 9 + 1.5 ** 2);
});

test("of covariances that commute it is the sum over the axes", () => {
  const a = normal([0, 0, 1], [[1, 0, 0], [0, 4, 0], [0, 0, 9]]); // biome-ignore format: a matrix
  const b = normal([2, 0, 0], [[16, 0, 0], [0, 1, 0], [0, 0, 0]]); // biome-ignore format: a matrix
  near(frechetDistance(a, b), 5 + 9 + 1 + 9);
});

test("of covariances that don't commute: in the plane the root's trace is √(tr CD + 2 √(det C det D))", () => {
  const [c, d] = [
    [[2, 1], [1, 3]],
    [[5, -2], [-2, 1]],
  ]; // biome-ignore format: matrices
  const product = new Matrix(c).mmul(new Matrix(d));
  const trace = Math.sqrt(product.trace() + 2 * Math.sqrt(5 * 1));
  near(frechetDistance(normal([0, 0], c), normal([0, 0], d)), 5 + 6 - 2 * trace);
  near(frechetDistance(normal([0, 0], d), normal([0, 0], c)), 5 + 6 - 2 * trace);
});

test("of a distribution and itself it is 0, a singular one, too", () => {
  const all = normal([1, 2, 3], [[1, 1, 0], [1, 1, 0], [0, 0, 2]]); // biome-ignore format: a matrix
  near(frechetDistance(all, all), 0, 1e-7);
});

test("of samples of two known normal distributions it comes close to theirs", () => {
  const a = moments(normals(20_000, 4, 1));
  const b = moments(drawRows(20_000, 4, 2, (random, at) => 1 + (at + 1) * random.normal()));
  near(frechetDistance(a, b), 4 + 0 + 1 + 4 + 9, 0.4); // three deviations of such samples
});

test("two halves of one set are the nearer the larger they are", () => {
  const all = normals(8_000, 8, 3);
  const halves = (n: number) => frechetDistance(moments(slice(all, 0, n)), moments(slice(all, n, 2 * n)));
  assert.ok(halves(4_000) < halves(400) / 4 && halves(4_000) > 0);
});

test.run();
