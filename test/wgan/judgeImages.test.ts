// A generator of images is judged: one that gives fresh real images, one that repeats some, and one that makes noise. In
// the classifier's place stands the nearest of the clean patterns.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { HostRandom } from "../../src/kernels/threefry";
import { rowsOf } from "../../src/measures/rows";
import { selectClasses } from "../../src/wgan/dataset";
import { type Judged, judgeImages } from "../../src/wgan/judgeImages";
import { DRAWS, type Judgement, meanOf } from "../../src/wgan/judging";
import { fromBytes } from "../../src/wgan/pixels";
import { patterns } from "./patterns";

const classes = [0, 1, 2, 3];
const pixels = 144;
/** Means of many images of each class. */
const clean = classes.map((which) => {
  const { images } = selectClasses(patterns(400, classes, 9), [which]);
  const all = fromBytes(images);
  return Array.from({ length: pixels }, (_, at) => {
    const values = Array.from({ length: 100 }, (_, i) => all[i * pixels + at]);
    return meanOf(values);
  });
});

async function judge(images: Float32Array) {
  const closeness = Float64Array.from({ length: (images.length / pixels) * 4 }, (_, at) => {
    const image = images.subarray(Math.floor(at / 4) * pixels, (Math.floor(at / 4) + 1) * pixels);
    return -clean[at % 4].reduce((sum, x, i) => sum + (x - image[i]) ** 2, 0) / 10;
  });
  const shares = closeness.map((each, at) => {
    const row = closeness.subarray(at - (at % 4), at - (at % 4) + 4);
    return 1 / row.reduce((sum, other) => sum + Math.exp(other - each), 0);
  });
  return { features: rowsOf(closeness, 4), shares: rowsOf(shares, 4) };
}

const train = patterns(1200, classes, 1);
const test120 = patterns(120, classes, 2);

const judged = (draw: Judged["draw"], changes: Partial<Judged> = {}): Promise<Judgement> =>
  judgeImages({
    draw,
    judge,
    train,
    test: test120,
    present: classes,
    wanted: classes,
    hear: () => {},
    ...changes,
  });

const of = ({ figures }: Judgement, name: string) => {
  const found = figures.find((figure) => figure.name.startsWith(name));
  assert.ok(found, `no ${name} among ${figures.map((figure) => figure.name).join(", ")}`);
  return { generated: meanOf(found!.generated), real: meanOf(found!.real), draws: found!.generated.length };
};

/** Fresh real images at each draw. */
const fresh = (labels = classes) => {
  let seed = 100;
  return async (count: number) => fromBytes(patterns(count, labels, seed++).images);
};

test("each part of the work tells its steps, from the first on, and none after the last", async () => {
  const heard: { part: string; steps: number[]; of: number }[] = [];
  await judged(fresh(), {
    hear(part, done, of) {
      if (heard.at(-1)?.part !== part) heard.push({ part, steps: [], of });
      heard.at(-1)!.steps.push(done);
    },
  });
  assert.equal(
    heard.map(({ part, of }) => `${part}: ${of}`),
    [
      "120 test images by the classifier: 120",
      "bins of 1200 training images: 20",
      "10 draws of 60 images: 10",
    ],
  );
  for (const { part, steps, of } of heard) {
    assert.ok(steps[0] === 0 && steps.at(-1)! < of, `${part}: ${steps}`);
    assert.ok(
      steps.every((step, i) => i === 0 || step > steps[i - 1]),
      `${part}: ${steps}`,
    );
  }
});

test("fresh real images come to what the floor is", async () => {
  const judgement = await judged(fresh());
  assert.match(judgement.about, /^10 draws of 60 images against 60 real ones/);
  for (const name of [
    "classifier score",
    "precision",
    "recall",
    "distance between two",
    "distance to the nearest",
  ]) {
    const { generated, real } = of(judgement, name);
    assert.ok(Math.abs(generated / real - 1) < 0.1, `${name}: ${generated}, ${real}`);
  }
  const { generated, real, draws } = of(judgement, "Fréchet distance");
  assert.ok(generated < 2 * real, `${generated}, ${real}`);
  assert.is(draws, DRAWS);
  assert.ok(of(judgement, "bins that differ").generated <= 5);
});

test("bins are of images by chance: in a set whose images alternate between two kinds real ones fill them evenly", async () => {
  const many = patterns(20_000, [0, 1], 7);
  assert.equal([...many.labels.subarray(0, 4)], [0, 1, 0, 1]);
  const real = patterns(1000, [0, 1], 8);
  const judgement = await judged(fresh([0, 1]), {
    train: many,
    test: real,
    judge: undefined,
    present: [0],
    wanted: [0],
  });
  assert.ok(of(judgement, "bins that differ").real <= 5, `${of(judgement, "bins that differ").real}`);
});

