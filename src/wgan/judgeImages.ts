// Judges a generator of images: by the answers and the features of a classifier of the data, and by pixels.
import { HostRandom } from "../kernels/threefry";
import { BIN_ITERATIONS, binned, differentBins, makeBins } from "../measures/bins";
import { classifierScore, histogram, klToUniform, largest } from "../measures/classes";
import { frechetDistance, moments } from "../measures/frechet";
import { kernelDistance } from "../measures/kernelDistance";
import { meanPairwiseDistance } from "../measures/pairs";
import { precisionRecall } from "../measures/precisionRecall";
import { join, nearest, type Rows, rowsOf, slice, take } from "../measures/rows";
import { type ByteDataset, nameAll } from "./dataset";
import { DRAWS, type Figure, type Hear, type Judgement } from "./judging";
import { fromBytes } from "./pixels";

/** Images of a draw, where there are twice as many test images. */
export const PER_DRAW = 1000;
/** Numbers of pixels of a set that are looked at: bounds the memory. */
export const MOST_NUMBERS = 2 ** 26;
/** Training images that bins are made of, and images in a bin at least. */
const BINNED = 10_000;
const LEAST_IN_BIN = 10;
/** Images whose nearest training image is looked for, and whose distances from each other. */
const LOOKED_AT = 200;
/** Test images that the classifier sees at once. */
const AT_ONCE = 1000;
/** Classes whose counts fit on a line. */
const MOST_COUNTED = 30;

/** What a classifier says of images. */
export interface Seen {
  features: Rows;
  shares: Rows;
}

export interface Judged {
  /** Images in [−1, 1] of a new draw. */
  draw: (count: number) => Promise<Float32Array>;
  /** The classifier, where the data have classes to tell apart. */
  judge?: (pixels: Float32Array) => Promise<Seen>;
  /** Real images of the classes that the run was trained on: those it was trained on, and others. */
  train: ByteDataset;
  test: ByteDataset;
  /** All classes of the data in the classifier's order, and those of the run. */
  present: readonly number[];
  wanted: readonly number[];
  hear: Hear;
}

/** Images by their pixels, and what the classifier sees in them. */
interface Images {
  pixels: Rows;
  seen?: Seen;
}

/** Figures of one draw beside as many real images, and how they are called. */
interface Measure {
  names: string[];
  decimals: number;
  of: (images: Images, reference: Images, draw: number) => number[];
}

/** By pixels alone. */
const apart: Measure = {
  names: ["distance between two"],
  decimals: 2,
  of: ({ pixels }) => [meanPairwiseDistance(firstOf(pixels, LOOKED_AT))],
};

/** By what the classifier sees. */
function classified({ present, wanted, test }: Judged): Measure[] {
  const measure = (
    names: string[],
    decimals: number,
    of: (images: Seen, reference: Seen, draw: number) => number[],
  ): Measure => ({ names, decimals, of: ({ seen }, reference, draw) => of(seen!, reference.seen!, draw) });
  const takenFor = ({ shares }: Seen) => Array.from(largest(shares), (place) => present[place]);
  const ofWanted = (images: Seen) => takenFor(images).filter((label) => wanted.includes(label));
  const share = measure([`taken for ${nameAll(test, wanted)}, %`], 1, (images) => [
    (100 * ofWanted(images).length) / images.shares.count,
  ]);
  const even = measure(["KL of classes to uniform"], 4, (images) => {
    const places = ofWanted(images).map((label) => wanted.indexOf(label));
    return [klToUniform(histogram(places, wanted.length))];
  });
  return [
    ...(wanted.length < present.length ? [share] : []),
    ...(wanted.length > 1 ? [even] : []),
    measure([`classifier score, 1 to ${present.length}`], 2, ({ shares }) => [classifierScore(shares)]),
    measure(["Fréchet distance"], 2, ({ features }, reference) => [
      frechetDistance(moments(features), moments(reference.features)),
    ]),
    measure(["kernel distance"], 3, ({ features }, reference) => [
      kernelDistance(features, reference.features),
    ]),
    measure(["precision, 0 to 1", "recall, 0 to 1"], 3, ({ features }, reference, draw) => {
      const { precision, recall } = precisionRecall(features, reference.features, draw);
      return [precision, recall];
    }),
  ];
}

