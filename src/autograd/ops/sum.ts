// Sums over any axes, and repeating along them: sum ↔ broadcastTo are each other's derivatives.
import { allocate, type Block, copy, release } from "../../kernels/block";
import { fill } from "../../kernels/fill";
import { binary } from "../../kernels/pointwise";
import { type Reducer, reduce } from "../../kernels/reduce";
import { defineOp } from "../op";
import {
  broadcastShapes,
  normalizeAxes,
  reducedShape,
  type Shape,
  sameShape,
  shapeError,
  sizeOf,
} from "../shape";
import type { Tensor } from "../tensor";
import { reshape } from "./reshape";

type One = [x: Tensor];

export interface ReduceOptions {
  /** Axes to reduce, negative from the end; all where none are given. */
  axes?: readonly number[];
  /** Keep the reduced axes with size 1. */
  keepDims?: boolean;
}

export interface Reduction {
  axes: readonly number[];
  keepDims: boolean;
}

const sumOp = defineOp<[x: Tensor], Reduction>({
  name: "sum",
  shape: ([x], { axes, keepDims }) => reducedShape(x, axes, keepDims),
  forward: ([x], y, { axes }) => reduceAxes("sum", x, y, axes),
  saves: [],
  vjp: ({ xs: [x], dy, attributes: { axes } }) => [() => spread(dy, x.shape, axes)],
});

/** The sum over some axes. */
export function sum(x: Tensor, { axes, keepDims = false }: ReduceOptions = {}): Tensor {
  return sumOp(x, { axes: normalizeAxes("sum", x.shape.length, axes), keepDims });
}

/** x repeated along the axes where it has size 1 or none, to fill `shape`. */
export const broadcastTo = defineOp<One, { shape: Shape }>({
  name: "broadcastTo",
  shape: ([x], { shape }) => {
    if (!sameShape(broadcastShapes("broadcastTo", x, shape), shape)) {
      throw shapeError("broadcastTo", "only missing axes and those of size 1 can grow", [x, shape]);
    }
    return shape;
  },
  forward: ([x], y) => binary("spread", x, 0, y),
  saves: [],
  vjp: ({ xs: [x], dy }) => [
    () => {
      const extra = dy.shape.length - x.shape.length;
      const axes = dy.shape.flatMap((_, i) => (i < extra || x.shape[i - extra] === 1 ? [i] : []));
      return reshape(sum(dy, { axes }), x.shape);
    },
  ],
});

/** Repeats a reduced tensor along the axes that were reduced. */
export function spread(y: Tensor, shape: Shape, axes: readonly number[]): Tensor {
  return broadcastTo(reshape(y, reducedShape(shape, axes, true)), { shape });
}

/** What each gives where there is nothing to reduce. */
const ofNothing: Record<Reducer, number> = {
  sum: 0,
  max_: Number.NEGATIVE_INFINITY,
  min_: Number.POSITIVE_INFINITY,
};

/** Reduces one run of neighbouring axes after the other, the last run first. */
export function reduceAxes(op: Reducer, x: Tensor, y: Tensor, axes: readonly number[]): void {
  if (x.size === 0) return fill(y, ofNothing[op]);
  const runs = neighbouring(axes.filter((axis) => x.shape[axis] !== 1)).reverse();
  if (runs.length === 0) return copy(x.storage, y.storage);
  let from: Block = x;
  runs.forEach(([first, last], i) => {
    const shape = from.shape.map((n, axis) => (axis >= first && axis <= last ? 1 : n));
    const size = sizeOf(shape);
    const storage = i === runs.length - 1 ? y.storage : allocate(size, op);
    const to: Block = { storage, shape, size, dtype: "f32" };
    const r = sizeOf(from.shape.slice(first, last + 1));
    const b = sizeOf(from.shape.slice(last + 1));
    reduce(op, from, to, { a: sizeOf(from.shape.slice(0, first)), r, b });
    if (from !== x) release(from.storage);
    from = to;
  });
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
