// The classifier's score and the histogram of classes, against closed forms.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { classifierScore, histogram, klTo, klToUniform, largest } from "../../src/measures/classes";
import { rowsOf } from "../../src/measures/rows";

const near = (got: number, wanted: number) => assert.ok(Math.abs(got - wanted) < 1e-12, `${got}`);
const score = (...answers: number[][]) =>
  classifierScore(rowsOf(Float64Array.from(answers.flat()), answers[0].length));

test("classifierScore: sure answers that hit all classes alike give their number", () => {
  near(score([1, 0, 0], [0, 1, 0], [0, 0, 1]), 3);
  near(score([1, 0, 0], [0, 1, 0]), 2);
});

test("classifierScore: answers that are alike, sure or not, give 1", () => {
  near(score([0, 1, 0], [0, 1, 0]), 1);
  near(score([0.2, 0.3, 0.5], [0.2, 0.3, 0.5]), 1);
});

test("classifierScore: half-sure answers give what the formula says", () => {
  near(score([0.9, 0.1], [0.1, 0.9]), Math.exp(0.9 * Math.log(1.8) + 0.1 * Math.log(0.2)));
});

test("largest: the first of the largest numbers of a row", () => {
  assert.equal([...largest(rowsOf(Float64Array.of(1, 3, 2, 5, 4, 5), 3))], [1, 0]);
});

test("histogram and its KL to uniform: 0 where all are alike, log of the number where one has all", () => {
  assert.equal(histogram([2, 0, 2, 2], 4), [1, 0, 3, 0]);
  near(klToUniform([7, 7, 7]), 0);
  near(klToUniform([0, 9, 0, 0]), Math.log(4));
  near(klToUniform([3, 1]), 0.75 * Math.log(1.5) + 0.25 * Math.log(0.5));
});

test("of no counts at all there is no KL: it is NaN, and not 0, the best", () => {
  assert.ok(Number.isNaN(klToUniform([0, 0, 0])));
  assert.ok(Number.isNaN(klTo([1, 2], [0, 0])));
});

test("klTo: counts against others, whatever their totals", () => {
  near(klTo([1, 3], [10, 30]), 0);
  near(klTo([1, 1], [3, 1]), 0.5 * Math.log(2 / 3) + 0.5 * Math.log(2));
  assert.is(klTo([1, 1], [1, 0]), Number.POSITIVE_INFINITY);
});

test.run();
