// Ops that move numbers without changing them. Their derivatives are each other:
// transpose ↔ transpose, slice ↔ pad, broadcastTo ↔ sum, reshape ↔ reshape.
import { binary } from "../../kernels/pointwise";
import { strided } from "../../kernels/strided";
import { defineOp } from "../op";
import { broadcastShapes, type Shape, sameShape, shapeError, show, sizeOf } from "../shape";
import type { Tensor } from "../tensor";
import { sum } from "./reduce";

type One = [x: Tensor];

const reshapeOp = defineOp<One, { shape: Shape }>({
  name: "reshape",
  shape: ([x], { shape }) => {
    if (sizeOf(shape) !== sizeOf(x)) {
      throw shapeError("reshape", `both must hold as many numbers, ${sizeOf(x)} is not ${sizeOf(shape)}`, [
        x,
        shape,
      ]);
    }
    return shape;
  },
  vjp: ({ xs: [x], dy }) => [() => reshape(dy, x.shape)],
  takes: ["any"],
  gives: "input",
});

/** The same numbers under another shape of the same size; one entry may be −1. Shares the storage. */
export function reshape(x: Tensor, shape: Shape): Tensor {
  const known = shape.reduce((product, n) => (n === -1 ? product : product * n), 1);
  const filled = shape.map((n) => (n === -1 ? x.size / Math.max(known, 1) : n));
  if (shape.filter((n) => n === -1).length > 1 || !filled.every((n) => Number.isInteger(n) && n >= 0)) {
    throw shapeError("reshape", `one size may be -1, and ${x.size} numbers must fill the rest`, [
      x.shape,
      shape,
    ]);
  }
  return reshapeOp(x, { shape: filled });
}

const transposeOp = defineOp<One, { order: readonly number[] }>({
  name: "transpose",
  shape: ([x], { order }) => order.map((axis) => x[axis]),
  forward: ([x], y, { order }) => {
    const strides = fullStrides(x.shape);
    const axes = order.map((axis) => ({ start: 0, limit: x.shape[axis], stride: strides[axis] }));
    strided(x, y, axes);
  },
  vjp: ({ dy, attributes: { order } }) => [
    () =>
      transpose(
        dy,
        order.map((_, i) => order.indexOf(i)),
      ),
  ],
  takes: ["any"],
  gives: "input",
});

/** Axis i of the result is axis order[i] of x; without an order the last two axes swap. */
export function transpose(x: Tensor, order?: readonly number[]): Tensor {
  const rank = x.shape.length;
  if (!order && rank < 2)
    throw shapeError("transpose", "without an order x must have two axes or more", [x.shape]);
  const swapped = x.shape.map((_, i) => (i === rank - 1 ? rank - 2 : i === rank - 2 ? rank - 1 : i));
  const used = order ?? swapped;
  const isOrder = used.length === rank && swapped.every((_, i) => used.includes(i));
  if (!isOrder)
    throw new Error(
      `transpose: the order must name each axis of ${show(x.shape)} once, from 0, got [${used}].`,
    );
  return transposeOp(x, { order: used });
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
  vjp: ({ xs: [x], dy }) => [
    () => {
      const extra = dy.shape.length - x.shape.length;
      const axes = dy.shape.flatMap((_, i) => (i < extra || x.shape[i - extra] === 1 ? [i] : []));
      return reshape(sum(dy, { axes }), x.shape);
    },
  ],
});

/** The part of x that begins at `starts` and has the shape `sizes`. */
export const slice = defineOp<One, { starts: readonly number[]; sizes: Shape }>({
  name: "slice",
  shape: ([x], { starts, sizes }) => {
    const fits =
      x.length === sizes.length &&
      x.length === starts.length &&
      [...starts, ...sizes].every((n) => Number.isInteger(n) && n >= 0) &&
      x.every((n, i) => starts[i] + sizes[i] <= n);
    if (!fits) {
      throw new Error(
        `slice: the part must lie inside of ${show(x)}, got starts [${starts}] and sizes ${show(sizes)}.`,
      );
    }
    return sizes;
  },
  forward: ([x], y, { starts }) => strided(x, y, windowAxes(x.shape, starts)),
  vjp: ({ xs: [x], dy, attributes: { starts, sizes } }) => [
    (): Tensor => pad(dy, { before: starts, after: x.shape.map((n, i) => n - starts[i] - sizes[i]) }),
  ],
});

/** x with zeros around it: `before` and `after` count them for each axis. */
export const pad = defineOp<One, { before: readonly number[]; after: readonly number[] }>({
  name: "pad",
  shape: ([x], { before, after }) => {
    const fits =
      x.length === before.length &&
      x.length === after.length &&
      [...before, ...after].every((n) => Number.isInteger(n) && n >= 0);
    if (!fits) {
      throw new Error(
        `pad: before and after must have a count from 0 up for each axis of ${show(x)}, got [${before}] and [${after}].`,
      );
    }
    return x.map((n, i) => before[i] + n + after[i]);
  },
  forward: ([x], y, { before }) =>
    strided(
      x,
      y,
      windowAxes(
        x.shape,
        before.map((n) => -n),
      ),
    ),
  vjp: ({ xs: [x], dy, attributes: { before } }) => [
    (): Tensor => slice(dy, { starts: before, sizes: x.shape }),
  ],
});

function windowAxes(shape: Shape, starts: readonly number[]) {
  const strides = fullStrides(shape);
  return shape.map((limit, i) => ({ start: starts[i], limit, stride: strides[i] }));
}

/** Strides of a contiguous shape. */
const fullStrides = (shape: Shape): number[] => shape.map((_, i) => sizeOf(shape.slice(i + 1)));
