// The median filter against its definition, and thinning that hides no peak.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { envelope, evenly, meanAndDeviation, medianFilter } from "../../src/wgan/curves";

let state = 7;
const random = () => {
  state = (state * 48271) % 2147483647;
  return state / 2147483647;
};

test("the median filter is the median of each window, at the ends of what there is", () => {
  for (const window of [1, 3, 5, 101]) {
    const values = Array.from({ length: 60 }, () =>
      random() < 0.1 ? Number.NaN : Math.floor(random() * 20),
    );
    const reach = (window - 1) / 2;
    const expected = values.map((_, i) => {
      const near = values.slice(Math.max(0, i - reach), i + reach + 1).filter(Number.isFinite);
      near.sort((a, b) => a - b);
      const half = near.length >> 1;
      return near.length % 2 ? near[half] : (near[half - 1] + near[half]) / 2;
    });
    assert.equal([...medianFilter(values, window)], expected);
  }
  assert.equal([...medianFilter([])], []);
  assert.equal([...medianFilter([Number.NaN, Number.POSITIVE_INFINITY], 3)], [Number.NaN, Number.NaN]);
});

test("evenly keeps the first and the last, and takes no item twice", () => {
  const items = Array.from({ length: 1001 }, (_, i) => i);
  assert.equal(evenly(items, 5), [0, 250, 500, 750, 1000]);
  assert.is(new Set(evenly(items, 1000)).size, 1000);
  assert.equal(evenly([1, 2], 200), [1, 2]);
  assert.equal(evenly([], 200), []);
});

test("an envelope keeps every peak of every series, in its place to within a piece", () => {
  const rows = Array.from({ length: 50_000 }, (_, i) => ({ step: i + 1, a: Math.sin(i / 900), b: random() }));
  rows[31_234].a = 40;
  rows[777].b = -9;
  rows[778].b = Number.NaN;
  const few = envelope(rows, ["a", "b"], 1000);
  assert.ok(few.length <= 1000 && few.length > 900, `${few.length}`);
  const width = 50_000 / 500;
  assert.ok(few.every((row, i) => i === 0 || row.step > few[i - 1].step));
  assert.equal([few[0].step, few.at(-1)!.step], [1, 50_000]);
  assert.ok(few.some(({ step, a }) => a === 40 && Math.abs(step - 31_235) <= width));
  assert.ok(few.some(({ step, b }) => b === -9 && Math.abs(step - 778) <= width));
  assert.ok(few.every(({ b }) => Number.isFinite(b)));
  // Piece by piece the least and the greatest are those of all rows.
  for (let i = 0; i < few.length; i += 2) {
    const piece = rows.slice(few[i].step - 1, few[i + 1].step).map(({ a }) => a);
    assert.equal([few[i].a, few[i + 1].a], [Math.min(...piece), Math.max(...piece)]);
  }
});

test("an envelope of few rows is the rows, and one of an envelope is one", () => {
  const rows = Array.from({ length: 9000 }, (_, i) => ({ step: i + 1, a: random() }));
  assert.equal(envelope(rows.slice(0, 40), ["a"], 40), rows.slice(0, 40));
  const more = Array.from({ length: 1000 }, (_, i) => ({ step: 9001 + i, a: random() }));
  const twice = envelope([...envelope(rows, ["a"], 200), ...more], ["a"], 200);
  assert.ok(twice.length <= 200);
  const all = [...rows, ...more].map(({ a }) => a);
  const kept = twice.map(({ a }) => a);
  assert.equal([Math.min(...kept), Math.max(...kept)], [Math.min(...all), Math.max(...all)]);
});

test("the mean and the deviation are of the finite values, and one value has no deviation", () => {
  assert.equal(meanAndDeviation([1, 3, Number.NaN, 5]), { mean: 3, deviation: 2 });
  assert.equal(meanAndDeviation([7]), { mean: 7, deviation: Number.NaN });
  assert.ok(Number.isNaN(meanAndDeviation([Number.POSITIVE_INFINITY]).mean));
});

test.run();
