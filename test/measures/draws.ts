// Random vectors of known distributions, for the tests of measures.
import { HostRandom } from "../../src/kernels/threefry";
import { type Rows, rowsOf } from "../../src/measures/rows";

/** `count` vectors, each number by `draw`, which is told its place in the vector. */
export function drawRows(
  count: number,
  size: number,
  seed: number,
  draw: (random: HostRandom, at: number) => number,
): Rows {
  const random = new HostRandom(seed);
  return rowsOf(
    Float64Array.from({ length: count * size }, (_, i) => draw(random, i % size)),
    size,
  );
}

export const normals = (count: number, size: number, seed: number): Rows =>
  drawRows(count, size, seed, (random) => random.normal());
