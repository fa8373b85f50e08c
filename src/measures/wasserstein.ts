// The exact Wasserstein-1 distance of two samples of one size: the cheapest way to pair their points, found by Jonker and
// Volgenant's shortest augmenting paths (1987). Own code, held to the package linear-sum-assignment by a test: that takes
// 7 s for 1,000 points.
import { type Rows, squaredDistance } from "./rows";

/** The mean distance of the pairs, in the best pairing of two sets of as many vectors. */
export function wasserstein(a: Rows, b: Rows): number {
  const n = a.count;
  if (b.count !== n) throw new RangeError(`wasserstein: two sets of one size, got ${n} and ${b.count}.`);
  const costs = new Float64Array(n * n);
  for (let i = 0; i < n; i++)
    for (let j = 0; j < n; j++) costs[i * n + j] = Math.sqrt(squaredDistance(a, i, b, j));
  const partners = assign(costs, n);
  return partners.reduce((sum, j, i) => sum + costs[i * n + j], 0) / n;
}

/** For each row of n × n costs a column of its own, so that the sum of the costs is least. */
export function assign(costs: Float64Array, n: number): Int32Array {
  // Prices: a cost is never below the sum of its row's and its column's, and is just that where they are paired.
  const ofRows = new Float64Array(n);
  const ofColumns = costs.slice(0, n);
  for (let at = n; at < n * n; at++) ofColumns[at % n] = Math.min(ofColumns[at % n], costs[at]);
  const columnOf = new Int32Array(n).fill(-1);
  const rowOf = new Int32Array(n).fill(-1);
  const lengths = new Float64Array(n);
  const cameFrom = new Int32Array(n);
  const columns = Int32Array.from({ length: n }, (_, j) => j); // those reached are at the end, the first reached last
  for (let free = 0; free < n; free++) {
    // Dijkstra's shortest path from a free row to a free column, along what a cost is over its prices.
    lengths.fill(Number.POSITIVE_INFINITY);
    let left = n;
    let row = free;
    let length = 0;
    let end = -1;
    while (end < 0) {
      const offset = row * n;
      const bare = length - ofRows[row];
      let next = 0;
      let least = Number.POSITIVE_INFINITY;
      for (let k = 0; k < left; k++) {
        const j = columns[k];
        const through = bare + costs[offset + j] - ofColumns[j];
        if (through < lengths[j]) {
          lengths[j] = through;
          cameFrom[j] = row;
        }
        // Of columns at one distance a free one ends the search.
        if (lengths[j] < least || (lengths[j] === least && rowOf[j] < 0)) {
          least = lengths[j];
          next = k;
        }
      }
      length = least;
      const column = columns[next];
      left--;
      columns[next] = columns[left];
      columns[left] = column;
      if (rowOf[column] < 0) end = column;
      else row = rowOf[column];
    }
    ofRows[free] += length;
    for (let k = left; k < n; k++) {
      const column = columns[k];
      const saved = length - lengths[column];
      if (rowOf[column] >= 0) ofRows[rowOf[column]] += saved;
      ofColumns[column] -= saved;
    }
    // Along the path each row takes the column by which it was left.
    for (let column = end, by = -1; by !== free; ) {
      by = cameFrom[column];
      const before = columnOf[by];
      rowOf[column] = by;
      columnOf[by] = column;
      column = before;
    }
  }
  return columnOf;
}
