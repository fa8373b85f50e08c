// The critic over the plane: where it is asked, and what the picture shows of it.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { criticPlaces, criticPlot } from "../../../src/node/outputs/criticPlot";
import { decodePng } from "../../../src/node/png";

const side = 41;
const places = criticPlaces(side, 2);
const critic = Float32Array.from({ length: side * side }, (_, i) =>
  Math.hypot(places[2 * i], places[2 * i + 1]),
);
const data = Float32Array.of(1, 1, -1, -1, 5, 5);
const generated = Float32Array.of(0.5, 0, Number.NaN, 0);

test("the critic is asked on a grid over the window, row by row from below", () => {
  assert.equal([...criticPlaces(2, 1)], [-1, -1, 1, -1, -1, 1, 1, 1]);
  assert.is(places.length, 2 * side * side);
});

test("the picture has sixteen level sets, the points in the window, axes and a legend", async () => {
  const { svg, png } = await criticPlot({ data, generated, critic }, 2);
  assert.is([...svg.matchAll(/<path d="M[^"]+L[^"]+" fill="none"/g)].length, 16);
  assert.is([...svg.matchAll(/<circle [^>]*r="(2.4|1.3)"/g)].length, 3);
  for (const text of ["data", "generated", "low to high", "−2", "2"]) assert.ok(svg.includes(text), text);
  assert.not.match(svg, /NaN|Infinity/);
  const { width, height } = decodePng(png);
  assert.ok(width > 800 && height > 800);
});

test("a constant critic has no level sets, and values that are no square grid are refused", async () => {
  const { svg } = await criticPlot({ data, generated, critic: new Float32Array(9) }, 2);
  assert.not.match(svg, /<path d="M[^"]+L/);
  await criticPlot({ data, generated, critic: new Float32Array(8) }, 2).then(
    () => assert.unreachable(),
    (error) => assert.match(error.message, /8 values of the critic/),
  );
});

test.run();
