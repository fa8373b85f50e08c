// Finds the data set: what the user named, the cache, or the network. Else the program draws digits itself.
// So `npm run train` works at once anywhere, and says in one line what it trains on.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { cacheFolder } from "../../scripts/cacheFolder.mjs";
import { InputError } from "../errors";
import { parseIdxImages, parseIdxLabels } from "../formats/idx";
import {
  type ByteDataset,
  type Dataset,
  describeDataset,
  joinDataset,
  presentClasses,
} from "../wgan/dataset";
import { STACKS } from "../wgan/judgeStacked";
import { stackDigits } from "../wgan/stacked";
import { drawDigits } from "../wgan/strokes";
import { type Found, readNamed, requireSize, STACKED, type Wanted } from "./dataPath";
import { download, type Patience, sha256 } from "./download";
import { makeFolders, reason, sweepTemporaries, writeFileAtomic } from "./files";
import type { Split } from "./idxSets";
import { unpackIdx } from "./wholeFiles";

export type { Split } from "./idxSets";

export interface DataOptions extends Partial<Wanted> {
  /** What --data names: a toy, a folder or a file; it must hold a data set. */
  dataDir?: string;
  /** Who named it: "--data" where it isn't given, or a place in a file. */
  namedBy?: string;
  /** The process's environment: MONGE_DATA, XDG_CACHE_HOME, HTTPS_PROXY and its kin. */
  env: Record<string, string | undefined>;
  /** Called with one line that a person should see. */
  log: (line: string) => void;
  /** For tests: where to download from, what to expect, and how long to wait. */
  mirrors?: string[];
  sums?: Record<string, string>;
  patience?: Patience;
}

/** In the order in which they are asked; both serve the files byte for byte as first published. */
const mnistMirrors = [
  "https://ossci-datasets.s3.amazonaws.com/mnist/",
  "https://storage.googleapis.com/cvdf-datasets/mnist/",
];

/** sha256 of the four files as first published at yann.lecun.com/exdb/mnist. */
const mnistSums: Record<string, string> = {
  "train-images-idx3-ubyte.gz": "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
  "train-labels-idx1-ubyte.gz": "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
  "t10k-images-idx3-ubyte.gz": "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
  "t10k-labels-idx1-ubyte.gz": "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
};

const fileNames: Record<Split, [images: string, labels: string]> = {
  train: ["train-images-idx3-ubyte", "train-labels-idx1-ubyte"],
  test: ["t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"],
};

/** What stands in for MNIST offline; fixed, so that two offline runs see the same images. */
const drawn: Record<Split, { count: number; seed: number }> = {
  train: { count: 10_000, seed: 1 },
  test: { count: 2_000, seed: 2 },
};

/** How many stacks there are of digits. */
const stacks: Record<Split, { count: number; seed: number }> = {
  train: { count: 60_000, seed: 1 },
  test: { count: STACKS, seed: 2 },
};

/**
 * Loads the data set, trying in order: dataDir, MONGE_DATA, the cache, a download into the cache; failing
 * all, 10,000 (test: 2,000) drawn digits. Its training images are the default. Logs one line on what was found.
 * Throws InputError if what was named holds no sound data set.
 */
export async function loadData(options: DataOptions): Promise<Dataset> {
  const { dataset, line } = await find(options);
  options.log(`data: ${line}`);
  return dataset;
}

async function find(options: DataOptions): Promise<Found> {
  const { dataDir, namedBy = "--data", env, split = "train" } = options;
  const wanted = { ...options, split };
  if (dataDir === STACKED) return stacked(await find({ ...options, dataDir: undefined }), split);
  if (dataDir !== undefined) return readNamed(dataDir, namedBy, wanted);
  if (env.MONGE_DATA) return readNamed(env.MONGE_DATA, "MONGE_DATA", wanted);
  requireSize({ height: 28, width: 28 }, options.size, "MNIST");
  try {
    const dataset = await fetchMnist(join(cacheFolder(env), "mnist"), split, options);
    return { dataset, line: `${describeDataset(dataset)}: MNIST, ${join(cacheFolder(env), "mnist")}` };
  } catch (error) {
    const use = split === "train" ? "training on" : "comparing with";
    const line =
      `no MNIST found (${reason(error)}): ${use} digits drawn by the program itself; ` +
      "name a folder with --data DIR";
    return { dataset: drawDigits(drawn[split]), line };
  }
}

/** Stacks of the digits that were found. Throws InputError where they are none. */
function stacked({ dataset, line }: Found, split: Split): Found {
  if (
    dataset.kind === "points" ||
    dataset.channels !== 1 ||
    presentClasses(dataset).join() !== "0,1,2,3,4,5,6,7,8,9"
  ) {
    throw new InputError(`${STACKED}: expected grey images of the digits 0 to 9 to stack, got ${line}.`);
  }
  const all = stacksOf(dataset, split);
  return { dataset: all, line: `${describeDataset(all)}: stacked from ${line}` };
}

/** Those that are made of grey images of digits. */
export function stacksOf(digits: ByteDataset, split: Split): ByteDataset {
  const { count, seed } = stacks[split];
  return stackDigits(digits, count, seed);
}

/** The data set from the cache, downloading what that lacks or holds damaged. Throws an Error that says why it can't. */
async function fetchMnist(cache: string, split: Split, options: DataOptions): Promise<ByteDataset> {
  const [images, labels] = fileNames[split].map((plain) => `${plain}.gz`);
  return joinDataset(
    parseIdxImages(unpackIdx(await fetchFile(cache, images, options), images, "images"), images),
    parseIdxLabels(unpackIdx(await fetchFile(cache, labels, options), labels, "labels"), labels),
    `mnist: ${cache}`,
  );
}

/** The file's bytes: from the cache, or downloaded and kept there. One that can't be kept is used all the same. */
async function fetchFile(cache: string, name: string, options: DataOptions): Promise<Uint8Array> {
  const { mirrors = mnistMirrors, sums = mnistSums, patience, log, env } = options;
  const path = join(cache, name);
  const kept = readSound(path, sums[name]);
  if (kept) return kept;
  const bytes = await download(name, sums[name], mirrors, { env, patience });
  try {
    makeFolders(cache);
    sweepTemporaries(cache);
    writeFileAtomic(path, bytes);
    log(`data: downloaded ${name} into ${cache}`);
  } catch (error) {
    log(`data: downloaded ${name}, which can't be kept in ${cache} (${reason(error)})`);
  }
  return bytes;
}

function readSound(path: string, sum: string): Uint8Array | undefined {
  try {
    const bytes = readFileSync(path);
    return sha256(bytes) === sum ? bytes : undefined;
  } catch {
    return undefined;
  }
}
