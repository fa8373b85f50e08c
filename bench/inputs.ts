// The numbers that all sides start from: made on the host from fixed seeds, in monge's layouts.
import { HostRandom } from "../src/kernels/threefry";
import type { HostArray } from "../src/nn";
import type { Shape, Work } from "./sides/side";

/** Uniform in [−scale, scale). */
export function uniform(shape: Shape, seed: number, scale = 1): HostArray {
  const random = new HostRandom(seed);
  const size = shape.reduce((a, b) => a * b, 1);
  return { shape, data: Float32Array.from({ length: size }, () => (2 * random.uniform() - 1) * scale) };
}

export function normal(shape: Shape, seed: number): HostArray {
  const random = new HostRandom(seed);
  const size = shape.reduce((a, b) => a * b, 1);
  return { shape, data: Float32Array.from({ length: size }, () => random.normal()) };
}

/** Shape of a convolution's result under Keras's "same". */
export const convOutput = (x: Shape, w: Shape, stride: number): Shape => [
  x[0],
  Math.ceil(x[1] / stride),
  Math.ceil(x[2] / stride),
  w[3],
];

/** The inputs of a piece of work, in the order that the sides take them. */
export function inputsOf(work: Work): HostArray[] {
  switch (work.kind) {
    case "matmul": {
      const { m, k, n, transposeA, transposeB } = work;
      return [uniform(transposeA ? [k, m] : [m, k], 1), uniform(transposeB ? [n, k] : [k, n], 2)];
    }
    case "conv":
      return [uniform(work.x, 1), uniform(work.w, 2), uniform(convOutput(work.x, work.w, work.stride), 3)];
    case "batch-norm": {
      const channels = [work.x[3]];
      return [uniform(work.x, 1), uniform(channels, 2), uniform(channels, 3), uniform(work.x, 4)];
    }
    case "pointwise":
      return [uniform([work.size], 1), uniform([work.size], 2)];
    case "reduce":
      return [summands(work.rows, work.columns)];
  }
}

/**
 * Not centred, since a sum that cancels to nearly nothing has no relative error worth the name. One of 2M numbers would
 * not be missed in their sum, so the first and the last row, where a kernel may stop short, hold large ones.
 */
function summands(rows: number, columns: number): HostArray {
  const { shape, data } = uniform([rows, columns], 1);
  const isEdge = (i: number) => i < columns || i >= (rows - 1) * columns;
  return { shape, data: data.map((value, i) => (isEdge(i) ? 500 : value + 0.5)) };
}
