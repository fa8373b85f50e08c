// The classifier of a data set: kept in the cache folder by the hash of the data and of what trains it, else trained now.
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { cacheFolder } from "../../scripts/cacheFolder.mjs";
import { Random, settle } from "../autograd";
import { InputError } from "../errors";
import { decodeWithMetadata, encodeSafetensors } from "../formats/safetensors";
import type { Gpu } from "../gpu/gpu";
import { largest } from "../measures/classes";
import { Classifier, stepsFor, trainClassifier } from "../wgan/classifier";
// @ts-expect-error: TypeScript knows no text of a module.
import code from "../wgan/classifier.ts" with { type: "text" };
import { presentClasses } from "../wgan/dataset";
import { fromBytes } from "../wgan/pixels";
import { fingerprint, sumOf } from "./checkpoint";
import {
  makeFolders,
  readFileUnpacked,
  reason,
  requireWritable,
  sweepTemporaries,
  writeFileAtomic,
} from "./files";
import { inPercent } from "./judgementText";
import { type Lock, Locked, lockFolder } from "./lock";
import { createSoloProgress, duration } from "./progress";
import type { Splits } from "./splits";

export interface Kept {
  classifier: Classifier;
  file: string;
  /** Of the test images: how many it takes for what they are, of how many. */
  right: number;
  of: number;
  /** Why it could not be kept. */
  unkept?: InputError;
}

const SEED = 1;
const MOST_BYTES = 2 ** 28;
/** Steps between two looks at the queue, so that it does not grow. */
const AHEAD = 4;

/** Milliseconds between two tries to be the one that trains. */
const PAUSE = 500;

/** The file for the classifier of these data, trained by this code: one that was trained otherwise is not taken for it. */
export function classifierFile({ train, test }: Splits, env: Record<string, string | undefined>): string {
  const shape = [train.height, train.width, train.channels];
  const what = [code, SEED, shape, fingerprint(train).sha256, fingerprint(test).sha256];
  const hash = createHash("sha256").update(JSON.stringify(what)).digest("hex").slice(0, 16);
  return join(cacheFolder(env), "classifiers", `${hash}.safetensors`);
}

/** Throws InputError where there is nothing to tell apart, or the classifier could not be kept. */
export function requireClassifiable(splits: Splits, env: Record<string, string | undefined>): void {
  const { train, test } = splits;
  if (presentClasses(train).length < 2) {
    throw new InputError(
      `${train.source}: all images are of one class, and a classifier tells classes apart.`,
    );
  }
  if (test.count === 0) throw new InputError(`${train.source}: too few images to hold some out as a test.`);
  const file = classifierFile(splits, env);
  if (existsSync(file)) return;
  try {
    makeFolders(dirname(file));
    requireWritable(file);
  } catch (error) {
    const why = error instanceof InputError ? error.message : `${file}: can't be written (${reason(error)}).`;
    throw new InputError(`${why} The classifier is kept there; XDG_CACHE_HOME names another place.`);
  }
}

/** The classifier of these data, kept or trained now, with a line on it. `requireClassifiable` comes before it. */
export async function loadClassifier(
  splits: Splits,
  gpu: Gpu,
  env: Record<string, string | undefined>,
): Promise<Kept> {
  const { train, test } = splits;
  const file = classifierFile(splits, env);
  const shape = [train.height, train.width, train.channels];
  const classifier = new Classifier(shape, presentClasses(train).length, new Random(SEED));
  let right = readKept(file, classifier, test.count);
  let unkept: InputError | undefined;
  if (right === undefined) {
    const { lock, waited } = await alone(dirname(file));
    try {
      if (waited) right = readKept(file, classifier, test.count);
      if (right === undefined) {
        right = await trainNow(classifier, splits, gpu);
        unkept = await keepTrained(file, classifier, right);
      }
    } finally {
      lock?.release();
    }
  }
  const share = inPercent({ right, of: test.count });
  const where = unkept ? "not kept" : `kept in ${file}`;
  console.log(`classifier: right on ${right} of ${test.count} test images, ${share} %; ${where}`);
  return { classifier, file, right, of: test.count, unkept };
}

/**
 * Waits until no other process trains a classifier: it may be this very one, and two at once take twice as long. A folder
 * that takes no lock takes no classifier either, which is told later.
 */
async function alone(folder: string): Promise<{ lock?: Lock; waited: boolean }> {
  for (let waited = false; ; waited = true) {
    try {
      return { lock: lockFolder(folder), waited };
    } catch (error) {
      if (!(error instanceof Locked)) return { waited };
      if (!waited) console.log("classifier: another process trains one, which is waited for");
      await new Promise((resolve) => setTimeout(resolve, PAUSE));
    }
  }
}

/** Takes the kept weights over, and gives how many test images they get right; undefined where none fit. */
function readKept(file: string, classifier: Classifier, of: number): number | undefined {
  if (!existsSync(file)) return undefined;
  try {
    const { state, metadata } = decodeWithMetadata(readFileUnpacked(file, MOST_BYTES), file);
    const { sha256, ...rest } = metadata;
    const right = Number.parseInt(rest.right ?? "", 10);
    if (sha256 !== sumOf(state, rest) || !(right >= 0 && right <= of))
      throw new Error(`${file}: damaged, its sha256 is another.`);
    classifier.loadStateDict(state);
    return right;
  } catch (error) {
    console.log(`${(error as Error).message} It is trained anew.`);
    return undefined;
  }
}

/** Trains it, and gives how many test images it gets right. */
async function trainNow(classifier: Classifier, { train, test }: Splits, gpu: Gpu): Promise<number> {
  const bytes = gpu.device.limits.maxStorageBufferBindingSize;
  const steps = stepsFor(train.count);
  const progress = createSoloProgress(steps, process.stdout);
  progress.log(`classifier: none is kept for these data, so it is trained now, ${steps} steps`);
  const start = performance.now();
  await trainClassifier(classifier, train, {
    seed: SEED,
    bytes,
    done: async (step) => {
      await settle(AHEAD);
      progress.update(step);
    },
  });
  progress.done();
  const { shares } = await classifier.judge(fromBytes(test.images), bytes);
  const present = presentClasses(train);
  console.log(`classifier: trained in ${duration((performance.now() - start) / 1000)}`);
  return largest(shares).filter((place, i) => present[place] === test.labels[i]).length;
}

/** Keeps it; gives why not, where the disk takes it no more: what was trained for minutes can still judge. */
async function keepTrained(
  file: string,
  classifier: Classifier,
  right: number,
): Promise<InputError | undefined> {
  const [state, metadata] = [await classifier.stateDict(), { right: String(right) }];
  const bytes = encodeSafetensors(state, { ...metadata, sha256: sumOf(state, metadata) });
  try {
    makeFolders(dirname(file));
    sweepTemporaries(dirname(file));
    writeFileAtomic(file, bytes);
    return undefined;
  } catch (error) {
    const unkept =
      error instanceof InputError ? error : new InputError(`${file}: can't be written (${reason(error)}).`);
    console.error(`monge: ${unkept.message} So the next time it is trained anew.`);
    return unkept;
  }
}
