// Two plain measures of generated images, on the host: which class does a vote of the nearest labelled images take
// them for, and do they differ from each other? No trained classifier is needed for either.

/** Images as floats in [−1, 1], one after the other. */
export type Images = Float32Array;

/** Bytes of images as floats in [−1, 1]. */
export const fromBytes = (bytes: Uint8Array): Images => Float32Array.from(bytes, (byte) => byte / 127.5 - 1);

/**
 * The label that most of the `k` nearest labelled images have, by squared distance; on a tie the nearest of them.
 * `size` is how many numbers an image has.
 */
export function vote(
  images: Images,
  labelled: Images,
  labels: ArrayLike<number>,
  size: number,
  k = 5,
): number[] {
  return Array.from({ length: images.length / size }, (_, i) => {
    const distances = Array.from(labels, (label, j) => ({
      label,
      d: distance(images, i, labelled, j, size),
    }));
    const nearest = distances.sort((a, b) => a.d - b.d).slice(0, k);
    const votes = (label: number) => nearest.filter((other) => other.label === label).length;
    return nearest.reduce((best, { label }) => (votes(label) > votes(best) ? label : best), nearest[0].label);
  });
}

/** The mean Euclidean distance between two different images of a set, of `size` numbers each. */
export function meanPairwiseDistance(images: Images, size: number): number {
  const count = images.length / size;
  let total = 0;
  for (let i = 0; i < count; i++)
    for (let j = 0; j < i; j++) total += Math.sqrt(distance(images, i, images, j, size));
  return total / ((count * (count - 1)) / 2);
}

/** The squared distance between image i of a and image j of b. */
function distance(a: Images, i: number, b: Images, j: number, size: number): number {
  let sum = 0;
  for (let p = 0; p < size; p++) {
    const difference = a[i * size + p] - b[j * size + p];
    sum += difference * difference;
  }
  return sum;
}
