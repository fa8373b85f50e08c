// K-means: Lloyd's iteration from the start of Arthur and Vassilvitskii 2007 (k-means++). Own code, held to
// ml-kmeans by a test: that takes three times as long on features and more on pixels, as it finishes each distance.
import type { HostRandom } from "../kernels/threefry";
import { join, nearest, type Rows, squaredDistance, take } from "./rows";

/** Centres of `count` clusters of the vectors, fewer where there are fewer different vectors. `began` hears of each iteration. */
export function clusters(
  rows: Rows,
  count: number,
  random: HostRandom,
  iterations = 100,
  began?: (iteration: number) => void,
): Rows {
  return improved(rows, start(rows, count, random), iterations, began);
}

/** The first centre is any vector, each further one with chances as its squared distance to the nearest so far. */
function start(rows: Rows, count: number, random: HostRandom): Rows {
  const chosen = [random.integer(rows.count)];
  const least = new Float64Array(rows.count).fill(Number.POSITIVE_INFINITY);
  while (chosen.length < count) {
    let total = 0;
    for (let i = 0; i < rows.count; i++) {
      least[i] = Math.min(least[i], squaredDistance(rows, i, rows, chosen.at(-1)!, least[i]));
      total += least[i];
    }
    if (total === 0) break; // each vector is a centre
    chosen.push(drawn(least, total * random.uniform()));
  }
  return take(rows, chosen);
}

/** The place at which the weights have summed up to more than this. */
function drawn(weights: Float64Array, sum: number): number {
  let left = sum;
  let last = 0;
  for (let i = 0; i < weights.length; i++) {
    if (weights[i] === 0) continue;
    last = i; // rounding may leave a little at the end
    left -= weights[i];
    if (left < 0) break;
  }
  return last;
}

/** Lloyd's iteration from these centres, until no vector changes its cluster. One that is left empty stays where it is. */
export function improved(
  rows: Rows,
  from: Rows,
  iterations: number,
  began: (iteration: number) => void = () => {},
): Rows {
  const { size } = rows;
  const centres = join(from);
  let before: Int32Array | undefined;
  for (let iteration = 0; iteration < iterations; iteration++) {
    began(iteration);
    const { places } = nearest(rows, centres, before);
    if (places.every((place, i) => place === before?.[i])) break;
    before = places;
    const sums = new Float64Array(centres.values.length);
    const counts = new Float64Array(centres.count);
    for (let i = 0; i < rows.count; i++) {
      counts[places[i]]++;
      for (let at = 0; at < size; at++) sums[places[i] * size + at] += rows.values[i * size + at];
    }
    for (let at = 0; at < sums.length; at++) {
      const members = counts[Math.floor(at / size)];
      if (members > 0) centres.values[at] = sums[at] / members;
    }
  }
  return centres;
}
