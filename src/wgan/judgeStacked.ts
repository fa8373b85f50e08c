// Judges a generator of stacked digits: how many of the thousand modes it hits, and how evenly, by a classifier that reads
// a digit in each channel.
import { histogram, klToUniform, largest } from "../measures/classes";
import type { ByteDataset } from "./dataset";
import type { Judged } from "./judgeImages";
import type { Judgement } from "./judging";
import { fromBytes } from "./pixels";
import { channelOf } from "./stacked";

/** As in the published tables. */
export const STACKS = 26_000;
const MODES = 1000;
/** Stacks at once. */
const STEP = 1000;

export interface JudgedStacks {
  draw: Judged["draw"];
  /** What the classifier of grey digits says. */
  judge: NonNullable<Judged["judge"]>;
  /** Real stacks, as many. */
  test: ByteDataset;
  progress: (done: number) => void;
}

/** Calls of `progress`. */
export const STACK_STEPS = STACKS / STEP;

export async function judgeStacked({ draw, judge, test, progress }: JudgedStacks): Promise<Judgement> {
  const modesOf = async (stacks: Float32Array): Promise<number[]> => {
    const digits: Int32Array[] = [];
    for (const channel of [0, 1, 2]) digits.push(largest((await judge(channelOf(stacks, channel))).shares));
    return Array.from(digits[0], (_, i) => digits.reduce((mode, of) => 10 * mode + of[i], 0));
  };
  const size = test.images.length / test.count;
  const counts = { generated: new Array<number>(MODES).fill(0), real: new Array<number>(MODES).fill(0) };
  for (let step = 0; step < STACK_STEPS; step++) {
    const real = fromBytes(test.images.subarray(step * STEP * size, (step + 1) * STEP * size));
    for (const [side, stacks] of [
      ["generated", await draw(STEP)],
      ["real", real],
    ] as const)
      histogram(await modesOf(stacks), MODES).forEach((n, mode) => {
        counts[side][mode] += n;
      });
    progress(step + 1);
  }
  const figure = (name: string, decimals: number, of: (counts: number[]) => number) => {
    return { name, decimals, generated: [of(counts.generated)], real: [of(counts.real)] };
  };
  return {
    about: `${STACKS} stacks of three digits against as many real ones`,
    figures: [
      figure(`modes hit, of ${MODES}`, 0, (all) => all.filter((n) => n > 0).length),
      figure("KL of modes to uniform", 4, klToUniform),
    ],
    notes: [
      "a mode counts with a single stack, and noise is taken for digits as well: these figures say nothing of quality",
    ],
  };
}