test("a generator that repeats one image has no recall and no spread, and noise no precision", async () => {
  const one = fromBytes(patterns(1, classes, 5).images);
  const repeated = await judged(async (count) =>
    Float32Array.from({ length: count * pixels }, (_, at) => one[at % pixels]),
  );
  assert.ok(of(repeated, "recall").generated < 0.3 && of(repeated, "recall").real > 0.7);
  assert.is(of(repeated, "distance between two").generated, 0);
  assert.ok(Math.abs(of(repeated, "KL of classes").generated - Math.log(4)) < 1e-9);
  assert.ok(Math.abs(of(repeated, "classifier score").generated - 1) < 1e-9);
  const random = new HostRandom(4);
  const noise = await judged(async (count) =>
    Float32Array.from({ length: count * pixels }, () => 2 * random.uniform() - 1),
  );
  assert.ok(of(noise, "precision").generated < 0.5, `${of(noise, "precision").generated}`);
  const { generated, real } = of(noise, "Fréchet distance");
  assert.ok(generated > 20 * real);
  assert.ok(of(noise, "kernel distance").generated > 20 * Math.abs(of(noise, "kernel distance").real));
});

test("a run that knows its images by heart is nearer to them than real images are", async () => {
  const judgement = await judged(async (count) => fromBytes(train.images.subarray(0, count * pixels)));
  const { generated, real, draws } = of(judgement, "distance to the nearest");
  assert.ok(generated === 0 && real > 1, `${generated}, ${real}`);
  assert.is(draws, DRAWS);
});

test("of the samples and of the real images those that are nearest to a training image are shown, above that", async () => {
  const copy = fromBytes(train.images.subarray(7 * pixels, 8 * pixels));
  const draw = fresh();
  const judgement = await judged(async (count) => {
    const images = await draw(count);
    images.set(copy); // one of each draw
    return images;
  });
  const { pixels: shown, columns } = judgement.neighbours!;
  assert.is(columns, 16);
  assert.is(shown.length, 4 * columns * pixels);
  const at = (row: number, column: number) =>
    shown.subarray((row * columns + column) * pixels, (row * columns + column + 1) * pixels);
  const apart = (column: number, row: number) =>
    Math.hypot(...at(row, column).map((x, i) => x - at(row + 1, column)[i]));
  for (let column = 0; column < columns; column++) {
    const [made, real] = [apart(column, 0), apart(column, 2)];
    assert.is(made === 0, column < DRAWS, `column ${column}: ${made}`);
    if (column < DRAWS) assert.equal([...at(1, column)], [...copy]);
    if (column > 0) assert.ok(made >= apart(column - 1, 0) && real >= apart(column - 1, 2), `${column}`);
    assert.ok(real > 0);
  }
  const shownReal = Array.from({ length: columns }, (_, column) => at(2, column).join());
  assert.is(new Set(shownReal).size, columns, "no real image comes twice");
  const few = await judged(fresh(), { test: patterns(6, classes, 2) });
  assert.ok(few.neighbours!.columns <= 6);
  assert.is(few.neighbours!.pixels.length, 4 * few.neighbours!.columns * pixels);
});

test("of some classes it says how many are taken for them, and with all that this proves nothing", async () => {
  const two = {
    train: selectClasses(train, [1, 3]),
    test: selectClasses(test120, [1, 3]),
    wanted: [1, 3],
  };
  const half = await judged(fresh(), two);
  const { generated, real } = of(half, "taken for 1, 3, %");
  assert.equal([Math.round(generated), real], [50, 100]);
  const { names, ...counts } = half.classes!;
  assert.equal(names, ["0", "1", "2", "3"]);
  for (const side of ["generated", "real"] as const)
    assert.is(
      counts[side].reduce((sum, n) => sum + n, 0),
      DRAWS * 30,
    );
  assert.equal([counts.real[0], counts.real[2]], [0, 0]);
  const [ofMade, ofReal] = [counts.generated.join(" "), counts.real.join(" ")];
  assert.ok(half.notes.includes(`taken for 0 to 3: ${ofMade}; of the real ones: ${ofReal}`));
  const all = await judged(fresh());
  assert.not(all.figures.some(({ name }) => name.startsWith("taken for")));
  assert.ok(all.notes.some((note) => /proves nothing/.test(note)));
});

test("where no image is taken for a class of the run there is no KL, not the best one, and a note says why", async () => {
  const two = {
    train: selectClasses(train, [1, 3]),
    test: selectClasses(test120, [1, 3]),
    wanted: [1, 3],
  };
  const none = await judged(fresh([0]), two);
  assert.is(of(none, "taken for 1, 3, %").generated, 0);
  assert.ok(Number.isNaN(of(none, "KL of classes").generated));
  assert.ok(none.notes.some((note) => /^NaN: /.test(note)));
  assert.not((await judged(fresh(), two)).notes.some((note) => /^NaN: /.test(note)));
});

test("of few images it is said which figures are off, the floor's too", async () => {
  const few = await judged(fresh(), { test: patterns(10, classes, 2) });
  assert.ok(of(few, "precision").real < 0.5);
  assert.ok(
    few.notes.some((note) => /^with 5 images .* precision and recall too low, the floor's too/.test(note)),
  );
});

test("without classes pixels are compared alone", async () => {
  const { figures, notes } = await judged(fresh([0]), { judge: undefined, present: [0], wanted: [0] });
  assert.equal(
    figures.map(({ name }) => name),
    ["distance between two", "distance to the nearest training image", "bins that differ (NDB), of 100"],
  );
  assert.ok(notes.some((note) => /no classifier/.test(note)));
});

test.run();
