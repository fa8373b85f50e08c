// The real images by which a run's are judged: those of its classes, to compare with and to train the classifier on.
import { InputError } from "../errors";
import type { RunConfig } from "../wgan/config";
import { type ByteDataset, nameAll, ofClasses, presentClasses, resolveClasses } from "../wgan/dataset";
import { loadSplits, type Splits } from "./splits";

/** Real images are set against as many other ones, and of one there is no covariance. */
const LEAST_TEST = 4;

export interface JudgedImages {
  /** Of all classes: what the classifier is trained on. */
  splits: Splits;
  /** All classes of the data, and those of the run. */
  present: readonly number[];
  wanted: readonly number[];
  /** Images of the run's classes: those it learns from but for what is held out of them, others, and all that it learns from. */
  train: ByteDataset;
  test: ByteDataset;
  whole: ByteDataset;
}

/** Loads them; `data` names other images to compare with. Throws InputError where they do not fit, or are too few. */
export async function judgedImages(run: Pick<RunConfig, "data">, data?: string): Promise<JudgedImages> {
  const splits = await loadSplits(run.data, data);
  const found = [splits.train.height, splits.train.width, splits.train.channels].join("x");
  if (found !== run.data.shape.join("x")) {
    throw new InputError(
      `${splits.train.source}: ${found} each, but the run makes images of ${run.data.shape.join("x")}.`,
    );
  }
  const present = presentClasses(splits.train);
  const chosen = resolveClasses(splits.train, run.data.classes);
  const [train, test, whole] = [splits.train, splits.test, splits.whole].map((images) =>
    ofClasses(images, chosen),
  );
  const wanted = chosen === "all" ? present : chosen;
  if (test.count < LEAST_TEST) {
    throw new InputError(
      `${test.source}: too few images to compare with, ${test.count} of ${nameAll(test, wanted)}, expected ${LEAST_TEST} or more.`,
    );
  }
  return { splits, present, wanted, train, test, whole };
}
