// The real stacks by which a run's are judged, and the digits that its classifier is trained on.
import { InputError } from "../errors";
import type { RunConfig } from "../wgan/config";
import type { ByteDataset } from "../wgan/dataset";
import { loadData } from "./data";
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
  return { splits, test: await loadStacks("test") };
}

/** The stacks of the digits that are found now. */
export async function loadStacks(split: Split): Promise<ByteDataset> {
  return (await loadData({ dataDir: STACKED, split, env: process.env, log: () => {} })) as ByteDataset;
}
