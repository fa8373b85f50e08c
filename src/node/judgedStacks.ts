// The real stacks by which a run's are judged, and the digits that its classifier is trained on.
import { InputError } from "../errors";
import type { RunConfig } from "../wgan/config";
import type { ByteDataset } from "../wgan/dataset";
import { loadData, stacksOf } from "./data";
import { STACKED } from "./dataPath";
import type { Split } from "./idxSets";
import { loadSplits, type Splits } from "./splits";

/** Loads them; throws InputError where the digits of now are not of the size of the run's. */
export async function judgedStacks({ data }: Pick<RunConfig, "data">): Promise<{
  /** The digits: the classifier is theirs. */
  splits: Splits;
  test: ByteDataset;
}> {
  const splits = await loadSplits(data);
  const [height, width] = data.shape;
  if (splits.train.height !== height || splits.train.width !== width) {
    throw new InputError(
      `${splits.train.source}: digits of ${splits.train.height}x${splits.train.width}, but the run makes stacks of ${height}x${width}.`,
    );
  }
  // Where there are no test images, of those that the classifier has not seen.
  return { splits, test: splits.heldOut ? stacksOf(splits.test, "test") : await loadStacks("test") };
}

/** The stacks of the digits that are found now. */
export async function loadStacks(split: Split): Promise<ByteDataset> {
  return (await loadData({ dataDir: STACKED, split, env: process.env, log: () => {} })) as ByteDataset;
}

/** Throws InputError where a run learnt some of the thousand modes alone: it is measured by all. */
export function requireAllModes({ data: { classes } }: Pick<RunConfig, "data">, blamed: string): void {
  if (classes === "all") return;
  throw new InputError(
    `${blamed}: trained on the modes ${classes.join(", ")} alone, but the modes that are hit are counted of all 1,000; expected --classes all.`,
  );
}
