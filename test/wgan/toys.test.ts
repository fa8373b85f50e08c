// The toys in the plane: their modes, spreads and scales are the published ones, and a seed fixes them.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { drawToy, toyNames } from "../../src/wgan/toys";

const count = 20_000;
const pairs = (points: Float32Array) =>
  Array.from({ length: points.length / 2 }, (_, i) => [points[2 * i], points[2 * i + 1]]);

/** Points by their nearest centre: how many, and the root of the mean square of a coordinate's distance to it. */
function modes(points: Float32Array, centres: number[][]): { shares: number[]; deviation: number } {
  const counts = centres.map(() => 0);
  let squares = 0;
  for (const [x, y] of pairs(points)) {
    const distances = centres.map(([a, b]) => (x - a) ** 2 + (y - b) ** 2);
    const nearest = Math.min(...distances);
    counts[distances.indexOf(nearest)]++;
    squares += nearest / 2;
  }
  return {
    shares: counts.map((n) => (n * 2 * centres.length) / points.length),
    deviation: Math.sqrt((2 * squares) / points.length),
  };
}

for (const name of toyNames) {
  test(`${name}: the same seed gives the same points, another others, all finite`, () => {
    const first = drawToy(name, 500, 1);
    assert.equal([first.kind, first.count, first.source, first.points.length], ["points", 500, name, 1000]);
    assert.equal(drawToy(name, 500, 1), first);
    assert.not.equal(drawToy(name, 500, 2).points, first.points);
    assert.ok(first.points.every(Number.isFinite));
  });
}

test("8gaussians: eight modes on a ring of radius √2, equally often, of deviation 0.02 / 1.414", () => {
  const centres = Array.from({ length: 8 }, (_, i) => [
    (2 * Math.cos((Math.PI * i) / 4)) / Math.SQRT2,
    (2 * Math.sin((Math.PI * i) / 4)) / Math.SQRT2,
  ]);
  const { shares, deviation } = modes(drawToy("8gaussians", count, 1).points, centres);
  for (const share of shares) assert.ok(Math.abs(share - 1) < 0.08, `${shares}`);
  assert.ok(Math.abs(deviation / (0.02 / Math.SQRT2) - 1) < 0.03, `${deviation}`);
});

test("25gaussians: a grid from -√2 to √2, equally often, of deviation 0.05 / 2.828", () => {
  const at = [-2, -1, 0, 1, 2].map((i) => i / Math.SQRT2);
  const { shares, deviation } = modes(
    drawToy("25gaussians", count, 1).points,
    at.flatMap((x) => at.map((y) => [x, y])),
  );
  for (const share of shares) assert.ok(Math.abs(share - 1) < 0.15, `${shares}`);
  assert.ok(Math.abs(deviation / (0.05 / 2.828) - 1) < 0.03, `${deviation}`);
});

test("swissroll: every point is near the spiral of radius t at angle t, t from 1.5π to 4.5π, over 7.5", () => {
  const turns: number[] = [];
  for (const [x, y] of pairs(drawToy("swissroll", count, 1).points)) {
    const radius = 7.5 * Math.hypot(x, y);
    const angle = Math.atan2(y, x);
    const turn = Math.round((radius - angle) / (2 * Math.PI));
    const t = angle + 2 * Math.PI * turn;
    assert.ok(Math.abs(radius - t) < 5 * 0.25, `${x}, ${y}`);
    turns.push(radius);
  }
  const mean = turns.reduce((sum, t) => sum + t, 0) / count;
  assert.ok(Math.abs(mean - 3 * Math.PI) < 0.1, `${mean}`);
  assert.ok(Math.min(...turns) > 1.5 * Math.PI - 1.2 && Math.max(...turns) < 4.5 * Math.PI + 1.2);
});

test.run();
