// Float64 references of reductions: over any axes with or without kept dimensions, and the
// softmax family over the last axis.
import { type F64, make, map, offsets, size, strides } from "./array";
import { sub } from "./pointwise";
import { reshape } from "./rearrange";

/** Undefined axes mean all of them; negative ones count from the end. */
export type Axes = readonly number[] | undefined;

function reduce(x: F64, axes: Axes, keepdims: boolean, f: (values: Float64Array) => number): F64 {
  const rank = x.shape.length;
  const over = new Set(axes ? axes.map((axis) => (axis < 0 ? axis + rank : axis)) : x.shape.keys());
  const own = strides(x.shape);
  const kept = [...x.shape.keys()].filter((axis) => !over.has(axis));
  const folded = [...x.shape.keys()].filter((axis) => over.has(axis));
  const pick = (values: number[], which: number[]) => which.map((axis) => values[axis]);
  const outer = offsets(pick(x.shape, kept), pick(own, kept));
  const inner = offsets(pick(x.shape, folded), pick(own, folded));
  const values = new Float64Array(inner.length);
  const out = make(keepdims ? x.shape.map((n, axis) => (over.has(axis) ? 1 : n)) : pick(x.shape, kept));
  for (let o = 0; o < outer.length; o++) {
    for (let i = 0; i < inner.length; i++) values[i] = x.data[outer[o] + inner[i]];
    out.data[o] = f(values);
  }
  return out;
}

function total(values: Float64Array): number {
  let result = 0;
  for (const value of values) result += value;
  return result;
}

export const sum = (x: F64, axes?: Axes, keepdims = false): F64 => reduce(x, axes, keepdims, total);

export const mean = (x: F64, axes?: Axes, keepdims = false): F64 =>
  reduce(x, axes, keepdims, (values) => total(values) / values.length);

export const max = (x: F64, axes?: Axes, keepdims = false): F64 =>
  reduce(x, axes, keepdims, (values) => values.reduce((a, b) => Math.max(a, b), -Infinity));

export const min = (x: F64, axes?: Axes, keepdims = false): F64 =>
  reduce(x, axes, keepdims, (values) => values.reduce((a, b) => Math.min(a, b), Infinity));

/** Biased: the mean of squared distances from the mean. */
export const variance = (x: F64, axes?: Axes, keepdims = false): F64 =>
  reduce(x, axes, keepdims, (values) => {
    const middle = total(values) / values.length;
    return total(values.map((value) => (value - middle) ** 2)) / values.length;
  });

/** x − top − log Σ exp(x − top) over the last axis: in this order logits of any size keep their digits. */
export function logSoftmax(x: F64): F64 {
  const below = sub(x, max(x, [-1], true));
  const logTotal = (values: Float64Array) => Math.log(total(values.map((value) => Math.exp(value))));
  return sub(below, reduce(below, [-1], true, logTotal));
}

export const softmax = (x: F64): F64 => map(logSoftmax(x), (value) => Math.exp(value));

/** −log softmax(logits)[label] of each row: (..., classes) and one class index a row give (...). */
export function softmaxCrossEntropy(logits: F64, labels: ArrayLike<number>): F64 {
  const classes = logits.shape[logits.shape.length - 1];
  const rows = logits.shape.slice(0, -1);
  if (labels.length !== size(rows)) throw new Error(`softmaxCrossEntropy: ${labels.length} labels`);
  const flat = reshape(logSoftmax(logits), [labels.length, classes]);
  return map(make(rows), (_, row) => -flat.data[row * classes + labels[row]]);
}
