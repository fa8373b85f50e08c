// Stacked digits (Metz et al. 2017): three grey images as the channels of one. Ten classes become a thousand, so one can
// count how many modes a generator hits.
import { HostRandom } from "../kernels/threefry";
import type { ByteDataset } from "./dataset";

/** `count` stacks of images of the set, by the seed; a stack's class is its digits read as one number. */
export function stackDigits(digits: ByteDataset, count: number, seed: number): ByteDataset {
  const random = new HostRandom(seed);
  const size = digits.height * digits.width;
  const images = new Uint8Array(count * size * 3);
  const labels = new Uint16Array(count);
  for (let i = 0; i < count; i++) {
    for (let channel = 0; channel < 3; channel++) {
      const chosen = random.integer(digits.count);
      labels[i] = 10 * labels[i] + digits.labels[chosen];
      for (let at = 0; at < size; at++)
        images[(i * size + at) * 3 + channel] = digits.images[chosen * size + at];
    }
  }
  return {
    ...digits,
    images,
    labels,
    count,
    channels: 3,
    classes: undefined,
    source: `stacked ${digits.source}`,
  };
}

/** One channel of stacks of so many numbers, as grey images. */
export function channelOf(stacks: Float32Array, channel: number): Float32Array {
  const grey = new Float32Array(stacks.length / 3);
  for (let at = 0; at < grey.length; at++) grey[at] = stacks[3 * at + channel];
  return grey;
}
