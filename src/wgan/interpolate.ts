// Ways between latent vectors. In many dimensions normal vectors lie near a sphere. A straight line between two leaves it,
// and the generator has never seen such vectors; spherical interpolation stays on it (White 2016, Sampling Generative
// Networks, section 2.1).

/** The vector at `t` from 0 (`a`) to 1 (`b`) on the arc between them; a straight line where their angle has no plane. */
export function slerp(a: Float32Array, b: Float32Array, t: number): Float32Array {
  const dot = (x: Float32Array, y: Float32Array) => x.reduce((sum, value, i) => sum + value * y[i], 0);
  const cosine = dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
  const angle = Math.acos(Math.min(1, Math.max(-1, cosine)));
  const sine = Math.sin(angle);
  // Written so that NaN, of a vector of zeros, takes the straight line as well.
  const [ofA, ofB] =
    sine > 1e-6 ? [Math.sin((1 - t) * angle) / sine, Math.sin(t * angle) / sine] : [1 - t, t];
  return a.map((value, i) => ofA * value + ofB * b[i]);
}

/**
 * Ways from the first latent vector to the second, from the third to the fourth and so on: of (2 R, Z) vectors it
 * makes (R * columns, Z), one way a row. Throws RangeError unless the vectors come in pairs.
 */
export function latentWays(latents: Float32Array, size: number, columns: number): Float32Array {
  const pairs = latents.length / (2 * size);
  if (!Number.isInteger(pairs) || columns < 2) {
    throw new RangeError(
      `latentWays: ${latents.length} numbers are no pairs of vectors of ${size}, or ${columns} columns too few.`,
    );
  }
  const ways = new Float32Array(pairs * columns * size);
  for (let pair = 0; pair < pairs; pair++) {
    const [a, b] = [0, 1].map((i) => latents.subarray((2 * pair + i) * size, (2 * pair + i + 1) * size));
    for (let column = 0; column < columns; column++) {
      ways.set(slerp(a, b, column / (columns - 1)), (pair * columns + column) * size);
    }
  }
  return ways;
}

/** What a generator's latent vector is made of: numbers, and behind them the one-hot of a class, or nothing. */
export interface LatentSize {
  latent: number;
  labels: number;
}

/**
 * The same ways for vectors (2 R, …) with classes behind them: all of a row is of one class, and the rows take the classes
 * of the first R.
 */
export function latentRows(
  ends: Float32Array,
  { latent, labels }: LatentSize,
  columns: number,
): Float32Array {
  const whole = latent + labels;
  const rows = ends.length / (2 * whole);
  const vectors = new Float32Array(2 * rows * latent);
  for (let i = 0; i < 2 * rows; i++) vectors.set(ends.subarray(i * whole, i * whole + latent), i * latent);
  const ways = latentWays(vectors, latent, columns);
  const latents = new Float32Array(rows * columns * whole);
  for (let i = 0; i < rows * columns; i++) {
    const row = Math.floor(i / columns);
    latents.set(ways.subarray(i * latent, (i + 1) * latent), i * whole);
    latents.set(ends.subarray(row * whole + latent, (row + 1) * whole), i * whole + latent);
  }
  return latents;
}
