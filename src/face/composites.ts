// Ops that are made of other ops. These give them their derivatives, so they need no record and no kernel.
import {
  add,
  arange,
  broadcastTo,
  concat,
  detach,
  equal,
  exp,
  full,
  leakyReluGrad,
  log,
  max,
  min,
  type Operand,
  reshape,
  type Shape,
  sameShape,
  show,
  slice,
  sub,
  sum,
  type Tensor,
  toU32,
} from "../autograd";
import { type Axes, broadcastShapes, listOf, normalizeAxes, shapeError } from "../autograd/shape";

/**
 * b where the mask is 0, else a; all three broadcast, and a and b may be numbers. Of the one that is not taken nothing
 * comes through, no NaN and no infinity, in value and in derivative. But what made it has a derivative of its own, and 0
 * times infinity is NaN: `where(mask, sqrt(where(mask, x, 1)), 0)` guards a root at 0.
 */
export function where(mask: Tensor, a: Operand, b: Operand): Tensor {
  const shapes = [a, b].map((x): Shape => (typeof x === "number" ? [] : x.shape));
  const shape = shapes.reduce((one, other) => broadcastShapes("where", one, other), mask.shape);
  const isZero = equal(mask, 0);
  const [first, second, left, right] = [sub(1, isZero), isZero, a, b].map((x) =>
    typeof x === "number" ? full(shape, x) : broadcastTo(x, { shape }),
  );
  const held = (by: Tensor, x: Tensor) => leakyReluGrad(by, x, { slope: 0 }); // 0 where the mask is, whatever x is
  return add(held(first, left), held(second, right));
}

/** Along which axis, and whether it stays with size 1. */
export type ArgMaxOptions = { axis?: number; keepDims?: boolean };

/** u32: the place of the largest along an axis, the last one if none is given; the first of those that tie, or of NaN. */
export function argMax(x: Tensor, { axis = -1, keepDims = false }: ArgMaxOptions = {}): Tensor {
  const [along] = normalizeAxes("argMax", x.shape.length, axis);
  const [values, size] = [detach(x), x.shape[along]];
  if (size === 0) throw shapeError("argMax", "x must have a number along the axis", [x.shape]);
  // Places are counted in f32.
  if (size > 2 ** 24)
    throw shapeError("argMax", "x must have 2^24 numbers at most along the axis", [x.shape]);
  const best = max(values, { axes: along, keepDims: true });
  const isBest = add(equal(values, best), sub(1, equal(values, values)));
  const places = reshape(arange(size), [size, ...x.shape.slice(along + 1).fill(1)]);
  return toU32(min(where(isBest, places, size), { axes: along, keepDims }));
}

/** log(softmax(x)) along the last axis, also where a softmax would be 0 in f32. */
export function logSoftmax(x: Tensor): Tensor {
  if (x.shape.length < 1) throw shapeError("logSoftmax", "x must have an axis to sum over", [x.shape]);
  const rows = { axes: -1, keepDims: true };
  const below = sub(x, detach(max(x, rows)));
  return sub(below, log(sum(exp(below), rows)));
}

/** Tensors of one shape, one behind the other along a new axis, the first if none is given. */
export function stack(xs: readonly Tensor[], { axis = 0 }: { axis?: number } = {}): Tensor {
  if (xs.length === 0) throw new Error("stack: xs must have a tensor, got none.");
  const { shape, dtype } = xs[0];
  const odd = xs.find((x) => !sameShape(x.shape, shape));
  if (odd) throw shapeError("stack", "shapes of xs must be equal", [shape, odd.shape]);
  const other = xs.find((x) => x.dtype !== dtype);
  if (other) throw new Error(`stack: dtypes of xs must be equal, got ${xs[0]} and ${other}.`);
  const [along] = normalizeAxes("stack", shape.length + 1, axis);
  const apart = xs.map((x) => reshape(x, shape.toSpliced(along, 0, 1)));
  return concat(apart, { axis: along });
}

/** Sizes of the parts, along which axis. */
export type SplitOptions = { sizes: Axes; axis?: number };

/** x cut along an axis, the first if none is given, into parts of these sizes; of one size, the last what is left. */
export function split(x: Tensor, { sizes, axis = 0 }: SplitOptions): Tensor[] {
  const [along] = normalizeAxes("split", x.shape.length, axis);
  const n = x.shape[along];
  const isSize = (size: number) => Number.isInteger(size) && size >= 0;
  const equal = (size: number) =>
    Array.from({ length: Math.ceil(n / size) }, (_, i) => Math.min(size, n - i * size));
  const parts = typeof sizes === "number" && isSize(sizes) && sizes > 0 ? equal(sizes) : listOf(sizes);
  const start = (i: number) => parts.slice(0, i).reduce((sum, size) => sum + size, 0);
  if (!parts.every(isSize) || start(parts.length) !== n)
    throw new Error(`split: sizes must be whole numbers that add up to ${n}, got ${show(listOf(sizes))}.`);
  return parts.map((size, i) => slice(x, { axes: along, starts: start(i), sizes: size }));
}
