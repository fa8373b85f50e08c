// The two measures of generated digits, on images made by hand: flat ones, whose distances are known.
// Two flat images that differ by d in each pixel lie √784 · d = 28 d apart.
import { test } from "uvu";
import * as assert from "uvu/assert";
import * as measures from "../../src/wgan/evaluate";

const { fromBytes } = measures;
const vote = (images: Float32Array, labelled: Float32Array, labels: Uint8Array, k?: number) =>
  measures.vote(images, labelled, labels, 784, k);
const meanPairwiseDistance = (images: Float32Array) => measures.meanPairwiseDistance(images, 784);

/** Flat images of the given values. */
const flat = (...values: number[]) =>
  Float32Array.from(values.flatMap((value) => new Array<number>(784).fill(value)));

test("bytes become numbers in [−1, 1], paper −1 and ink +1", () => {
  assert.equal([...fromBytes(Uint8Array.of(0, 255))], [-1, 1]);
  assert.ok(Math.abs(fromBytes(Uint8Array.of(51))[0] + 0.6) < 1e-7);
});

test("vote: the label of most of the k nearest, image by image", () => {
  const labelled = flat(-1, -0.9, -0.8, 0.8, 0.9, 1);
  const labels = Uint8Array.of(3, 3, 8, 8, 5, 5);
  assert.equal(vote(flat(-1, 1), labelled, labels, 3), [3, 5]);
  assert.equal(vote(flat(-0.81, 0.79), labelled, labels, 1), [8, 8]);
});

test("vote: three farther ones outvote two nearer ones among five, the default", () => {
  const labelled = flat(0.01, 0.02, 0.1, 0.11, 0.12, 0.9, 0.91);
  const labels = Uint8Array.of(1, 1, 7, 7, 7, 4, 4);
  assert.equal(vote(flat(0), labelled, labels), [7]);
  assert.equal(vote(flat(0), labelled, labels, 2), [1]);
});

test("vote: on a tie the nearest decides, and fewer than k labelled images are enough", () => {
  const labelled = flat(0.1, 0.2, 0.3, 0.4);
  assert.equal(vote(flat(0), labelled, Uint8Array.of(6, 2, 2, 6), 4), [6]);
  assert.equal(vote(flat(0), labelled, Uint8Array.of(2, 6, 6, 2), 4), [2]);
  assert.equal(vote(flat(0.5), flat(0.1), Uint8Array.of(9)), [9]);
});

test("vote looks at where the ink is, not at how much of it", () => {
  const pattern = (column: number) =>
    Float32Array.from({ length: 784 }, (_, p) => (p % 28 === column ? 1 : -1));
  const labelled = new Float32Array([...pattern(5), ...pattern(20)]);
  assert.equal(vote(pattern(20), labelled, Uint8Array.of(1, 2), 1), [2]);
});

test("images may have any number of pixels and channels", () => {
  const labelled = Float32Array.of(0, 0, 0, 1, 1, 1);
  assert.equal(measures.vote(Float32Array.of(0.9, 1, 0.8), labelled, Uint16Array.of(26, 300), 3, 1), [300]);
  assert.is(measures.meanPairwiseDistance(Float32Array.of(0, 0, 3, 4), 2), 5);
});

test("meanPairwiseDistance: over every pair once, in Euclid's measure", () => {
  const near = (got: number, wanted: number) => assert.ok(Math.abs(got - wanted) < 1e-4, `${got}`);
  near(meanPairwiseDistance(flat(0, 0.5)), 14);
  near(meanPairwiseDistance(flat(0, 0.25, 0.75)), (28 * (0.25 + 0.75 + 0.5)) / 3);
  assert.is(meanPairwiseDistance(flat(0.3, 0.3, 0.3)), 0); // a collapsed generator
  const one = new Float32Array(2 * 784);
  one[3] = 2;
  near(meanPairwiseDistance(one), 2);
  assert.ok(Number.isNaN(meanPairwiseDistance(flat(1)))); // a single image has no pair
});

test.run();
