// Precision and recall: 1 of equal sets, 0 of disjoint ones, and each by itself where one set is a part of the other.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { curve, precisionRecall } from "../../src/measures/precisionRecall";
import { drawRows, normals } from "./draws";

/** Points of so many heaps far from each other. */
const heaps = (count: number, seed: number) =>
  drawRows(1000, 1, seed, (random) => 1000 * random.integer(count) + random.normal());

test("of a set and itself both are 1", () => {
  const set = normals(400, 3, 1);
  const { precision, recall } = precisionRecall(set, set, 1);
  assert.ok(precision > 0.999 && recall > 0.999, `${precision}, ${recall}`);
});

test("of two sets of one distribution both are near 1", () => {
  const { precision, recall } = precisionRecall(normals(1000, 3, 1), normals(1000, 3, 2), 1);
  assert.ok(precision > 0.95 && recall > 0.95, `${precision}, ${recall}`);
});

test("of disjoint sets both are 0", () => {
  const far = drawRows(400, 3, 2, (random) => 1000 + random.normal());
  assert.equal(precisionRecall(normals(400, 3, 1), far, 1), { precision: 0, recall: 0 });
});

test("modes that are missing cost recall, and modes that nobody has cost precision", () => {
  const missing = precisionRecall(heaps(5, 1), heaps(10, 2), 1);
  assert.ok(missing.precision > 0.9 && missing.recall < 0.6, JSON.stringify(missing));
  const made = precisionRecall(heaps(10, 1), heaps(5, 2), 1);
  assert.ok(made.precision < 0.6 && made.recall > 0.9, JSON.stringify(made));
});

test("the curve of half the modes: full precision up to half the recall, as in the paper's figure", () => {
  const points = curve([1, 0], [0.5, 0.5]);
  assert.is(points.length, 1001);
  for (const [precision, recall] of points) {
    assert.ok(recall <= 0.5 + 1e-12);
    if (recall < 0.49) assert.ok(precision > 0.999);
  }
  assert.ok(points.some(([precision, recall]) => precision > 0.49 && recall > 0.49));
});

test.run();
