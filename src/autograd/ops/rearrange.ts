// Ops that move numbers without changing them. Their derivatives are each other: transpose ↔ transpose, slice ↔ pad.
import { strided } from "../../kernels/strided";
import { defineOp } from "../op";
import { type Shape, shapeError, show, sizeOf } from "../shape";
import type { Tensor } from "../tensor";

type One = [x: Tensor];

const transposeOp = defineOp<One, { order: readonly number[] }>({
  name: "transpose",
  shape: ([x], { order }) => order.map((axis) => x[axis]),
  forward: ([x], y, { order }) => {
    const strides = fullStrides(x.shape);
    const axes = order.map((axis) => ({ start: 0, limit: x.shape[axis], stride: strides[axis] }));
    strided(x, y, axes);
  },
  saves: [],
  vjp: ({ dy, attributes: { order } }) => {
    const inverse = order.map((_, i) => order.indexOf(i));
    return [() => transpose(dy, inverse)];
  },
  takes: ["any"],
  gives: "input",
});

/** Axis i of the result is axis order[i] of x; without an order the last two axes swap. */
export function transpose(x: Tensor, order?: readonly number[]): Tensor {
  const rank = x.shape.length;
  if (!order && rank < 2) throw shapeError("transpose", "x must have two axes or an order", [x.shape]);
  const swapped = x.shape.map((_, i) => (i === rank - 1 ? rank - 2 : i === rank - 2 ? rank - 1 : i));
  const used = order ?? swapped;
  const isOrder = used.length === rank && swapped.every((_, i) => used.includes(i));
  if (!isOrder)
    throw new Error(`transpose: order must name each axis of ${show(x.shape)} once, from 0, got [${used}].`);
  return transposeOp(x, { order: used });
}

/** The part of x that begins at `starts` and has the shape `sizes`. */
export const slice = defineOp<One, { starts: readonly number[]; sizes: Shape }>({
  name: "slice",
  shape: ([x], { starts, sizes }) => {
    if (!areCounts(x.length, starts, sizes) || !x.every((n, i) => starts[i] + sizes[i] <= n))
      throw new Error(
        `slice: the part must lie inside of ${show(x)}, got starts [${starts}] and sizes ${show(sizes)}.`,
      );
    return sizes;
  },
  forward: ([x], y, { starts }) => strided(x, y, windowAxes(x.shape, starts)),
  saves: [],
  vjp: ({ xs: [x], dy, attributes: { starts, sizes } }) => [
    (): Tensor => pad(dy, { before: starts, after: x.shape.map((n, i) => n - starts[i] - sizes[i]) }),
  ],
});

/** x with zeros around it: `before` and `after` count them for each axis. */
export const pad = defineOp<One, { before: readonly number[]; after: readonly number[] }>({
  name: "pad",
  shape: ([x], { before, after }) => {
    if (!areCounts(x.length, before, after))
      throw new Error(
        `pad: before and after must have a count from 0 up for each axis of ${show(x)}, got [${before}] and [${after}].`,
      );
    return x.map((n, i) => before[i] + n + after[i]);
  },
  forward: ([x], y, { before }) => {
    const starts = before.map((n) => -n);
    strided(x, y, windowAxes(x.shape, starts));
  },
  saves: [],
  vjp: ({ xs: [x], dy, attributes: { before: starts } }) => [
    (): Tensor => slice(dy, { starts, sizes: x.shape }),
  ],
});

/** Whether each of the lists has a whole number from 0 up for each of so many axes. */
const areCounts = (rank: number, ...lists: readonly (readonly number[])[]): boolean =>
  lists.every((list) => list.length === rank && list.every((n) => Number.isInteger(n) && n >= 0));

function windowAxes(shape: Shape, starts: readonly number[]) {
  const strides = fullStrides(shape);
  return shape.map((limit, i) => ({ start: starts[i], limit, stride: strides[i] }));
}

/** Strides of a contiguous shape. */
const fullStrides = (shape: Shape): number[] => shape.map((_, i) => sizeOf(shape.slice(i + 1)));
