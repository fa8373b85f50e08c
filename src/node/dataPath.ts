// Reads the data at a path: names and first bytes say of which kind they are, and so which reader reads them.
import { existsSync, readdirSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { InputError } from "../errors";
import { parseCifar, parseCifarNames } from "../formats/cifar";
import type { Images } from "../formats/images";
import { transpose } from "../formats/images";
import { parseNpyImages, parseNpyLabels } from "../formats/npy";
import { type ByteDataset, type Dataset, describeDataset, joinDataset } from "../wgan/dataset";
import { drawToy, type ToyName, toyNames } from "../wgan/toys";
import { nearest } from "./commandLine";
import { requireFolder, unreadable } from "./files";
import { findIdxSet, type IdxSet, idxSetOf, readIdxSet, type Split } from "./idxSets";
import { readImageFolder } from "./imageFolder";
import { kindOf, readWhole } from "./wholeFiles";

/** What is wanted of a data set, whatever its kind. */
export interface Wanted {
  split: Split;
  /** Images are cropped and scaled to a square of that side. */
  size?: number;
  /** Rows and columns of the images are exchanged in the files, as in EMNIST's. */
  transposed?: boolean;
}

/** A data set and the line that says what was found. */
export interface Found {
  dataset: Dataset;
  line: string;
}

/** What --data names for stacked digits. */
export const STACKED = "stacked";

/** What --data names that is no path. */
export const dataNames: readonly string[] = [...toyNames, STACKED];

/** Points of a toy: fixed draws, so that two runs see the same. */
const toyDraws: Record<Split, { count: number; seed: number }> = {
  train: { count: 100_000, seed: 1 },
  test: { count: 10_000, seed: 2 },
};

const expected =
  "IDX files (train-images-idx3-ubyte and train-labels-idx1-ubyte, plain or .gz), PNG images, images.npy, " +
  "or CIFAR-10's data_batch_1.bin to data_batch_5.bin";

/** Reads what `path` holds; `namedBy` says who named it, such as "--data". Throws InputError if that is nothing sound. */
export async function readNamed(path: string, namedBy: string, wanted: Wanted): Promise<Found> {
  const toy = toyNames.find((name) => name === path);
  if (toy) return findToy(toy, wanted);
  requireNoSlip(path, namedBy);
  const found =
    kindOf(path) === "file" ? readFile(path, namedBy, wanted) : await readFolder(path, namedBy, wanted);
  const { what, notes } = found;
  const dataset = wanted.transposed ? turned(found.dataset) : found.dataset;
  requireSize(dataset, wanted.size, path);
  const aside = notes.length > 0 ? ` (${notes.join("; ")})` : "";
  return { dataset, line: `${describeDataset(dataset)}: ${what}${aside}` };
}

/** Throws InputError where a size is wanted that the images of `where` don't have. */
export function requireSize(
  { height, width }: Pick<ByteDataset, "height" | "width">,
  size: number | undefined,
  where: string,
): void {
  if (size === undefined || (height === size && width === size)) return;
  throw new InputError(
    `--size ${size}: only folders of images are cropped and scaled; ${where} has images of ${height}x${width}.`,
  );
}

/** Throws InputError where nothing is at the path, and it is nearly one of the names. */
export function requireNoSlip(path: string, namedBy: string): void {
  const near = nearest(path, dataNames);
  if (near && !dataNames.includes(path) && !existsSync(path))
    throw new InputError(`${namedBy} ${path}: no such file or folder. Did you mean ${near}?`);
}

function findToy(name: ToyName, { split }: Wanted): Found {
  const { count, seed } = toyDraws[split];
  const dataset = drawToy(name, count, seed);
  return { dataset, line: `${describeDataset(dataset)}: ${name}, drawn by the program` };
}

/** A data set of images, how the files are called, and what else a person should know of them. */
interface Read {
  dataset: ByteDataset;
  what: string;
  notes: string[];
}

async function readFolder(
  folder: string,
  namedBy: string,
  { split, size, transposed }: Wanted,
): Promise<Read> {
  requireFolder(folder, namedBy);
  const names = listNames(folder, namedBy);
  const idx = findIdxSet(folder, namedBy, split);
  if (idx) return fromIdx(idx, folder, transposed);
  const batches = names.filter((name) => /^(data_batch_\d+|test_batch)\.bin$/.test(name));
  if (batches.length > 0) {
    const own = split === "test" && !batches.includes("test_batch.bin") ? "train" : split;
    const read = fromCifar(folder, batchesOf(folder, batches, namedBy, own), folder);
    return own === split ? read : { ...read, notes: noTest(split) };
  }
  const arrays = names.filter((name) => name.endsWith(".npy") && name !== "labels.npy");
  if (arrays.length > 0) return fromNpy(join(folder, oneArray(folder, arrays, namedBy)), split);
  const found = await readImageFolder(folder, namedBy, size);
  if (found) {
    return {
      dataset: found.dataset,
      what: `a folder of images, ${folder}`,
      notes: [...found.notes, ...noTest(split)],
    };
  }
  throw new InputError(`${namedBy} ${folder}: no data set there, expected ${expected}.`);
}

function readFile(path: string, namedBy: string, { split, transposed }: Wanted): Read {
  const name = basename(path);
  if (name.endsWith(".npy")) return fromNpy(path, split);
  if (name.endsWith(".bin")) return fromCifar(path, [path], dirname(path));
  if (/\.(png|jpe?g|webp|gif|bmp)$/i.test(name)) {
    throw new InputError(`${namedBy} ${path}: one image, expected the folder that holds them all.`);
  }
  if (/\.(zip|npz|tar|tgz|tar\.gz|7z|rar|mat|parquet|pkl)$/i.test(name)) {
    throw new InputError(
      `${namedBy} ${path}: an archive, expected a folder. Unpack it first. What is read: ${expected}.`,
    );
  }
  return fromIdx(idxSetOf(path, split), path, transposed);
}

function fromIdx(set: IdxSet, where: string, transposed = false): Read {
  const { images, labels } = readIdxSet(set);
  const notes = [
    ...(set.labels === undefined ? ["no labels beside it"] : []),
    ...noTest(set.noTest ? "test" : "train"),
    ...(/emnist/i.test(set.set) && !transposed
      ? ["EMNIST's files hold images transposed: --transposed turns them"]
      : []),
  ];
  const what = `IDX files${set.set === "" ? "" : ` of ${set.set}`}, ${where}`;
  return {
    dataset: known(joinDataset(images, labels, `idx: ${where}`), set.labels !== undefined),
    what,
    notes,
  };
}

/** The batches of a split: all five, or the test set's one. */
function batchesOf(folder: string, names: string[], namedBy: string, split: Split): string[] {
  const wanted = split === "test" ? ["test_batch.bin"] : [1, 2, 3, 4, 5].map((i) => `data_batch_${i}.bin`);
  const missing = wanted.filter((name) => !names.includes(name));
  if (missing.length > 0) {
    throw new InputError(
      `${namedBy} ${folder}: no ${missing.join(", ")} there, expected CIFAR-10's ${wanted.join(", ")}.`,
    );
  }
  return wanted.map((name) => join(folder, name));
}

function fromCifar(where: string, paths: string[], folder: string): Read {
  const parts = paths.map((path) => parseCifar(readWhole(path), path));
  const count = parts.reduce((sum, { images }) => sum + images.count, 0);
  const pixels = new Uint8Array(3072 * count);
  const labels = new Uint16Array(count);
  let end = 0;
  for (const part of parts) {
    pixels.set(part.images.pixels, 3072 * end);
    labels.set(part.labels, end);
    end += part.images.count;
  }
  const meta = join(folder, "batches.meta.txt");
  const names =
    kindOf(meta) === "file" ? parseCifarNames(new TextDecoder().decode(readWhole(meta))) : undefined;
  const images: Images = { count, height: 32, width: 32, channels: 3, pixels };
  const dataset = joinDataset(images, labels, `cifar-10: ${where}`, names);
  return { dataset, what: `CIFAR-10's binary files, ${where}`, notes: [] };
}

function oneArray(folder: string, names: string[], namedBy: string): string {
  if (names.includes("images.npy")) return "images.npy";
  if (names.length === 1) return names[0];
  throw new InputError(
    `${namedBy} ${folder}: several .npy files there: ${names.join(", ")}. Name one, such as ${join(folder, names[0])}.`,
  );
}

function fromNpy(path: string, split: Split): Read {
  const images = parseNpyImages(readWhole(path), path);
  const beside = join(dirname(path), "labels.npy");
  const labelled = kindOf(beside) === "file";
  const labels = labelled ? parseNpyLabels(readWhole(beside), beside) : new Uint16Array(images.count);
  const notes = [...(labelled ? [] : ["no labels.npy beside it"]), ...noTest(split)];
  const dataset = known(joinDataset(images, labels, `npy: ${path}`), labelled);
  return { dataset, what: `an array, ${path}`, notes };
}

const known = (dataset: ByteDataset, labelled: boolean): ByteDataset =>
  labelled ? dataset : { ...dataset, unlabelled: true };

/** For kinds that have no test set of their own. */
const noTest = (split: Split): string[] => (split === "test" ? ["no test set of its own"] : []);

function turned(dataset: ByteDataset): ByteDataset {
  const { pixels, ...sizes } = transpose({ ...dataset, pixels: dataset.images });
  return { ...dataset, height: sizes.height, width: sizes.width, images: pixels };
}

function listNames(folder: string, namedBy: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch (error) {
    throw unreadable(`${namedBy} ${folder}`, error);
  }
}
