// What is measured during training: real samples come to about the floor, and what is wrong with others is seen.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { rowsOf } from "../../src/measures/rows";
import type { ByteDataset } from "../../src/wgan/dataset";
import { imageEvaluator, pointEvaluator } from "../../src/wgan/evaluating";
import { fromBytes } from "../../src/wgan/pixels";
import { classesAsIn } from "../../src/wgan/sampling";
import { drawToy, modesOf } from "../../src/wgan/toys";

/** Images of two pixels: the first says the class, and a "classifier" takes both for its features. */
const images = Uint8Array.from({ length: 80 }, (_, i) =>
  i % 2 === 0 ? (i % 4 === 0 ? 255 : 0) : (i * 37) % 256,
);
const held: ByteDataset = {
  ...{ kind: "images", images, count: 40, height: 1, width: 2, channels: 1, source: "made up" },
  labels: Uint16Array.from({ length: 40 }, (_, i) => (i % 2 === 0 ? 3 : 7)),
};
const judge = async (pixels: Float32Array) => ({
  features: rowsOf(pixels, 2),
  shares: rowsOf(
    pixels.map((_, at) => (pixels[at - (at % 2)] > 0 === (at % 2 === 0) ? 1 : 0)),
    2,
  ),
});

test("images: the distance of the test images themselves is 0, of others the floor, and classes are counted", async () => {
  const evaluator = await imageEvaluator({ judge, right: 0.9, test: held, present: [3, 7], wanted: [3, 7] });
  assert.is(evaluator.count, 20);
  const same = await evaluator.figures(async () => fromBytes(images.subarray(0, 40)));
  assert.equal(Object.keys(same), ["frechet", "frechet_floor", "classifier_right", "class_3", "class_7"]);
  assert.ok(Math.abs(same.frechet) < 1e-6, `${same.frechet}`);
  assert.equal([same.class_3, same.class_7], [10, 10]);
  const others = await evaluator.figures(async () => fromBytes(images.subarray(40)));
  assert.is(others.frechet, same.frechet_floor);
  const one = await evaluator.figures(async () => new Float32Array(40).fill(1));
  assert.equal([one.class_3, one.class_7], [20, 0]);
  assert.ok(one.frechet > 10 * others.frechet);
});

test("networks that are told the class are told each as often as the real images are of it, by chance", () => {
  const labels = [2, 2, 2, 9, 5, 5, 2, 2]; // 5 of 8, 1 of 8, 2 of 8
  const classOf = classesAsIn(labels, [2, 5, 9], 1);
  const told = Array.from({ length: 8000 }, classOf);
  const counts = [0, 1, 2].map((each) => told.filter((label) => label === each).length);
  for (const [i, wanted] of [5000, 2000, 1000].entries())
    assert.ok(Math.abs(counts[i] - wanted) < 5 * Math.sqrt(wanted), `${counts}`);
  // Not in turn: a few draws are no even ones, and later draws go on.
  const few = Array.from({ length: 20 }, () => [0, 1, 2].map(() => classOf()).join());
  assert.ok(new Set(few).size > 3, few.join(" "));
});

test("points: the toy's own are near the floor and hit all modes, those of one mode do not", async () => {
  for (const [toy, modes] of [
    ["8gaussians", 8],
    ["25gaussians", 25],
  ] as const) {
    const { count, figures } = pointEvaluator(toy);
    const real = await figures(async () => drawToy(toy, count, 5).points);
    assert.equal(Object.keys(real), ["wasserstein_1", "wasserstein_1_floor", "modes", "near_a_mode"]);
    assert.ok(real.wasserstein_1 < 2 * real.wasserstein_1_floor, JSON.stringify(real));
    assert.is(real.modes, modes);
    assert.ok(Math.abs(real.near_a_mode - 0.989) < 0.01);
    const { centres } = modesOf(toy)!;
    const one = await figures(async () =>
      Float32Array.from({ length: 2 * count }, (_, at) => centres[at % 2]),
    );
    assert.equal([one.modes, one.near_a_mode], [1, 1]);
    assert.ok(one.wasserstein_1 > 5 * real.wasserstein_1);
  }
});

test("the roll has no modes", async () => {
  const { count, figures } = pointEvaluator("swissroll");
  const real = await figures(async () => drawToy("swissroll", count, 5).points);
  assert.equal(Object.keys(real), ["wasserstein_1", "wasserstein_1_floor"]);
});

test.run();
