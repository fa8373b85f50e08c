// What a classifier's answers say of a set of images: its score, and how evenly the classes are hit.
import type { Rows } from "./rows";

/**
 * The form of the inception score (Salimans et al. 2016): exp of the mean of KL(p(y|x) ‖ p(y)), for rows that hold
 * p(y|x). It is from 1, where all answers are alike or undecided, to the number of classes.
 */
export function classifierScore({ values, count, size }: Rows): number {
  const mean = new Float64Array(size);
  for (let at = 0; at < values.length; at++) mean[at % size] += values[at] / count;
  let sum = 0;
  for (let at = 0; at < values.length; at++) {
    const share = values[at];
    if (share > 0) sum += share * Math.log(share / mean[at % size]); // 0 · log 0 is 0
  }
  return Math.exp(sum / count);
}

/** For each row the place of its largest number. */
export function largest({ values, count, size }: Rows): Int32Array {
  return Int32Array.from({ length: count }, (_, i) => {
    let best = 0;
    for (let at = 1; at < size; at++) if (values[i * size + at] > values[i * size + best]) best = at;
    return best;
  });
}

/** How many of the labels are 0, 1, … up to `classes` − 1. */
export function histogram(labels: ArrayLike<number>, classes: number): number[] {
  const counts = new Array<number>(classes).fill(0);
  for (let i = 0; i < labels.length; i++) counts[labels[i]]++;
  return counts;
}

/** KL(p ‖ uniform) of the shares that the counts are, in nats: 0 where all are equal, log(classes) where one has all. */
export const klToUniform = (counts: readonly number[]): number =>
  klTo(counts, new Array(counts.length).fill(1));

/**
 * KL(p ‖ q) of the shares that the counts are, in nats; infinite where there is one that q knows nothing of, and NaN
 * where one of them counts nothing.
 */
export function klTo(counts: readonly number[], others: readonly number[]): number {
  const [total, ofOthers] = [counts, others].map((each) => each.reduce((sum, n) => sum + n, 0));
  if (total === 0 || ofOthers === 0) return Number.NaN;
  return counts.reduce((sum, n, i) => {
    const share = n / total;
    return n === 0 ? sum : sum + share * Math.log(share / (others[i] / ofOthers));
  }, 0);
}
