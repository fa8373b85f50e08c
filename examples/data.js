// Digits for the examples, as bytes: MNIST's from the folder that MONGE_DATA names, else some that the program draws.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { tensor } from "monge";
import { drawDigits } from "monge/wgan";

/** `count` images of 28 x 28 as tensors in [-1, 1], batch by batch, and their labels. */
export function digits(count, seed = 1) {
  const { images, labels } = fromMnist(count) ?? drawDigits({ count, seed });
  return (from, size) => ({
    x: tensor(
      Float32Array.from(images.subarray(from * 784, (from + size) * 784), (byte) => byte / 127.5 - 1),
      [...[size, 28, 28, 1]],
    ),
    labels: tensor(Uint32Array.from(labels.subarray(from, from + size))),
  });
}

/** IDX files: after a head of 16 or 8 bytes one byte a pixel, or a label. */
function fromMnist(count) {
  const folder = process.env.MONGE_DATA ?? "";
  const read = (name) => gunzipSync(readFileSync(join(folder, name)));
  if (!existsSync(join(folder, "train-images-idx3-ubyte.gz"))) return undefined;
  const images = read("train-images-idx3-ubyte.gz").subarray(16, 16 + count * 784);
  return { images, labels: read("train-labels-idx1-ubyte.gz").subarray(8, 8 + count) };
}