/** Takes all figures. There are two test images or more. */
export async function judgeImages(judged: Judged): Promise<Judgement> {
  const { train, test, judge, hear, present } = judged;
  const size = test.height * test.width * test.channels;
  const most = Math.floor(MOST_NUMBERS / size);
  const pixelsOf = ({ images, count }: ByteDataset, limit: number) => {
    const bytes = new Uint8Array(Math.min(count, most, limit) * size);
    someOf(count, bytes.length / size).forEach((place, i) => {
      bytes.set(images.subarray(place * size, (place + 1) * size), i * size);
    });
    return rowsOf(fromBytes(bytes), size);
  };
  const see = async (pixels: Float32Array): Promise<Images> => ({
    pixels: rowsOf(pixels, size),
    ...(judge && { seen: await judge(pixels) }),
  });

  const pixels = pixelsOf(test, 10 * PER_DRAW);
  const seen = judge && (await seeAll(pixels, judge, hear));
  const known = pixelsOf(train, train.count);
  const count = Math.min(PER_DRAW, Math.floor(pixels.count / 2));
  const measures = [...(judge ? classified(judged) : []), apart];
  const figures = measures.map(({ names, decimals }) => names.map((name) => figure(name, decimals)));
  const some = take(known, someOf(known.count, Math.min(known.count, BINNED)));
  const beganBins = (iteration: number) =>
    hear(`bins of ${some.count} training images`, iteration, BIN_ITERATIONS);
  const bins = known.count >= 100 * LEAST_IN_BIN ? makeBins(some, new HostRandom(1), beganBins) : undefined;
  const binnedInAll = Math.min(pixels.count, DRAWS * count); // as many of each side as there are of both
  const counts = new Array<number>(bins?.centres.count ?? 0).fill(0);
  const taken = new Array<number>(present.length).fill(0);
  let first: Rows | undefined; // of the first draw, looked at behind the others, as a part of the work

  const about = `${DRAWS} draws of ${count} images`;
  for (let draw = 1; draw <= DRAWS; draw++) {
    hear(about, draw - 1, DRAWS);
    const order = shuffled(pixels.count, draw);
    const [real, reference] = [order.slice(0, count), order.slice(count, 2 * count)].map((places) => ({
      pixels: take(pixels, places.slice(0, LOOKED_AT)),
      seen: seen && { features: take(seen.features, places), shares: take(seen.shares, places) },
    }));
    const generated = await see(await judged.draw(count));
    measures.forEach(({ of }, i) => {
      for (const [side, images] of [
        ["generated", generated],
        ["real", real],
      ] as const)
        of(images, reference, draw).forEach((value, k) => void figures[i][k][side].push(value));
    });
    for (const place of generated.seen ? largest(generated.seen.shares) : []) taken[place]++;
    if (bins) {
      const left = Math.max(0, binnedInAll - (draw - 1) * count);
      binned(firstOf(generated.pixels, left), bins.centres).forEach((n, i) => {
        counts[i] += n;
      });
    }
    first ??= firstOf(generated.pixels, LOOKED_AT);
  }

  const ofAll: Figure[] = [];
  if (bins) {
    const differ = figure(`bins that differ (NDB), of ${bins.centres.count}`, 0);
    const ofReal = binned(firstOf(pixels, binnedInAll), bins.centres);
    for (const [side, each] of [
      ["generated", counts],
      ["real", ofReal],
    ] as const)
      differ[side].push(differentBins(each, bins.counts));
    ofAll.push(differ);
  }
  const near = figure("distance to the nearest training image", 2);
  const looked = [first!, firstOf(pixels, LOOKED_AT)];
  let rows = 0;
  const began = () => hear("nearest training images", rows++, first!.count + looked[1].count);
  near.generated.push(toNearest(looked[0], known, began));
  near.real.push(toNearest(looked[1], known, began));
  return {
    about: `${about} against ${count} real ones`,
    figures: [...figures.flat(), ...ofAll, near],
    notes: [
      ...(judge && present.length <= MOST_COUNTED
        ? [`taken for ${nameAll(test, present)}: ${taken.join(" ")}`]
        : []),
      ...(figures.flat().some(({ generated }) => generated.some(Number.isNaN))
        ? ["NaN: of a draw without an image that is taken for a class of the run there is no KL"]
        : []),
      ...notesOn(judged, count, bins ? binnedInAll : 0, known.count),
    ],
  };
}

const figure = (name: string, decimals: number): Figure => ({ name, decimals, generated: [], real: [] });

/** What the classifier sees in all images. */
async function seeAll(images: Rows, judge: NonNullable<Judged["judge"]>, hear: Hear): Promise<Seen> {
  const parts: Seen[] = [];
  for (let from = 0; from < images.count; from += AT_ONCE) {
    hear(`${images.count} test images by the classifier`, from, images.count);
    const { values } = slice(images, from, Math.min(images.count, from + AT_ONCE));
    parts.push(await judge(values as Float32Array));
  }
  return {
    features: join(...parts.map(({ features }) => features)),
    shares: join(...parts.map(({ shares }) => shares)),
  };
}

/** The median distance to the nearest known image. */
function toNearest(images: Rows, known: Rows, began: () => void): number {
  const distances = Float64Array.from({ length: images.count }, (_, i) => {
    began();
    return nearest(slice(images, i, i + 1), known).distances[0];
  });
  return median(distances);
}

function notesOn({ judge, wanted, present }: Judged, count: number, inBins: number, known: number): string[] {
  const some = Math.min(count, LOOKED_AT);
  return [
    ...(judge && wanted.length === present.length
      ? ["the run was trained on all classes: that an image is taken for one of them proves nothing"]
      : []),
    ...(judge
      ? []
      : ["all images are of one class, so there is no classifier, and only pixels are compared"]),
    ...(judge && count < 640
      ? [
          `with ${count} images the Fréchet distance is too high, and precision and recall too low, the floor's too; look at the kernel distance`,
        ]
      : []),
    ...(judge
      ? [
          "distances are of this classifier's features: to be compared with no other classifier's, nor with published ones",
        ]
      : []),
    ...(inBins > 0 ? [`NDB: ${inBins} images of each side; chance alone makes hardly a bin differ`] : []),
    `nearest training image: the median of ${some}, among ${known}; far below the real one's the run repeats its images`,
  ];
}

/**
 * `some` places from 0 up to `count`, by chance, in order: folders have their images class by class, and MNIST's training images
 * alternate between two groups of writers, so that of every sixth all are of one.
 */
const someOf = (count: number, some: number): number[] =>
  shuffled(count, 0)
    .slice(0, some)
    .sort((a, b) => a - b);

const firstOf = (rows: Rows, most: number): Rows => slice(rows, 0, Math.min(rows.count, most));

function shuffled(count: number, seed: number): number[] {
  const random = new HostRandom(seed);
  const order = Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const j = random.integer(i + 1);
    [order[i], order[j]] = [order[j], order[i]];
  }
  return order;
}

function median(values: Float64Array): number {
  const sorted = Float64Array.from(values).sort();
  return (sorted[Math.floor((sorted.length - 1) / 2)] + sorted[Math.floor(sorted.length / 2)]) / 2;
}
