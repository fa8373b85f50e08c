// Marching squares: the level sets of functions whose level sets are known.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { evenLevels, levelSet } from "../../src/wgan/levels";

const field = (columns: number, rows: number, f: (x: number, y: number) => number) => ({
  columns,
  values: Float32Array.from({ length: columns * rows }, (_, i) => f(i % columns, Math.floor(i / columns))),
});

test("of a plane the level sets are straight, and whole", () => {
  const segments = levelSet(
    field(5, 4, (x, y) => x + 2 * y),
    3.5,
  );
  let length = 0;
  for (let i = 0; i < segments.length; i += 4) {
    const [x0, y0, x1, y1] = segments.slice(i, i + 4);
    assert.ok(Math.abs(x0 + 2 * y0 - 3.5) < 1e-6 && Math.abs(x1 + 2 * y1 - 3.5) < 1e-6);
    length += Math.hypot(x1 - x0, y1 - y0);
  }
  // From (3.5, 0) to (0, 1.75).
  assert.ok(Math.abs(length - Math.hypot(3.5, 1.75)) < 1e-5, `${length}`);
});

test("of a cone the level sets are circles", () => {
  const segments = levelSet(
    field(81, 81, (x, y) => Math.hypot(x - 40, y - 40)),
    30,
  );
  let length = 0;
  for (let i = 0; i < segments.length; i += 4) {
    const [x0, y0, x1, y1] = segments.slice(i, i + 4);
    assert.ok(Math.abs(Math.hypot(x0 - 40, y0 - 40) - 30) < 0.02);
    length += Math.hypot(x1 - x0, y1 - y0);
  }
  assert.ok(Math.abs(length / (60 * Math.PI) - 1) < 1e-3, `${length}`);
});

test("every end of a segment is another's, or on the rim: no set has a hole", () => {
  // Integers, which make saddles of every kind, and no corner on the level.
  let state = 1;
  const random = () => {
    state = (state * 48271) % 2147483647;
    return state % 7;
  };
  for (let round = 0; round < 50; round++) {
    const [columns, rows] = [6, 5];
    const segments = levelSet(field(columns, rows, random), 2.5);
    const ends = new Map<string, number>();
    for (let i = 0; i < segments.length; i += 2) {
      const key = `${segments[i].toFixed(9)} ${segments[i + 1].toFixed(9)}`;
      ends.set(key, (ends.get(key) ?? 0) + 1);
    }
    for (const [key, count] of ends) {
      const [x, y] = key.split(" ").map(Number);
      const onRim = x === 0 || y === 0 || x === columns - 1 || y === rows - 1;
      assert.is(count, onRim ? 1 : 2, key);
    }
  }
});

test("a saddle's mean decides which corners are joined", () => {
  const saddle = (high: number) => levelSet({ values: Float32Array.of(high, 0, 0, high), columns: 2 }, 1);
  // Of 4, 0, 0, 4 the mean is above 1: the corners (0, 0) and (1, 1) are joined, the others cut off.
  assert.equal(saddle(4), [0.75, 0, 1, 0.25, 0.25, 1, 0, 0.75]);
  // Of 1.5 it is below: these two are cut off.
  const [x0, y0, x1, y1] = saddle(1.5);
  assert.ok(x0 === 0 && y1 === 0 && Math.abs(y0 - x1) < 1e-6, `${saddle(1.5)}`);
});

test("cells with a NaN have no line, and a constant has no levels", () => {
  const values = Float32Array.of(0, 1, Number.NaN, 0, 1, 2);
  assert.is(levelSet({ values, columns: 3 }, 0.5).length, 4);
  assert.equal(evenLevels(Float32Array.of(2, 2, Number.NaN), 3), []);
  assert.equal(evenLevels(Float32Array.of(Number.NaN, Number.POSITIVE_INFINITY), 3), []);
  assert.equal(evenLevels(Float32Array.of(4, 0, Number.NaN, 1), 3), [1, 2, 3]);
});

test.run();
