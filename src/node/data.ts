// Finds MNIST: a folder that is named, the cache, or the network; else the program draws digits itself.
// So `npm run train` works at once anywhere, and says in one line what it trains on.
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { cacheFolder } from "../../scripts/cacheFolder.mjs";
import { InputError } from "../errors";
import { parseIdxImages, parseIdxLabels } from "../formats/idx";
import { type ByteDataset, joinDataset } from "../wgan/dataset";
import { drawDigits } from "../wgan/strokes";
import { download, type Patience, sha256 } from "./download";
import {
  findPlainOrGz,
  readFileUnpacked,
  reason,
  requireFolder,
  sweepTemporaries,
  unpacked,
  writeFileAtomic,
} from "./files";

export type Split = "train" | "test";

export interface MnistOptions {
  /** The folder given with --data; it must hold the files. */
  dataDir?: string;
  /** The process's environment: MONGE_DATA, XDG_CACHE_HOME. */
  env: Record<string, string | undefined>;
  /** Called with one line that a person should see. */
  log: (line: string) => void;
  /** The 60,000 training images (the default) or the 10,000 of the test set. */
  split?: Split;
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

/** MNIST's 60,000 x 784 bytes, and room for a larger set of the same format. */
const maxImageBytes = 60_000_000;
const maxLabelBytes = 1_000_000;

/**
 * Loads the data set, trying in order: dataDir, MONGE_DATA, the cache, a download into the cache; failing
 * all, 10,000 (test: 2,000) drawn digits. `source` is "mnist: DIR" or "strokes".
 * Throws InputError if a folder that was named doesn't hold sound files.
 */
export async function loadMnist(options: MnistOptions): Promise<ByteDataset> {
  const { dataDir, env, split = "train" } = options;
  if (dataDir !== undefined) return readFolder(dataDir, "--data", split);
  if (env.MONGE_DATA) return readFolder(env.MONGE_DATA, "MONGE_DATA", split);
  try {
    return await fetchMnist(join(cacheFolder(env), "mnist"), split, options);
  } catch (error) {
    options.log(
      `data: no MNIST found (${reason(error)}): ${split === "train" ? "training on" : "comparing with"} ` +
        "digits drawn by the program itself; " +
        "name a folder with --data DIR",
    );
    return drawDigits(drawn[split]);
  }
}

function readFolder(folder: string, namedBy: string, split: Split): ByteDataset {
  requireFolder(folder, namedBy);
  const [images, labels] = fileNames[split].map((name) => {
    const path = findPlainOrGz(folder, name);
    if (path) return path;
    throw new InputError(
      `${namedBy} ${folder}: no ${name} there, expected ${fileNames[split].join(" and ")}, ` +
        "each plain or with .gz.",
    );
  });
  return joinDataset(
    parseIdxImages(readFileUnpacked(images, maxImageBytes), images),
    parseIdxLabels(readFileUnpacked(labels, maxLabelBytes), labels),
    `mnist: ${folder}`,
  );
}

/** The data set from the cache, downloading what that lacks or holds damaged. Throws an Error that says why it can't. */
async function fetchMnist(cache: string, split: Split, options: MnistOptions): Promise<ByteDataset> {
  const [images, labels] = fileNames[split].map((plain) => `${plain}.gz`);
  return joinDataset(
    parseIdxImages(unpacked(await fetchFile(cache, images, options), images, maxImageBytes), images),
    parseIdxLabels(unpacked(await fetchFile(cache, labels, options), labels, maxLabelBytes), labels),
    `mnist: ${cache}`,
  );
}

/** The file's bytes: from the cache, or downloaded and kept there. One that can't be kept is used all the same. */
async function fetchFile(cache: string, name: string, options: MnistOptions): Promise<Uint8Array> {
  const { mirrors = mnistMirrors, sums = mnistSums, patience, log } = options;
  const path = join(cache, name);
  const kept = readSound(path, sums[name]);
  if (kept) return kept;
  const bytes = await download(name, sums[name], mirrors, patience);
  try {
    mkdirSync(cache, { recursive: true });
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
