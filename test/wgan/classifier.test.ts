// The classifier on patterns that are easily told apart: it learns them, and the same seed gives the same weights.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Random } from "../../src/autograd";
import { largest } from "../../src/measures/classes";
import { Classifier, stepsFor, trainClassifier } from "../../src/wgan/classifier";
import { presentClasses } from "../../src/wgan/dataset";
import { fromBytes } from "../../src/wgan/pixels";
import { device } from "../device";
import { patterns } from "./patterns";

const bytes = 2 ** 27;

async function trained(data: ReturnType<typeof patterns>): Promise<Classifier> {
  await device();
  const classes = presentClasses(data).length;
  const classifier = new Classifier([data.height, data.width, data.channels], classes, new Random(1));
  let last = 0;
  const done = (step: number) => {
    last = step;
  };
  await trainClassifier(classifier, data, { seed: 1, bytes, done });
  assert.is(last, stepsFor(data.count));
  return classifier;
}

for (const channels of [1, 3] as const) {
  test(`it tells patterns of ${channels} channels apart that it has not seen, whatever their classes' numbers`, async () => {
    const labels = [3, 7, 26, 300];
    const classifier = await trained(patterns(80, labels, 1, channels));
    const fresh = patterns(41, labels, 2, channels);
    const { features, shares } = await classifier.judge(fromBytes(fresh.images), bytes);
    assert.equal([features.count, features.size, shares.count, shares.size], [41, 64, 41, 4]);
    assert.equal(
      Array.from(largest(shares), (place) => labels[place]),
      [...fresh.labels],
    );
    const sum = (i: number) => Array.from(shares.values.subarray(4 * i, 4 * i + 4)).reduce((a, b) => a + b);
    for (let i = 0; i < 41; i++) assert.ok(Math.abs(sum(i) - 1) < 1e-5);
    classifier.dispose();
  });
}

test("the same seed and images give the same bits, and a smaller binding the same answers", async () => {
  const data = patterns(24, [0, 1], 1);
  const [a, b] = [await trained(data), await trained(data)];
  assert.equal(await a.stateDict(), await b.stateDict());
  const pixels = fromBytes(patterns(7, [0, 1], 3).images);
  const whole = await a.judge(pixels, bytes);
  const apart = await a.judge(pixels, 4 * 6 * 6 * 16 * 2); // two images at once
  assert.equal(a.most(4 * 6 * 6 * 16 * 2), 2);
  assert.ok([...whole.shares.values].every((share, i) => Math.abs(share - apart.shares.values[i]) < 1e-5));
  for (const each of [a, b]) each.dispose();
});

test("images too small to be halved are classified by their pixels", async () => {
  const classifier = await trained(patterns(40, [0, 1], 1, 1, 4));
  const fresh = patterns(20, [0, 1], 2, 1, 4);
  const { shares } = await classifier.judge(fromBytes(fresh.images), bytes);
  assert.equal([...largest(shares)], [...fresh.labels]);
  classifier.dispose();
});

test("steps: ten rounds over the images; of few images more, up to 300 steps or 100 rounds", () => {
  assert.equal([20, 200, 3840, 60_000].map(stepsFor), [100, 200, 300, 4690]);
});

test.run();
