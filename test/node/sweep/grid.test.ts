// The grid and the seeds: what they mean, and what is told of those that mean nothing.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { parseGrid, parseSeeds, pointsOf } from "../../../src/node/sweep/grid";
import { complaint } from "../../complaint";

test("settings stand between spaces and values between commas; a list stands in brackets", () => {
  assert.equal(parseGrid(" optimizer.learningRate=1e-5,5e-5  data.classes=[0, 1],[5],all "), [
    { name: "optimizer.learningRate", values: ["1e-5", "5e-5"] },
    { name: "data.classes", values: ["[0, 1]", "[5]", "all"] },
  ]);
  assert.equal(parseGrid("batch=32"), [{ name: "batch", values: ["32"] }]);
});

test("seeds are numbers and ranges", () => {
  assert.equal(parseSeeds("0-4"), [0, 1, 2, 3, 4]);
  assert.equal(parseSeeds("7,0-1,4294967295"), [7, 0, 1, 4294967295]);
});

test("every combination is a point, the last setting the fastest; without a grid there is one", () => {
  assert.equal(
    pointsOf(parseGrid("batch=32,64 ema=0,0.9"), 1).map((point) => point.flat().join(" ")),
    ["batch 32 ema 0", "batch 32 ema 0.9", "batch 64 ema 0", "batch 64 ema 0.9"],
  );
  assert.equal(pointsOf([], 5), [[]]);
});

test("a grid that is off gets one line", () => {
  for (const [text, expected] of [
    ["", '--grid "": expected NAME=VALUE,VALUE,…'],
    ["batch", '--grid "batch": expected NAME=VALUE,VALUE,… with a space between two settings.'],
    ["batch=32,,64", '--grid "batch=32,,64": a value is empty.'],
    ["batch=32,32", '--grid "batch=32,32": 32 is there twice.'],
    ["batch=32 batch=64", "--grid: batch is there twice."],
    [
      "optimizer.learningrate=1",
      "--grid: optimizer.learningrate is no setting of train, the nearest is optimizer.learningRate.",
    ],
    ["out=a,b", "--grid: out is no setting of train"],
    ["seed=1,2", "--grid: the seeds have an option of their own, --seeds 0-4."],
  ] as const)
    assert.ok(
      complaint(() => parseGrid(text)).startsWith(expected),
      complaint(() => parseGrid(text)),
    );
});

test("seeds that are off get one line, and so do more runs than anyone means", () => {
  for (const text of ["", "a", "1-", "-1", "1.5", "0-4,"])
    assert.is(
      complaint(() => parseSeeds(text)),
      `--seeds "${text}": expected seeds such as 0-4 or 0,3,7-9.`,
    );
  assert.is(
    complaint(() => parseSeeds("4-0")),
    '--seeds "4-0": 4-0 goes backwards.',
  );
  assert.is(
    complaint(() => parseSeeds("0-4,3")),
    '--seeds "0-4,3": 3 is there twice.',
  );
  assert.is(
    complaint(() => parseSeeds("0-4294967296")),
    '--seeds "4294967296": expected a whole number from 0 to 4294967295.',
  );
  assert.is(
    complaint(() => parseSeeds("0-99999")),
    '--seeds "0-99999": at most 10000 runs.',
  );
  assert.match(
    complaint(() => pointsOf(parseGrid("ema=0,0.9"), 5001)),
    /^2 points of the grid by 5001 seeds are 10002 runs, expected at most 10000\.$/,
  );
});

test.run();
