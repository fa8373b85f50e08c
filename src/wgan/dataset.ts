// A labelled set of 28x28 grey images as bytes, and the choice of digits to train on.
// It stays bytes until the GPU gathers a batch: 47 MB for all of MNIST's training images.
import { InputError } from "../errors";
import type { Images } from "../formats/idx";

/** Images of shape (count, 28, 28), ink 255 on paper 0, and one label 0 to 9 an image. */
export interface ByteDataset {
  images: Uint8Array;
  count: number;
  height: 28;
  width: 28;
  labels: Uint8Array;
  /** Where the images came from, for the run's record: "mnist: DIR" or "strokes". */
  source: string;
}

export type Digits = "all" | number[];

/** Joins images and labels. Throws InputError if their counts differ or the images aren't 28x28. */
export function joinDataset(images: Images, labels: Uint8Array, source: string): ByteDataset {
  const { count, rows, columns, pixels } = images;
  if (rows !== 28 || columns !== 28) {
    throw new InputError(`${source}: images are ${rows}x${columns}, expected 28x28 as in MNIST.`);
  }
  if (count !== labels.length) {
    throw new InputError(
      `${source}: ${count} images but ${labels.length} labels, expected as many of each. ` +
        "Do both files belong to the same set?",
    );
  }
  if (count === 0) throw new InputError(`${source}: no images in it.`);
  return { images: pixels, count, height: 28, width: 28, labels, source };
}

/** Reads `all`, `5` or `0,1`; the digits come back sorted, each once. Throws InputError. */
export function parseDigits(text: string): Digits {
  if (text === "all") return "all";
  const digits = text.split(",").map((part) => {
    if (!/^[0-9]$/.test(part)) {
      throw new InputError(`digits: "${text}" is no choice of digits. Write one like 5, 0,1 or all.`);
    }
    return Number(part);
  });
  return [...new Set(digits)].sort();
}

/** The images of the chosen digits, in their order. Throws InputError if a digit isn't in the data. */
export function selectDigits(dataset: ByteDataset, digits: Digits): ByteDataset {
  if (digits === "all") return dataset;
  if (digits.length === 0) throw new InputError("digits: none chosen. Write some like 5, 0,1 or all.");
  const present = new Set(dataset.labels);
  const missing = digits.filter((digit) => !present.has(digit));
  if (missing.length > 0) {
    const there = [...present].sort((a, b) => a - b).join(", ");
    throw new InputError(
      `digits: no images of ${missing.join(", ")} in ${dataset.source}. There are ${there}.`,
    );
  }

  const wanted = new Set(digits);
  const size = dataset.height * dataset.width;
  const labels = dataset.labels.filter((label) => wanted.has(label));
  const images = new Uint8Array(labels.length * size);
  let end = 0;
  dataset.labels.forEach((label, index) => {
    if (!wanted.has(label)) return;
    images.set(dataset.images.subarray(index * size, (index + 1) * size), end);
    end += size;
  });
  return { ...dataset, images, labels, count: labels.length };
}
