// Sets of vectors: taken apart, put together, and the nearest of each.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { join, nearest, rowsOf, slice, squaredDistance, take } from "../../src/measures/rows";
import { normals } from "./draws";

const rows = rowsOf(Float64Array.of(1, 2, 3, 4, 5, 6), 2);

test("rowsOf: numbers that don't divide are refused", () => {
  assert.is(rows.count, 3);
  assert.throws(() => rowsOf(new Float64Array(7), 2), /7 numbers/);
});

test("rowsOf: NaN and infinity are refused, since no measure of them says anything", () => {
  for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
    assert.throws(() => rowsOf(Float32Array.of(1, 2, 3, bad), 2), /vector 1 holds NaN or infinity/);
    assert.throws(() => rowsOf(Float64Array.of(bad), 1), /vector 0/);
  }
  assert.is(rowsOf(Float32Array.of(3.4e38, -3.4e38), 1).count, 2); // large ones are numbers
});

test("take, slice and join give the vectors in their order", () => {
  assert.equal([...take(rows, [2, 0]).values], [5, 6, 1, 2]);
  assert.equal([...slice(rows, 1, 3).values], [3, 4, 5, 6]);
  assert.equal([...join(slice(rows, 2, 3), rows).values], [5, 6, 1, 2, 3, 4, 5, 6]);
});

test("squaredDistance is exact up to its bound, and past it once it is past", () => {
  const [a, b] = [normals(1, 100, 1), normals(1, 100, 2)];
  const exact = [...a.values].reduce((sum, x, i) => sum + (x - b.values[i]) ** 2, 0);
  assert.ok(Math.abs(squaredDistance(a, 0, b, 0) - exact) < 1e-9);
  assert.is(squaredDistance(a, 0, b, 0, exact + 1), squaredDistance(a, 0, b, 0));
  assert.ok(squaredDistance(a, 0, b, 0, exact / 2) > exact / 2);
});

test("nearest is the nearest of all, as looking at each says", () => {
  const [a, b] = [normals(30, 70, 3), normals(50, 70, 4)];
  const { places, distances } = nearest(a, b);
  for (let i = 0; i < a.count; i++) {
    const all = Array.from({ length: b.count }, (_, j) => squaredDistance(a, i, b, j));
    assert.is(places[i], all.indexOf(Math.min(...all)));
    assert.is(distances[i], Math.sqrt(Math.min(...all)));
  }
  const guess = Int32Array.from({ length: 30 }, (_, i) => (7 * i) % 50);
  assert.equal(nearest(a, b, guess), nearest(a, b));
  assert.equal([...nearest(a, a).distances], new Array(30).fill(0));
});

test.run();
