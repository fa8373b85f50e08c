// Judges a generator of images: by the answers and the features of a classifier of the data, and by pixels.
import { HostRandom } from "../kernels/threefry";
import { BIN_ITERATIONS, binned, differentBins, makeBins } from "../measures/bins";
import { classifierScore, histogram, klToUniform, largest } from "../measures/classes";
import { frechetDistance, moments } from "../measures/frechet";
import { kernelDistance } from "../measures/kernelDistance";
import { meanPairwiseDistance } from "../measures/pairs";
import { precisionRecall } from "../measures/precisionRecall";
import { join, nearest, type Rows, rowsOf, slice, take } from "../measures/rows";
import { shuffled } from "../measures/shuffled";
import { type ByteDataset, nameAll, nameOf } from "./dataset";
import { DRAWS, type Figure, type Hear, type Judgement, MOST_COUNTED, type Neighbours } from "./judging";
import { fromBytes } from "./pixels";

/** Images of a draw, where there are twice as many test images. */
export const PER_DRAW = 1000;
/** Numbers of pixels of a set that are looked at: bounds the memory. */
export const MOST_NUMBERS = 2 ** 26;
/** Training images that bins are made of, and images in a bin at least. */
const BINNED = 10_000;
const LEAST_IN_BIN = 10;
/** Images of a draw whose distances from each other are looked at, and those whose nearest training image is. */
const LOOKED_AT = 200;
const TRACED = 20;
/** How many of these are shown, those that lie nearest to a training image. */
const SHOWN = 16;
/** Letters that a line of the table has room for, with the names of classes. */
const WIDEST = 40;
/** Test images that the classifier sees at once. */
const AT_ONCE = 1000;

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
  const names = nameAll(test, wanted);
  const share = measure(
    [`taken for ${names.length > WIDEST ? "a class of the run" : names}, %`],
    1,
    (images) => [(100 * ofWanted(images).length) / images.shares.count],
  );
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
  const counts = new Array<number>(bins?.centres.count ?? 0).fill(0);
  const sides = ["generated", "real"] as const;
  const near = figure("distance to the nearest training image", 2);
  const traced = { generated: [] as Traced[], real: [] as Traced[] };
  const taken = { generated: present.map(() => 0), real: present.map(() => 0) };

  const about = `${DRAWS} draws of ${count} images`;
  for (let draw = 1; draw <= DRAWS; draw++) {
    hear(about, draw - 1, DRAWS);
    const order = shuffled(pixels.count, draw);
    const [real, reference] = [order.slice(0, count), order.slice(count, 2 * count)].map((places) => ({
      pixels: take(pixels, places.slice(0, LOOKED_AT)),
      seen: seen && { features: take(seen.features, places), shares: take(seen.shares, places) },
    }));
    const images = { generated: await see(await judged.draw(count)), real };
    for (const side of sides) {
      measures.forEach(({ of }, i) => {
        of(images[side], reference, draw).forEach((value, k) => void figures[i][k][side].push(value));
      });
      const found = trace(firstOf(images[side].pixels, TRACED), known);
      near[side].push(median(found.map(({ distance }) => distance)));
      traced[side].push(...found);
      const { seen } = images[side];
      for (const place of seen ? largest(seen.shares) : []) taken[side][place]++;
    }
    if (bins) {
      const left = Math.max(0, pixels.count - (draw - 1) * count); // as many as there are test images
      binned(firstOf(images.generated.pixels, left), bins.centres).forEach((n, i) => {
        counts[i] += n;
      });
    }
  }

  const differ = bins && {
    ...figure(`bins that differ (NDB), of ${bins.centres.count}`, 0),
    generated: [differentBins(counts, bins.counts)],
    real: [differentBins(binned(pixels, bins.centres), bins.counts)],
  };
  return {
    about: `${about} against ${count} real ones`,
    figures: [...figures.flat(), near, ...(differ ? [differ] : [])],
    ...(judge && { classes: { names: present.map((label) => nameOf(test, label)), ...taken } }),
    neighbours: neighbours(traced, known),
    notes: [
      ...(judge && present.length <= MOST_COUNTED
        ? [
            `taken for ${nameAll(test, present)}: ${taken.generated.join(" ")}; of the real ones: ${taken.real.join(" ")}`,
          ]
        : []),
      ...(figures.flat().some(({ generated }) => generated.some(Number.isNaN))
        ? ["NaN: of a draw without an image that is taken for a class of the run there is no KL"]
        : []),
      ...notesOn(judged, count, bins ? pixels.count : 0, known.count),
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

/** An image, the place of the known one that is nearest to it, and how far that is. */
interface Traced {
  image: Rows;
  place: number;
  distance: number;
}

function trace(images: Rows, known: Rows): Traced[] {
  const { places, distances } = nearest(images, known);
  return Array.from(places, (place, i) => ({
    ...{ image: take(images, [i]), place, distance: distances[i] }, // a copy, so that the draw need not stay
  }));
}

/** The nearest of each side beside the known images that they are nearest to. */
function neighbours(traced: Record<"generated" | "real", Traced[]>, known: Rows): Neighbours {
  // Several draws have the same real images; a sample that comes twice is another matter, and shown twice.
  const real = new Map(traced.real.map((each) => [`${each.place} ${each.distance}`, each]));
  const sides = [traced.generated, [...real.values()]];
  const columns = Math.min(SHOWN, ...sides.map((each) => each.length));
  const shown = sides.map((each) => each.toSorted((a, b) => a.distance - b.distance).slice(0, columns));
  const rows = shown.flatMap((each) => [
    ...each.map(({ image }) => image),
    ...each.map(({ place }) => slice(known, place, place + 1)),
  ]);
  return { pixels: Float32Array.from(join(...rows).values), columns };
}

function notesOn({ judge, wanted, present }: Judged, count: number, inBins: number, known: number): string[] {
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
    `nearest training image: the median of ${Math.min(count, TRACED)} of a draw, among ${known}; far below the real one's the run repeats its images`,
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

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return (sorted[Math.floor((sorted.length - 1) / 2)] + sorted[Math.floor(sorted.length / 2)]) / 2;
}
