// How far the vectors of a set are from each other.
import { type Rows, squaredDistance } from "./rows";

/** The mean Euclidean distance over all pairs of two vectors; NaN where there is no pair. */
export function meanPairwiseDistance(rows: Rows): number {
  let total = 0;
  for (let i = 0; i < rows.count; i++)
    for (let j = 0; j < i; j++) total += Math.sqrt(squaredDistance(rows, i, rows, j));
  return total / ((rows.count * (rows.count - 1)) / 2);
}
