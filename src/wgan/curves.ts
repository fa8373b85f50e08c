// Long histories made ready for a plot: fewer points that draw the same line, the median filter of the paper, and the mean
// of several.

/** The window of the median filter that Arjovsky et al. 2017 plot their estimate with (figure 3), in steps. */
export const medianWindow = 101;

/** At most `most` of the items, at even distances, the first and the last among them. */
export function evenly<T>(items: readonly T[], most: number): T[] {
  if (items.length <= most) return [...items];
  return Array.from({ length: most }, (_, i) => items[Math.round((i * (items.length - 1)) / (most - 1))]);
}

/**
 * The median of the values around each one, `window` of them (an odd number), fewer at the ends; of an even number
 * the mean of the two in the middle. NaN and infinities are left out; where nothing is left the median is NaN.
 */
export function medianFilter(values: ArrayLike<number>, window = medianWindow): Float64Array {
  const reach = (window - 1) / 2;
  const sorted: number[] = [];
  const place = (value: number) => {
    let [low, high] = [0, sorted.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (sorted[middle] < value) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  const add = (value: number) => {
    if (Number.isFinite(value)) sorted.splice(place(value), 0, value);
  };
  const remove = (value: number) => {
    if (Number.isFinite(value)) sorted.splice(place(value), 1);
  };
  for (let i = 0; i < Math.min(reach, values.length); i++) add(values[i]);
  return Float64Array.from(values, (_, i) => {
    if (i + reach < values.length) add(values[i + reach]);
    if (i > reach) remove(values[i - reach - 1]);
    const half = sorted.length >> 1;
    if (sorted.length === 0) return Number.NaN;
    return sorted.length % 2 === 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
  });
}

/** The mean of the finite values, and their deviation from it (by n - 1); NaN where there are none, or not two. */
export function meanAndDeviation(values: readonly number[]): { mean: number; deviation: number } {
  const finite = values.filter(Number.isFinite);
  const mean = finite.reduce((sum, value) => sum + value, 0) / finite.length;
  const squares = finite.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, deviation: finite.length > 1 ? Math.sqrt(squares / (finite.length - 1)) : Number.NaN };
}

/**
 * Rows of several series over rising steps, made few: the steps are cut into at most `most` / 2 equal pieces, and of
 * each piece with more than two rows there stay two, with the least and with the greatest value of every series. A
 * line through them covers what the line through all covers, peaks included, to within a piece's width. Values that
 * are not finite are left out where a piece has others.
 */
export function envelope<Row extends { step: number }>(
  rows: readonly Row[],
  series: readonly (keyof Row & string)[],
  most: number,
): Row[] {
  if (rows.length <= most) return [...rows];
  const first = rows[0].step;
  const width = (rows[rows.length - 1].step - first + 1) / Math.floor(most / 2);
  const few: Row[] = [];
  for (let from = 0, to = 0; from < rows.length; from = to) {
    const piece = Math.floor((rows[from].step - first) / width);
    while (to < rows.length && Math.floor((rows[to].step - first) / width) === piece) to++;
    if (to - from <= 2) few.push(...rows.slice(from, to));
    else few.push(extreme(rows, from, to, series, Math.min), extreme(rows, from, to, series, Math.max));
  }
  return few;
}

/** The first row of from…to, or for `max` the last, with each series' least or greatest value among them. */
function extreme<Row>(
  rows: readonly Row[],
  from: number,
  to: number,
  series: readonly (keyof Row & string)[],
  pick: (a: number, b: number) => number,
): Row {
  const row = { ...rows[pick(from, to - 1)] };
  for (const name of series) {
    let best = Number.NaN;
    for (let i = from; i < to; i++) {
      const value = rows[i][name] as number;
      if (Number.isFinite(value)) best = Number.isNaN(best) ? value : pick(best, value);
    }
    (row as Record<string, unknown>)[name] = best;
  }
  return row;
}
