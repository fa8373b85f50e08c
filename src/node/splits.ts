// The images that a run learnt from and those to judge by: the data set's own training and test images, of all classes.
import { InputError } from "../errors";
import { HostRandom } from "../kernels/threefry";
import type { RunConfig } from "../wgan/config";
import type { ByteDataset } from "../wgan/dataset";
import { loadData } from "./data";
import { sha256 } from "./download";

export interface Splits {
  train: ByteDataset;
  test: ByteDataset;
}

/** Of a set without test images this part is held out. */
const HELD_OUT = 6;

/**
 * Loads both for the data of a run, or of a path; `test` names other images to judge by. Throws InputError where they are
 * points, not of one shape, or nothing sound.
 */
export async function loadSplits(
  { path, size, transposed }: Pick<RunConfig["data"], "path" | "size" | "transposed">,
  test?: string,
): Promise<Splits> {
  const load = async (split: "train" | "test", dataDir: string | null) => {
    const wanted = { dataDir: dataDir ?? undefined, size: size ?? undefined, transposed, split };
    const found = await loadData({ ...wanted, env: process.env, log: console.log });
    if (found.kind === "points")
      throw new InputError(`${found.source}: points in the plane, expected images.`);
    return found;
  };
  const train = await load("train", path);
  const own = await load("test", test ?? path);
  const [a, b] = [train, own].map(({ height, width, channels }) => `${height}x${width}x${channels}`);
  if (a !== b) {
    throw new InputError(
      `${own.source}: ${b} each, but the run makes images of ${a}. Name its test set with --data.`,
    );
  }
  if (sha256(train.images) !== sha256(own.images)) return { train, test: mixed(own) };
  const all = mixed(train);
  const held = Math.floor(all.count / HELD_OUT);
  console.log(
    `data: no test images of its own, so ${held} of these are held out from the classifier; the run has seen them`,
  );
  return { train: part(all, held, all.count), test: part(all, 0, held) };
}

/** The images in a random order, always the same: folders have them class by class. */
function mixed(data: ByteDataset): ByteDataset {
  const random = new HostRandom(1);
  const order = Array.from({ length: data.count }, (_, i) => i);
  for (let i = data.count - 1; i > 0; i--) {
    const j = random.integer(i + 1);
    [order[i], order[j]] = [order[j], order[i]];
  }
  const size = data.images.length / data.count;
  const images = new Uint8Array(data.images.length);
  order.forEach(
    (from, to) => void images.set(data.images.subarray(from * size, (from + 1) * size), to * size),
  );
  return { ...data, images, labels: data.labels.map((_, i) => data.labels[order[i]]) };
}

function part(data: ByteDataset, from: number, to: number): ByteDataset {
  const size = data.images.length / data.count;
  const { images, labels } = data;
  return {
    ...data,
    images: images.subarray(from * size, to * size),
    labels: labels.subarray(from, to),
    count: to - from,
  };
}
