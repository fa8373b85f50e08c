// What every reader of a data set gives: images as bytes, and their classes as numbers.

import { InputError } from "../errors";

/** Images (count, height, width, channels), one byte a channel. */
export interface Images {
  count: number;
  height: number;
  width: number;
  /** 1 for grey, 3 for red, green and blue. */
  channels: 1 | 3;
  pixels: Uint8Array;
}

/** The largest number that a class may have. */
export const maxLabel = 65_535;

/** Class numbers as they stand in `file`. Throws InputError at the first that is no whole number from 0 to 65535. */
export function asLabels(numbers: ArrayLike<number | bigint>, file: string): Uint16Array {
  return Uint16Array.from(numbers, (number, index) => {
    const label = Number(number);
    if (Number.isInteger(label) && label >= 0 && label <= maxLabel) return label;
    throw new InputError(
      `${file}: label ${index} (from 0) is ${number}, expected whole numbers from 0 to ${maxLabel}.`,
    );
  });
}

/** How many channels an axis of that size holds. Throws InputError for any but 1 and 3. */
export function asChannels(size: number, file: string): 1 | 3 {
  if (size === 1 || size === 3) return size;
  throw new InputError(
    `${file}: the last of 4 axes has ${size} channels, expected 1 (grey) or 3 (red, green, blue).`,
  );
}

/** The same images with rows and columns exchanged, as EMNIST's files have them. */
export function transpose({ count, height, width, channels, pixels }: Images): Images {
  const turned = new Uint8Array(pixels.length);
  let from = 0;
  for (let image = 0; image < count; image++) {
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const to = ((image * width + x) * height + y) * channels;
        for (let c = 0; c < channels; c++) turned[to + c] = pixels[from++];
      }
    }
  }
  return { count, height: width, width: height, channels, pixels: turned };
}
