// Copies that rearrange: transpose, slice and pad are one kernel with different numbers.
import { type Block, launch } from "./block";
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
  const [sizes, starts, limits, strides] = [y.shape, of("start"), of("limit"), of("stride")].map(padded);
  const params = { n: y.size, rank: axes.length, sizes, starts, limits, strides };
  launch("strided", "main", [x], [y], params, y.size);
}
