// The mean distance of pairs, by hand.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { meanPairwiseDistance } from "../../src/measures/pairs";
import { rowsOf } from "../../src/measures/rows";

test("meanPairwiseDistance: over every pair once, in Euclid's measure", () => {
  assert.is(meanPairwiseDistance(rowsOf(Float32Array.of(0, 0, 3, 4), 2)), 5);
  assert.is(meanPairwiseDistance(rowsOf(Float32Array.of(0, 1, 4), 1)), (1 + 4 + 3) / 3);
  assert.is(meanPairwiseDistance(rowsOf(Float32Array.of(2, 2, 2), 1)), 0); // a collapsed generator
  assert.ok(Number.isNaN(meanPairwiseDistance(rowsOf(Float32Array.of(1), 1)))); // a single image has no pair
});

test.run();
