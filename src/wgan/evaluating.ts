// What a run measures of its generator while it trains: one draw of samples, always of the same latent vectors and beside
// the same real ones, so that figures differ by the generator alone.
import { histogram, largest } from "../measures/classes";
import { frechetDistance, moments } from "../measures/frechet";
import { nameOf } from "./dataset";
import { type Judged, MOST_NUMBERS, PER_DRAW } from "./judgeImages";
import { COUNTED, pointFigures } from "./judgePoints";
import { type JudgedStacks, modeFigures, readModes, readReal, STACKS } from "./judgeStacked";
import { MOST_COUNTED } from "./judging";
import { fromBytes } from "./pixels";
import { classesAsIn } from "./sampling";
import { drawToy, type ToyName } from "./toys";

/** Figures by the names that metrics.jsonl has for them. The first is a distance: of two generators the less is better. */
export type Figures = Readonly<Record<string, number>>;

export interface Evaluator {
  /** Samples that it takes. */
  count: number;
  /** Where networks are told the class: that of each sample, a number among the run's. */
  classOf?: () => number;
  /** Figures of images in [−1, 1], or of points; `draw` gives the next so many of them. */
  figures(draw: Judged["draw"]): Promise<Figures>;
}

/** Seeds of the toy's draws, none that a run trains on or is judged by, and of the classes to draw. */
const SEEDS = [900, 901] as const;
const CLASS_SEED = 902;

/**
 * Images: the Fréchet distance of the classifier's features from those of test images, its floor, which other test images
 * have, and how many are taken for each class. There are four test images or more.
 */
export async function imageEvaluator({
  judge,
  right,
  test,
  present,
  wanted,
}: Required<Pick<Judged, "judge" | "test" | "present" | "wanted">> & {
  /** The share of the test images that the classifier is right on. */
  right: number;
}): Promise<Evaluator> {
  const size = test.images.length / test.count;
  const count = Math.min(PER_DRAW, Math.floor(Math.min(test.count, MOST_NUMBERS / size) / 2));
  const seen = (pixels: Uint8Array) => judge(fromBytes(pixels));
  const [reference, others] = [0, 1].map((i) =>
    test.images.subarray(i * count * size, (i + 1) * count * size),
  );
  const aim = moments((await seen(reference)).features);
  const floor = frechetDistance(moments((await seen(others)).features), aim);
  return {
    count,
    classOf: classesAsIn(test.labels, wanted, CLASS_SEED),
    async figures(draw) {
      const { features, shares } = await judge(await draw(count));
      const counts = histogram(largest(shares), present.length);
      const classes = present.map((label, i) => [`class_${nameOf(test, label)}`, counts[i]] as const);
      return {
        frechet: frechetDistance(moments(features), aim),
        frechet_floor: floor,
        classifier_right: right,
        ...(present.length <= MOST_COUNTED && Object.fromEntries(classes)),
      };
    },
  };
}

/**
 * Stacked digits: the KL of their modes to uniform, its floor, which real stacks have, the modes hit, and the share of real
 * stacks that the classifier reads right.
 */
export async function stackEvaluator(judged: Omit<JudgedStacks, "draw">): Promise<Evaluator> {
  const real = await readReal(judged);
  const floor = modeFigures(real.modes).kl;
  return {
    count: STACKS,
    async figures(draw) {
      const { hit, kl } = modeFigures(
        await readModes(draw, judged.judge, (...far) => judged.hear(`${STACKS} stacks of the run`, ...far)),
      );
      return { modes_kl: kl, modes_kl_floor: floor, modes: hit, real_read_right: real.right };
    },
  };
}

/** Points of a toy: their Wasserstein-1 distance from the toy's, its floor, the modes hit, and the share near one. */
export function pointEvaluator(toy: ToyName): Evaluator {
  const [reference, others] = SEEDS.map((seed) => drawToy(toy, COUNTED, seed).points);
  const floor = pointFigures(toy, others, reference).distance;
  return {
    count: COUNTED,
    async figures(draw) {
      const { distance, hit } = pointFigures(toy, await draw(COUNTED), reference);
      return {
        wasserstein_1: distance,
        wasserstein_1_floor: floor,
        ...(hit && { modes: hit.modes, near_a_mode: hit.share }),
      };
    },
  };
}
