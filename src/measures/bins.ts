// The number of statistically different bins (Richardson and Weiss 2018, "NDB"): clusters of the training set are bins.
// Counted are those that get too many or too few samples. Chance alone makes one in four hundred differ.
import type { HostRandom } from "../kernels/threefry";
import { histogram } from "./classes";
import { clusters } from "./clusters";
import { nearest, type Rows } from "./rows";

/** Bins, as in the paper. */
const BINS = 100;
/** Standard errors beyond which shares differ: what the authors' program for MNIST shows (0 for held-out images, 4 for test). */
const Z = 3;

export interface Bins {
  centres: Rows;
  /** Training samples in each. */
  counts: number[];
}

/** Iterations that find them, at most. */
export const BIN_ITERATIONS = 20;

/** Bins of a training set; `began` hears of each iteration. */
export function makeBins(training: Rows, random: HostRandom, began?: (iteration: number) => void): Bins {
  const centres = clusters(training, BINS, random, BIN_ITERATIONS, began);
  return { centres, counts: binned(training, centres) };
}

/** How many samples fall into each. */
export const binned = (samples: Rows, centres: Rows): number[] =>
  histogram(nearest(samples, centres).places, centres.count);

/** How many bins' shares of the two sets differ, by the test of two proportions with a pooled variance. */
export function differentBins(counts: readonly number[], others: readonly number[]): number {
  const [n, m] = [counts, others].map((each) => each.reduce((sum, k) => sum + k, 0));
  return counts.filter((k, i) => {
    const pooled = (k + others[i]) / (n + m);
    const deviation = Math.sqrt(pooled * (1 - pooled) * (1 / n + 1 / m));
    return Math.abs(k / n - others[i] / m) > Z * deviation;
  }).length;
}
