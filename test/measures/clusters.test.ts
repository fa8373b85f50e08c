// K-means, held to the package ml-kmeans where both begin alike.
import { kmeans } from "ml-kmeans";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { HostRandom } from "../../src/kernels/threefry";
import { clusters, improved } from "../../src/measures/clusters";
import { nearest, rowsOf, slice } from "../../src/measures/rows";
import { drawRows, normals } from "./draws";

test("from the same centres it ends where ml-kmeans does", () => {
  const rows = normals(300, 5, 1);
  const arrays = Array.from({ length: 300 }, (_, i) => [...rows.values.slice(5 * i, 5 * i + 5)]);
  const theirs = kmeans(arrays, 7, { initialization: arrays.slice(0, 7), tolerance: 0 });
  const ours = improved(rows, slice(rows, 0, 7), 100);
  assert.ok(theirs.converged);
  assert.ok(theirs.centroids.flat().every((value, at) => Math.abs(value - ours.values[at]) < 1e-9));
  assert.equal([...nearest(rows, ours).places], theirs.clusters);
});

test("well-parted heaps are found, one centre in each", () => {
  let heap = 0;
  const rows = drawRows(500, 2, 2, (random, at) => {
    if (at === 0) heap = random.integer(5);
    return 10 * (at === 0 ? heap : heap ** 2) + random.normal();
  });
  const { values } = clusters(rows, 5, new HostRandom(3));
  const found = Array.from({ length: 5 }, (_, i) => Math.round(values[2 * i] / 10)).sort();
  assert.equal(found, [0, 1, 2, 3, 4]);
});

test("of fewer different vectors than clusters there are as many centres", () => {
  const { count, values } = clusters(rowsOf(Float64Array.of(1, 1, 4, 4, 4), 1), 3, new HostRandom(1));
  assert.is(count, 2);
  assert.equal([...values].sort(), [1, 4]);
});

test.run();
