// Precision and recall for distributions (Sajjadi et al. 2018): both sets are clustered together, which gives each
// a histogram over the clusters. The curve says how far each covers the other. Numbers of runs, clusters, angles: theirs.
import { HostRandom } from "../kernels/threefry";
import { histogram } from "./classes";
import { clusters } from "./clusters";
import { join, nearest, type Rows } from "./rows";

const CLUSTERS = 20;
const ANGLES = 1001;
const RUNS = 10;
/** How much more recall weighs than precision in the one figure, and less in the other. */
const BETA = 8;

export interface PrecisionRecall {
  /** F1/8, in which precision has the weight: how much of what is made is like what is real. From 0 to 1. */
  precision: number;
  /** F8, in which recall has the weight: how much of what is real is made. From 0 to 1. */
  recall: number;
}

/** Of `made` against `real`, two sets of one size. */
export function precisionRecall(made: Rows, real: Rows, seed: number): PrecisionRecall {
  const random = new HostRandom(seed);
  const all = join(made, real);
  const precisions = new Float64Array(ANGLES);
  const recalls = new Float64Array(ANGLES);
  for (let run = 0; run < RUNS; run++) {
    const centres = clusters(all, CLUSTERS, random);
    const { places } = nearest(all, centres);
    const shares = (from: number, to: number) =>
      histogram(places.subarray(from, to), centres.count).map((n) => n / (to - from));
    curve(shares(0, made.count), shares(made.count, all.count)).forEach(([precision, recall], i) => {
      precisions[i] += precision / RUNS;
      recalls[i] += recall / RUNS;
    });
  }
  const best = (beta: number) =>
    precisions.reduce((most, precision, i) => Math.max(most, fBeta(precision, recalls[i], beta)), 0);
  return { precision: best(1 / BETA), recall: best(BETA) };
}

/** Algorithm 1 of the paper: for each slope λ the precision Σ min(λ real, made), and the recall, that over λ. */
export function curve(
  made: readonly number[],
  real: readonly number[],
): [precision: number, recall: number][] {
  const edge = 1e-10; // 0 and a right angle have no slope
  return Array.from({ length: ANGLES }, (_, i) => {
    const slope = Math.tan(edge + (i / (ANGLES - 1)) * (Math.PI / 2 - 2 * edge));
    const precision = real.reduce((sum, share, at) => sum + Math.min(slope * share, made[at]), 0);
    return [Math.min(1, precision), Math.min(1, precision / slope)];
  });
}

const fBeta = (precision: number, recall: number, beta: number): number =>
  precision + recall === 0 ? 0 : ((1 + beta ** 2) * precision * recall) / (beta ** 2 * precision + recall);
