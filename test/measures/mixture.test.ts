// Modes and the share within three deviations.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { countModes } from "../../src/measures/mixture";
import { rowsOf } from "../../src/measures/rows";
import { drawRows } from "./draws";

const centres = rowsOf(Float64Array.of(0, 0, 10, 0, 0, 10), 2);

test("a point counts within three deviations of the nearest mode, and a mode with one such point", () => {
  const points = rowsOf(Float64Array.of(0.1, 0, 2.9, 0, 3.1, 0, 10, 2, 5, 5), 2);
  assert.equal(countModes(points, centres, 1), { modes: 2, share: 3 / 5 });
  assert.equal(countModes(rowsOf(Float64Array.of(5, 5), 2), centres, 1), { modes: 0, share: 0 });
});

test("of the mixture itself the share is 1 − exp(−9/2)", () => {
  let mode = 0;
  const points = drawRows(40_000, 2, 1, (random, at) => {
    if (at === 0) mode = random.integer(3);
    return centres.values[2 * mode + at] + random.normal();
  });
  const { modes, share } = countModes(points, centres, 1);
  assert.is(modes, 3);
  assert.ok(Math.abs(share - (1 - Math.exp(-4.5))) < 0.002, `${share}`);
});

test.run();
