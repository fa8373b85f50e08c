// Sums over any axes, and repeating along them: sum ↔ broadcastTo are each other's derivatives.
import { copy, type Storage, temporary } from "../../kernels/block";
import { fill } from "../../kernels/fill";
import { binary } from "../../kernels/pointwise";
import { type Reducer, reduce } from "../../kernels/reduce";
import { defineOp } from "../op";
import type { Axes, Shape } from "../shape";
import { broadcastShapes, normalizeAxes, reducedShape, sameShape, shapeError, sizeOf } from "../shape";
import type { Tensor } from "../tensor";
import { mul } from "./pointwise";
import { reshape } from "./reshape";

/** What is reduced, and whether its axes stay. */
export interface ReduceOptions {
  /** Axes to reduce, negative from the end; all where none are given. */
  axes?: Axes;
  /** Keep the reduced axes with size 1. */
  keepDims?: boolean;
}

export interface Reduction {
  axes: readonly number[];
  keepDims: boolean;
}

const sumOp = defineOp<[x: Tensor], Reduction & { scale: number }>({
  name: "sum",
  shape: ([x], { axes, keepDims }) => reducedShape(x, axes, keepDims),
  forward: ([x], y, { axes, scale }) => reduceAxes("sum", x, y, axes, scale),
  saves: [],
  vjp: ({ xs: [x], dy, attributes: { axes, scale } }) => [() => stretch(dy, x.shape, axes, scale)],
});

/** The sum over some axes, times `scale` in the same kernel: a mean has one. */
export function sum(
  x: Tensor,
  { axes, keepDims = false, scale = 1 }: ReduceOptions & { scale?: number } = {},
): Tensor {
  return sumOp(x, { axes: normalizeAxes("sum", x.shape.length, axes), keepDims, scale });
}

/** x repeated along the axes where it has size 1 or none, to fill `shape`; times `scale`, if there is one. */
export const broadcastTo = defineOp<[x: Tensor], { shape: Shape; scale?: number }>({
  name: "broadcastTo",
  shape: ([x], { shape }) => {
    if (!sameShape(broadcastShapes("broadcastTo", x, shape), shape))
      throw shapeError("broadcastTo", "only missing axes and those of size 1 can grow", [x, shape]);
    return shape;
  },
  forward: ([x], y, { scale = 1 }) => (scale === 1 ? binary("spread", x, 0, y) : binary("mul", x, scale, y)),
  saves: [],
  // Summed back by `grad`, as after all broadcasting.
  vjp: ({ dy, attributes: { scale = 1 } }) => [() => (scale === 1 ? dy : mul(dy, scale))],
});

/** Repeats a reduced tensor, times `scale`, along the axes that were reduced. */
export function stretch(y: Tensor, shape: Shape, axes: readonly number[], scale = 1): Tensor {
  return broadcastTo(reshape(y, reducedShape(shape, axes, true)), { shape, scale });
}

/** What each gives where there is nothing to reduce. */
const { NEGATIVE_INFINITY: max_, POSITIVE_INFINITY: min_ } = Number;
const ofNothing: Record<Reducer, number> = { sum: 0, max_, min_ };

/** Reduces one run of neighbouring axes after the other, the last run first. */
export function reduceAxes(op: Reducer, x: Tensor, y: Tensor, axes: readonly number[], scale = 1): void {
  if (x.size === 0) return fill(y, ofNothing[op] * scale);
  const runs = neighbouring(axes.filter((axis) => x.shape[axis] !== 1)).reverse();
  if (runs.length === 0) return scale === 1 ? copy(x.storage, y.storage) : binary("mul", x, scale, y);
  const next = (from: Storage, shape: Shape, [[first, last], ...rest]: [number, number][]): void => {
    const count = (from: number, to?: number) => sizeOf(shape.slice(from, to));
    const [a, r, b] = [count(0, first), count(first, last + 1), count(last + 1)];
    if (rest.length === 0) return reduce(op, from, y.storage, { a, r, b }, { scale });
    temporary(a * b, op, (to) => {
      reduce(op, from, to, { a, r, b });
      const left = shape.map((n, axis) => (axis >= first && axis <= last ? 1 : n));
      next(to, left, rest);
    });
  };
  next(x.storage, x.shape, runs);
}

/** [0, 1, 3] → [[0, 1], [3, 3]] */
function neighbouring(axes: readonly number[]): [number, number][] {
  const runs: [number, number][] = [];
  for (const axis of axes) {
    const run = runs.at(-1);
    if (run && run[1] === axis - 1) run[1] = axis;
    else runs.push([axis, axis]);
  }
  return runs;
}
