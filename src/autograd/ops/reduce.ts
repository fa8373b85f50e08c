// Sums and maxima over any axes, and what is made of them.
import { allocate, type Block, copy, release } from "../../kernels/block";
import { reduce } from "../../kernels/reduce";
import { defineOp } from "../op";
import { normalizeAxes, reducedShape, type Shape, shapeError, sizeOf } from "../shape";
import type { Tensor } from "../tensor";
import { div, equal, mul, square, sub } from "./pointwise";
import { broadcastTo, reshape } from "./rearrange";

export interface ReduceOptions {
  /** Axes to reduce, negative from the end; all where none are given. */
  axes?: readonly number[];
  /** Keep the reduced axes with size 1. */
  keepDims?: boolean;
}

interface Reduction {
  axes: readonly number[];
  keepDims: boolean;
}

const sumOp = defineOp<[x: Tensor], Reduction>({
  name: "sum",
  shape: ([x], { axes, keepDims }) => reducedShape(x, axes, keepDims),
  forward: ([x], y, { axes }) => reduceAxes("sum", x, y, axes),
  vjp: ({ xs: [x], dy, attributes: { axes } }) => [() => spread(dy, x.shape, axes)],
});

/** The sum over some axes. */
export function sum(x: Tensor, { axes, keepDims = false }: ReduceOptions = {}): Tensor {
  return sumOp(x, { axes: normalizeAxes("sum", x.shape.length, axes), keepDims });
}

const maxOp = defineOp<[x: Tensor], Reduction>({
  name: "max",
  shape: ([x], { axes, keepDims }) => {
    if (axes.some((axis) => x[axis] === 0))
      throw shapeError("max", "there must be something to take it of", [x]);
    return reducedShape(x, axes, keepDims);
  },
  forward: ([x], y, { axes }) => reduceAxes("max_", x, y, axes),
  vjp: ({ xs: [x], y, dy, attributes: { axes } }) => [
    () => {
      const winners = equal(x, spread(y, x.shape, axes));
      const count = spread(sum(winners, { axes }), x.shape, axes);
      return mul(spread(dy, x.shape, axes), div(winners, count));
    },
  ],
});

/** The largest over some axes. Winners that tie share the derivative equally. */
export function max(x: Tensor, { axes, keepDims = false }: ReduceOptions = {}): Tensor {
  return maxOp(x, { axes: normalizeAxes("max", x.shape.length, axes), keepDims });
}

/** The mean over some axes. */
export function mean(x: Tensor, options: ReduceOptions = {}): Tensor {
  const axes = normalizeAxes("mean", x.shape.length, options.axes);
  return mul(sum(x, { ...options, axes }), 1 / sizeOf(axes.map((axis) => x.shape[axis])));
}

/** The biased variance over some axes: the mean squared distance from the mean. */
export function variance(x: Tensor, options: ReduceOptions = {}): Tensor {
  const center = mean(x, { ...options, keepDims: true });
  return mean(square(sub(x, center)), options);
}

/** Repeats a reduced tensor along the axes that were reduced. */
function spread(y: Tensor, shape: Shape, axes: readonly number[]): Tensor {
  return broadcastTo(reshape(y, reducedShape(shape, axes, true)), { shape });
}

/** Reduces one run of neighbouring axes after the other, the last run first. */
function reduceAxes(op: "sum" | "max_", x: Tensor, y: Tensor, axes: readonly number[]): void {
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
