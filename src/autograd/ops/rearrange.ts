// Ops that move numbers without changing them. Their derivatives are each other: transpose ↔ transpose, slice ↔ pad.
import { strided } from "../../kernels/strided";
import { defineOp } from "../op";
import { type Axes, listOf, normalizeAxes, type Shape, shapeError, show, sizeOf } from "../shape";
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

/** Axis i of the result is axis order[i] of x, negative from the end; without an order the last two axes swap. */
export function transpose(x: Tensor, order?: readonly number[]): Tensor {
  const rank = x.shape.length;
  if (!order && rank < 2) throw shapeError("transpose", "x must have two axes or an order", [x.shape]);
  const swapped = x.shape.map((_, i) => (i === rank - 1 ? rank - 2 : i === rank - 2 ? rank - 1 : i));
  const used = order?.map((axis) => (axis < 0 ? axis + rank : axis)) ?? swapped;
  const isOrder = used.length === rank && swapped.every((_, i) => used.includes(i));
  if (!isOrder)
    throw new Error(`transpose: order must name each axis of ${show(x.shape)} once, got [${order}].`);
  return transposeOp(x, { order: used });
}

type Counts = readonly number[];

const sliceOp = defineOp<One, { starts: Counts; sizes: Shape; steps: Counts }>({
  name: "slice",
  shape: ([x], { starts, sizes, steps }) => {
    if (!areCounts(x.length, starts, sizes) || !x.every((n, i) => starts[i] + reach(sizes[i], steps[i]) <= n))
      throw new Error(
        `slice: the part must lie inside of ${show(x)}, got starts [${starts}], sizes ${show(sizes)} and steps [${steps}].`,
      );
    return sizes;
  },
  forward: ([x], y, { starts, steps }) => {
    const strides = fullStrides(x.shape);
    const axes = y.shape.map((limit, i) => ({ start: 0, limit, stride: steps[i] * strides[i] }));
    strided(x, y, axes, { base: starts.reduce((sum, start, i) => sum + start * strides[i], 0) });
  },
  saves: [],
  vjp: ({ xs: [x], dy, attributes: { starts, sizes, steps } }) => [
    (): Tensor => {
      const after = x.shape.map((n, i) => n - starts[i] - reach(sizes[i], steps[i]));
      return pad(dy, { before: starts, after, steps });
    },
  ],
  takes: ["any"],
  gives: "input",
});

/** `axes` are those that are cut, negative from the end; all where they are not given. */
export type SliceOptions = { starts: Axes; sizes?: Axes; steps?: Axes; axes?: Axes };

/** The part of x that begins at `starts` and takes `sizes` numbers, all to the end if none are given, `steps` apart. */
export function slice(x: Tensor, { starts, sizes, steps, axes }: SliceOptions): Tensor {
  const rank = x.shape.length;
  const all = normalizeAxes("slice", rank, axes);
  const order = axes === undefined ? all : listOf(axes).map((axis) => (axis + rank) % rank);
  const along = (given: Axes | undefined, otherwise: (axis: number) => number) => {
    const list = given === undefined ? order.map(otherwise) : listOf(given);
    if (list.length === order.length)
      return x.shape.map((_, axis) => list[order.indexOf(axis)] ?? otherwise(axis));
    throw new Error(`slice: starts, sizes and steps must be ${order.length}, one an axis, got [${list}].`);
  };
  const [from, each] = [along(starts, () => 0), along(steps, () => 1)];
  if (!areCounts(rank, each) || each.includes(0))
    throw new Error(`slice: steps must be whole numbers from 1 up, got [${each}].`);
  const taken = along(sizes, (axis) => Math.max(0, Math.ceil((x.shape[axis] - from[axis]) / each[axis])));
  return sliceOp(x, { starts: from, sizes: taken, steps: each });
}

/**
 * x with `value`, 0 where none is given, around it: `before` and `after` count them for each axis. With `steps` the
 * numbers of x lie so many places apart.
 */
export const pad = defineOp<One, { before: Counts; after: Counts; value?: number; steps?: Counts }>({
  name: "pad",
  shape: ([x], { before, after, steps }) => {
    if (!areCounts(x.length, before, after, steps ?? before))
      throw new Error(
        `pad: before, after and steps must have a count from 0 up for each axis of ${show(x)}, got ` +
          `${[before, after, ...(steps ? [steps] : [])].map(show).join(" and ")}.`,
      );
    return x.map((n, i) => before[i] + reach(n, steps?.[i]) + after[i]);
  },
  forward: ([x], y, { before, value, steps }) => {
    const strides = fullStrides(x.shape);
    const at = (i: number) => ({ start: -before[i], stride: strides[i], step: steps?.[i] });
    const axes = x.shape.map((limit, i) => ({ limit, ...at(i) }));
    strided(x, y, axes, { value });
  },
  saves: [],
  vjp: ({ xs: [x], dy, attributes: { before: starts, steps } }) => [
    (): Tensor => slice(dy, { starts, sizes: x.shape, steps }),
  ],
  takes: ["any"],
  gives: "input",
});

/** How many places n numbers take that lie `step` apart. */
const reach = (n: number, step = 1): number => Math.max(0, (n - 1) * step + 1);

/** Whether each of the lists has a whole number from 0 up for each of so many axes. */
const areCounts = (rank: number, ...lists: readonly (readonly number[])[]): boolean =>
  lists.every((list) => list.length === rank && list.every((n) => Number.isInteger(n) && n >= 0));

/** Strides of a contiguous shape. */
const fullStrides = (shape: Shape): number[] => shape.map((_, i) => sizeOf(shape.slice(i + 1)));
