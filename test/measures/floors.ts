// Prints the floors of docs/measures.md that no run is needed for: NDB of real images with and without a class, and the
// Fréchet distance of two halves of the test images. usage: node scripts/run.mjs test/measures/floors, on the images that
// npm run train would find.
import { HostRandom } from "../../src/kernels/threefry";
import { binned, differentBins, makeBins } from "../../src/measures/bins";
import { frechetDistance, moments } from "../../src/measures/frechet";
import { rowsOf, slice, take } from "../../src/measures/rows";
import { shuffled } from "../../src/measures/shuffled";
import { loadClassifier } from "../../src/node/classifierStore";
import { openDevice } from "../../src/node/device";
import { loadSplits } from "../../src/node/splits";
import { type ByteDataset, presentClasses, selectClasses } from "../../src/wgan/dataset";
import { fromBytes } from "../../src/wgan/pixels";

const { train, test } = await loadSplits({ path: null, size: null, transposed: false });
const size = train.images.length / train.count;
const pixelsOf = ({ images }: ByteDataset) => rowsOf(fromBytes(images), size);
/** Training images by chance: MNIST's alternate between two groups of writers. Half are bins, half are held to them. */
const order = shuffled(train.count, 1);
const all = pixelsOf(train);
const some = Math.min(10_000, Math.floor(train.count / 2)); // as many as `evaluate` takes

const bins = makeBins(take(all, order.slice(0, some)), new HostRandom(1));
const last = presentClasses(test).at(-1)!;
const without = selectClasses(
  test,
  presentClasses(test).filter((label) => label !== last),
);
for (const [name, images] of [
  ["other training images", take(all, order.slice(some, 2 * some))],
  ["test images", pixelsOf(test)],
  [`test images without class ${last}`, pixelsOf(without)],
] as const) {
  const differ = differentBins(binned(images, bins.centres), bins.counts);
  console.log(`NDB of ${images.count} ${name}: ${differ} of ${bins.centres.count} bins`);
}

const gpu = await openDevice({});
const { classifier } = await loadClassifier({ train, test, whole: train, heldOut: false }, gpu, process.env);
const { features } = await classifier.judge(
  fromBytes(test.images),
  gpu.device.limits.maxStorageBufferBindingSize,
);
const half = Math.floor(test.count / 2);
const halves = [slice(features, 0, half), slice(features, half, 2 * half)].map(moments);
console.log(
  `Fréchet distance of ${half} test images and ${half} others: ${frechetDistance(halves[0], halves[1])}`,
);
process.exit(0);
