// The rank correlation against its definition, and a table's worked example.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { rankCorrelation } from "../../src/measures/ranks";

test("of what rises together it is 1, whatever the units, and of opposites −1", () => {
  const x = [3, -1, 7, 0.5, 100];
  assert.ok(
    Math.abs(
      rankCorrelation(
        x,
        x.map((each) => Math.exp(each / 30)),
      ) - 1,
    ) < 1e-12,
  );
  assert.ok(
    Math.abs(
      rankCorrelation(
        x,
        x.map((each) => -each),
      ) + 1,
    ) < 1e-12,
  );
});

test("without ties it is 1 − 6 Σ d² / (n (n² − 1)): hours of television against IQ, −29/165", () => {
  const iq = [106, 86, 100, 101, 99, 103, 97, 113, 112, 110];
  const hours = [7, 0, 27, 50, 28, 29, 20, 12, 6, 17];
  assert.ok(Math.abs(rankCorrelation(iq, hours) + 29 / 165) < 1e-12);
});

test("equal values share their places", () => {
  // Ranks 0, 1.5, 1.5, 3 against 0, 1, 2, 3: Pearson's is 4.5 / √(4.5 · 5).
  assert.ok(Math.abs(rankCorrelation([1, 2, 2, 3], [1, 2, 3, 4]) - 4.5 / Math.sqrt(4.5 * 5)) < 1e-12);
});

test("a NaN has no place, so there is none", () => {
  assert.ok(Number.isNaN(rankCorrelation([1, 2, Number.NaN], [3, 2, 1])));
  assert.ok(Number.isNaN(rankCorrelation([1, 2, 3], [Number.NaN, Number.NaN, 1])));
});

test("a constant has none, and lengths must be equal", () => {
  assert.ok(Number.isNaN(rankCorrelation([1, 1], [1, 2])));
  assert.ok(Number.isNaN(rankCorrelation([], [])));
  assert.throws(() => rankCorrelation([1], [1, 2]), /the lengths must be equal, got 1 and 2/);
});

test.run();
