// Reads CIFAR-10's binary version: records of one label byte and three planes of 32x32, red, green and blue.
// Source: Krizhevsky 2009, https://www.cs.toronto.edu/~kriz/cifar.html.
import { InputError } from "../errors";
import { asLabels, type Images } from "./images";

const side = 32;
const plane = side * side;
const record = 1 + 3 * plane;

/** Images (N, 32, 32, 3), channels last, and their labels. `file` names it in errors. Throws InputError. */
export function parseCifar(bytes: Uint8Array, file: string): { images: Images; labels: Uint16Array } {
  const count = bytes.length / record;
  if (bytes.length === 0 || !Number.isInteger(count)) {
    const hint = bytes.length > 0 && bytes.length % (record + 1) === 0 ? " Is it CIFAR-100?" : "";
    throw new InputError(
      `${file}: ${bytes.length} bytes, expected CIFAR-10's binary version: ${record} for each image.${hint}`,
    );
  }
  const labels = asLabels(
    Array.from({ length: count }, (_, i) => bytes[record * i]),
    file,
  );
  const odd = labels.findIndex((label) => label > 9);
  if (odd >= 0) {
    throw new InputError(
      `${file}: label ${odd} (from 0) is ${labels[odd]}, expected CIFAR-10's binary version with labels 0 to 9.`,
    );
  }
  const pixels = new Uint8Array(3 * plane * count);
  for (let image = 0; image < count; image++) {
    const from = record * image + 1;
    const to = 3 * plane * image;
    for (let p = 0; p < plane; p++) {
      for (let c = 0; c < 3; c++) pixels[to + 3 * p + c] = bytes[from + plane * c + p];
    }
  }
  return { images: { count, height: side, width: side, channels: 3, pixels }, labels };
}

/** The names of the classes from batches.meta.txt, one a line; the blank ones at its end are none. */
export const parseCifarNames = (text: string): string[] =>
  text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
