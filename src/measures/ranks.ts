// Whether two series rise and fall together, whatever their units.

/**
 * Spearman's rank correlation, from −1 to 1: Pearson's of the ranks, equal values sharing the mean of theirs. NaN where a
 * series is constant, has a NaN, or has fewer than two values. Throws RangeError where their lengths differ.
 */
export function rankCorrelation(a: readonly number[], b: readonly number[]): number {
  if (a.length !== b.length)
    throw new RangeError(`rankCorrelation: the lengths must be equal, got ${a.length} and ${b.length}.`);
  if ([...a, ...b].some(Number.isNaN)) return Number.NaN; // it has no place in an order
  const [x, y] = [ranks(a), ranks(b)];
  const mean = (a.length - 1) / 2;
  const product = (u: Float64Array, v: Float64Array) =>
    u.reduce((sum, each, i) => sum + (each - mean) * (v[i] - mean), 0);
  return product(x, y) / Math.sqrt(product(x, x) * product(y, y));
}

/** The place of each value in their order, from 0; equal ones have the mean of their places. */
function ranks(values: readonly number[]): Float64Array {
  const order = values.map((_, i) => i).sort((i, j) => values[i] - values[j]);
  const places = new Float64Array(values.length);
  for (let from = 0, to = 0; from < order.length; from = to) {
    while (to < order.length && values[order[to]] === values[order[from]]) to++;
    for (let k = from; k < to; k++) places[order[k]] = (from + to - 1) / 2;
  }
  return places;
}
