// Copies that rearrange: transpose, slice and pad are one kernel with different numbers.

import { gpu } from "../gpu/gpu";
import { type Block, gridOf } from "./block";
import { padded } from "./pointwise";

/** How each axis of y reads x: y's index i stands for index i + start of an axis of x with that size and stride. */
export interface Axis {
  start: number;
  limit: number;
  stride: number;
}

/** y[i, j, …] = x[i + start, j + start, …], 0 outside of x. One `Axis` for each axis of y. */
export function strided(x: Block, y: Block, axes: readonly Axis[]): void {
  gpu().stream.dispatch({
    shader: "strided",
    entry: "main",
    reads: [x.storage],
    writes: [y.storage],
    params: [
      ...[y.size, axes.length, 0, 0],
      ...padded(y.shape),
      ...padded(axes.map((axis) => axis.start)), // negative ones as two's complement
      ...padded(axes.map((axis) => axis.limit)),
      ...padded(axes.map((axis) => axis.stride)),
    ],
    grid: gridOf(y.size),
  });
}
