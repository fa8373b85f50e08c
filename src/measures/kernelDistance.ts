// The kernel distance of two sets of features (Bińkowski et al. 2018, "KID"): the squared maximum mean discrepancy with
// the kernel (x · y / d + 1)³. It is unbiased: for two sets of one distribution its mean is 0, so it may be below 0.
import type { Rows } from "./rows";

/** Throws where a set has no pair. */
export function kernelDistance(a: Rows, b: Rows): number {
  if (Math.min(a.count, b.count) < 2)
    throw new RangeError(`kernelDistance: sets of 2 vectors or more, got ${a.count} and ${b.count}.`);
  const ofOne = (rows: Rows) => within(rows) / (rows.count * (rows.count - 1));
  return ofOne(a) + ofOne(b) - (2 * between(a, b)) / (a.count * b.count);
}

/** The kernel summed over all ordered pairs of two different vectors. */
function within(rows: Rows): number {
  let sum = 0;
  for (let i = 0; i < rows.count; i++) for (let j = 0; j < i; j++) sum += kernel(rows, i, rows, j);
  return 2 * sum;
}

function between(a: Rows, b: Rows): number {
  let sum = 0;
  for (let i = 0; i < a.count; i++) for (let j = 0; j < b.count; j++) sum += kernel(a, i, b, j);
  return sum;
}

function kernel(a: Rows, i: number, b: Rows, j: number): number {
  const [x, y, size] = [a.values, b.values, a.size];
  let product = 0;
  for (let at = 0; at < size; at++) product += x[i * size + at] * y[j * size + at];
  return (product / size + 1) ** 3;
}
