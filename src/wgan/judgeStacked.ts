// Judges a generator of stacked digits: how many of the thousand modes it hits, and how evenly, by a classifier that reads
// a digit in each channel.
import { histogram, klToUniform, largest } from "../measures/classes";
import type { ByteDataset } from "./dataset";
import type { Judged } from "./judgeImages";
import type { Hear, Judgement } from "./judging";
import { fromBytes } from "./pixels";
import { channelOf } from "./stacked";

/** As in the published tables. */
export const STACKS = 26_000;
const MODES = 1000;
/** Stacks at once. */
const STEP = 1000;

type Draw = Judged["draw"];
/** What the classifier of grey digits says. */
type Judge = NonNullable<Judged["judge"]>;

export interface JudgedStacks {
  draw: Draw;
  judge: Judge;
  /** Real stacks, as many. */
  test: ByteDataset;
  hear: Hear;
}

/** The modes of as many stacks as are judged: the three digits that are read, as one number. */
export async function readModes(
  draw: Draw,
  judge: Judge,
  hear: (done: number, of: number) => void,
): Promise<Uint16Array> {
  const modes = new Uint16Array(STACKS);
  for (let from = 0; from < STACKS; from += STEP) {
    hear(from / STEP, STACKS / STEP);
    const stacks = await draw(STEP);
    for (const channel of [0, 1, 2])
      largest((await judge(channelOf(stacks, channel))).shares).forEach((digit, i) => {
        modes[from + i] = 10 * modes[from + i] + digit;
      });
  }
  return modes;
}

/** How many modes are hit, and the KL of their shares to uniform. */
export function modeFigures(modes: Uint16Array): { hit: number; kl: number } {
  const counts = histogram(modes, MODES);
  return { hit: counts.filter((n) => n > 0).length, kl: klToUniform(counts) };
}

/** What is read in real stacks: their modes, and the share that is read right, all three digits. */
export async function readReal({ test, judge, hear }: Omit<JudgedStacks, "draw">) {
  const size = test.images.length / test.count;
  let at = 0;
  const draw = async (count: number) => {
    at += count;
    return fromBytes(test.images.subarray((at - count) * size, at * size));
  };
  const modes = await readModes(draw, judge, (...far) => hear(`${STACKS} real stacks`, ...far));
  return { modes, right: modes.filter((mode, i) => mode === test.labels[i]).length / STACKS };
}

export async function judgeStacked(judged: JudgedStacks): Promise<Judgement> {
  const { draw, judge, hear } = judged;
  const { modes, right } = await readReal(judged);
  const made = await readModes(draw, judge, (...far) => hear(`${STACKS} stacks of the run`, ...far));
  const [real, generated] = [modes, made].map(modeFigures);
  return {
    about: `${STACKS} stacks of three digits against as many real ones`,
    figures: [
      {
        name: `modes hit, of ${MODES}`,
        ...{ decimals: 0, generated: [generated.hit], real: [real.hit] },
      },
      { name: "KL of modes to uniform", decimals: 4, generated: [generated.kl], real: [real.kl] },
    ],
    notes: [
      `the classifier reads all three digits right of ${(100 * right).toFixed(1)} % of the real stacks`,
      "a mode counts with a single stack, and noise is taken for digits as well: these figures say nothing of quality",
    ],
  };
}
