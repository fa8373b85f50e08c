// The images that a run learnt from and those to judge by: the data set's own training and test images, of all classes.
import { InputError } from "../errors";
import { shuffled } from "../measures/shuffled";
import type { RunConfig } from "../wgan/config";
import { type ByteDataset, nameAll, nameOf, presentClasses, selectClasses } from "../wgan/dataset";
import { loadData } from "./data";
import { STACKED } from "./dataPath";
import { sha256 } from "./download";

export interface Splits {
  train: ByteDataset;
  /** With the class numbers of `train`. */
  test: ByteDataset;
  /** What a run learns from: `train`, and what of it is held out. */
  whole: ByteDataset;
  /** Whether the test images are some of those that a run learns from, as there are no others. */
  heldOut: boolean;
}

/** Of a set without test images this part is held out. */
const HELD_OUT = 6;
/** Of the order in which test images are taken, and of what is held out. */
const SEED = 1;

/**
 * Loads both for the data of a run, or of a path, of stacks the digits that they are made of; `test` names other images to
 * judge by. Throws InputError where they are points, not of one shape, of other classes, or nothing sound.
 */
export async function loadSplits(
  { path, size, transposed }: Pick<RunConfig["data"], "path" | "size" | "transposed">,
  test?: string,
): Promise<Splits> {
  if (test === STACKED)
    throw new InputError(
      `--data ${STACKED}: expected the images to judge by, not a word for stacks of digits.`,
    );
  const load = async (split: "train" | "test", named: string | null) => {
    const dataDir = named === null || named === STACKED ? undefined : named;
    const found = await loadData({
      ...{ dataDir, size: size ?? undefined, transposed, split },
      ...{ env: process.env, log: console.log },
    });
    if (found.kind === "points")
      throw new InputError(`${found.source}: points in the plane, expected images.`);
    return found;
  };
  const train = await load("train", path);
  const own = await load("test", test ?? path);
  const [a, b] = [train, own].map(({ height, width, channels }) => `${height}x${width}x${channels}`);
  if (a !== b) {
    throw new InputError(
      `${own.source}: ${b} each, but the run makes images of ${a}. Name its test set with --data.`,
    );
  }
  if (own.unlabelled && presentClasses(train).length > 1) {
    throw new InputError(
      `${own.source}: nothing says of which class a test image is, expected labels or a folder for each class.`,
    );
  }
  if (sha256(train.images) !== sha256(own.images))
    return { train, test: mixed(withClassesOf(train, own)), whole: train, heldOut: false };
  const { kept, held } = parted(train);
  console.log(
    `data: no test images of its own, so ${held.length} of these are held out from the classifier; the run has seen them`,
  );
  return { train: pick(train, kept), test: pick(train, held), whole: train, heldOut: true };
}

/** The images of classes that the training images have, too, with the numbers that those have there: names tell. */
function withClassesOf(train: ByteDataset, test: ByteDataset): ByteDataset {
  const present = presentClasses(train);
  const numbers = new Map(present.map((label) => [nameOf(train, label), label]));
  const own = presentClasses(test);
  // Where there is one class on each side, a folder's name says nothing.
  if (own.length === 1 && present.length === 1) numbers.set(nameOf(test, own[0]), present[0]);
  const [known, strange] = [true, false].map((is) =>
    own.filter((label) => numbers.has(nameOf(test, label)) === is),
  );
  if (known.length === 0) {
    throw new InputError(
      `${test.source}: images of ${nameAll(test, strange)}, expected some of ${nameAll(train, present)}, as the run's data have.`,
    );
  }
  if (strange.length > 0)
    console.log(`data: left out of the test images, as the run's data have none: ${nameAll(test, strange)}`);
  const chosen = strange.length === 0 ? test : selectClasses(test, known);
  const labels = chosen.labels.map((label) => numbers.get(nameOf(test, label))!);
  return { ...chosen, labels, classes: train.classes };
}

/**
 * The places of what is kept and what is held out, both in a random order: folders have images class by class. Which are held
 * out is left to chance, of classes, too: were they as many of each, what one half of them has too much of, the other would
 * lack, and the floor would be too high. Only no class that has two images is without one on either side.
 */
function parted({ labels, count }: ByteDataset): { kept: number[]; held: number[] } {
  const order = shuffled(count, SEED);
  const last = new Map(order.map((place) => [labels[place], place]));
  const first = new Map(order.toReversed().map((place) => [labels[place], place]));
  const [kept, held]: [number[], number[]] = [[], []];
  order.forEach((place, i) => {
    const label = labels[place];
    const out = place !== last.get(label) && (i < count / HELD_OUT || place === first.get(label));
    (out ? held : kept).push(place);
  });
  return { kept, held };
}

const mixed = (data: ByteDataset): ByteDataset => pick(data, shuffled(data.count, SEED));

function pick(data: ByteDataset, places: readonly number[]): ByteDataset {
  const size = data.images.length / data.count;
  const images = new Uint8Array(places.length * size);
  places.forEach(
    (from, to) => void images.set(data.images.subarray(from * size, (from + 1) * size), to * size),
  );
  return {
    ...data,
    images,
    labels: Uint16Array.from(places, (place) => data.labels[place]),
    count: places.length,
  };
}
