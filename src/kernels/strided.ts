// Copies that rearrange: transpose, slice and pad are one kernel with different numbers.

import { type Block, dispatch, gridOf } from "./block";
import { padded } from "./pointwise";

/** How each axis of y reads x: y's index i stands for index i + start of an axis of x with that size and stride. */
export interface Axis {
  start: number;
  limit: number;
  stride: number;
}

/** y[i, j, …] = x[i + start, j + start, …], 0 outside of x. One `Axis` for each axis of y. */
export function strided(x: Block, y: Block, axes: readonly Axis[]): void {
  const of = (key: keyof Axis) => axes.map((axis) => axis[key]);
  dispatch({
    shader: "strided",
    entry: "main",
    reads: [x.storage],
    writes: [y.storage],
    params: {
      ...{ n: y.size, rank: axes.length, sizes: padded(y.shape) },
      ...{ starts: padded(of("start")), limits: padded(of("limit")), strides: padded(of("stride")) },
    },
    grid: gridOf(y.size),
  });
}
