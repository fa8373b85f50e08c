// Sets of vectors, the input of all measures: features of images, their pixels, or points.

/** `count` vectors of `size` numbers each, one after the other. */
export interface Rows {
  readonly values: Float32Array | Float64Array;
  readonly count: number;
  readonly size: number;
}

/**
 * The numbers as vectors of `size` each. Throws where they don't divide into such, or one is NaN or infinite: measures
 * would make wrong figures of it without a word, or never end.
 */
export function rowsOf(values: Rows["values"], size: number): Rows {
  const count = values.length / size;
  if (!Number.isInteger(count))
    throw new RangeError(`rows of ${size}: ${values.length} numbers don't divide.`);
  for (let at = 0; at < values.length; at++)
    if (!Number.isFinite(values[at]))
      throw new RangeError(`rows of ${size}: vector ${Math.floor(at / size)} holds NaN or infinity.`);
  return { values, count, size };
}

/** The vectors at these places. */
export function take({ values, size }: Rows, places: ArrayLike<number>): Rows {
  const taken = new (values instanceof Float32Array ? Float32Array : Float64Array)(places.length * size);
  for (let i = 0; i < places.length; i++)
    taken.set(values.subarray(places[i] * size, (places[i] + 1) * size), i * size);
  return { values: taken, count: places.length, size };
}

/** The vectors `from` up to, not including, `to`. */
export const slice = ({ values, size }: Rows, from: number, to: number): Rows =>
  rowsOf(values.subarray(from * size, to * size), size);

/** The vectors of all sets, one set after the other, as float64. */
export function join(...sets: readonly Rows[]): Rows {
  const values = new Float64Array(sets.reduce((sum, set) => sum + set.values.length, 0));
  let end = 0;
  for (const set of sets) {
    values.set(set.values, end);
    end += set.values.length;
  }
  return rowsOf(values, sets[0].size);
}

/** Numbers between two looks at the bound. */
const STRETCH = 32;

/** The squared distance between vector i of a and vector j of b; once it is past `bound`, any number past it. */
export function squaredDistance(a: Rows, i: number, b: Rows, j: number, bound = Number.POSITIVE_INFINITY) {
  const [x, y, size] = [a.values, b.values, a.size];
  const [ofX, ofY] = [i * size, j * size];
  let sum = 0;
  for (let from = 0; from < size && sum <= bound; from += STRETCH) {
    const to = Math.min(size, from + STRETCH);
    for (let at = from; at < to; at++) {
      const difference = x[ofX + at] - y[ofY + at];
      sum += difference * difference;
    }
  }
  return sum;
}

/**
 * For each vector of `rows` the place of the nearest of `others`, and the distance to it. It is the faster the better the
 * `guess`: places that are looked at first.
 */
export function nearest(
  rows: Rows,
  others: Rows,
  guess?: Int32Array,
): { places: Int32Array; distances: Float64Array } {
  const places = new Int32Array(rows.count);
  const distances = new Float64Array(rows.count);
  for (let i = 0; i < rows.count; i++) {
    if (guess) places[i] = guess[i];
    let least = squaredDistance(rows, i, others, places[i]);
    for (let j = 0; j < others.count; j++) {
      const distance = squaredDistance(rows, i, others, j, least);
      if (distance >= least) continue;
      least = distance;
      places[i] = j;
    }
    distances[i] = Math.sqrt(least);
  }
  return { places, distances };
}
