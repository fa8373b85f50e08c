// Tensors one behind the other along an axis: concat ↔ slice.
import { place } from "../../kernels/strided";
import { defineOp } from "../op";
import { normalizeAxes, type Shape, shapeError, show, sizeOf } from "../shape";
import type { Tensor } from "../tensor";
import { slice } from "./rearrange";

const concatOp = defineOp<readonly Tensor[], { axis: number }>({
  name: "concat",
  shape: (shapes, { axis }) => {
    const total = shapes.reduce((sum, shape) => sum + shape[axis], 0);
    return shapes[0].map((n, i) => (i === axis ? total : n));
  },
  forward: (xs, y, { axis }) => {
    const inner = sizeOf(y.shape.slice(axis + 1));
    for (const [i, x] of xs.entries())
      place(x, y, x.shape[axis] * inner, y.shape[axis] * inner, before(xs, i, axis) * inner);
  },
  saves: [],
  vjp: ({ xs, dy, attributes: { axis } }) =>
    xs.map((x, i) => () => {
      const starts = x.shape.map((_, d) => (d === axis ? before(xs, i, axis) : 0));
      return slice(dy, { starts, sizes: x.shape });
    }),
  takes: "any",
  gives: "input",
});

/** Rows of the tensors in front of number i. */
const before = (xs: readonly Tensor[], i: number, axis: number) =>
  xs.slice(0, i).reduce((sum, x) => sum + x.shape[axis], 0);

/**
 * Tensors of one dtype, equal in all sizes but that of `axis` (0 where it is not given, negative from the end), as one.
 * Throws when there is none, or when their other sizes differ.
 */
export function concat(xs: readonly Tensor[], { axis = 0 }: { axis?: number } = {}): Tensor {
  if (xs.length === 0) throw new Error("concat: there must be a tensor, got none.");
  const shapes = xs.map(({ shape }) => shape);
  const [along] = normalizeAxes("concat", shapes[0].length, axis);
  const others = (shape: Shape) => show(shape.map((n, i) => (i === along ? -1 : n)));
  const odd = xs.find(({ shape }) => others(shape) !== others(shapes[0]));
  if (odd) throw shapeError("concat", `sizes must be equal but for axis ${along}`, [shapes[0], odd.shape]);
  const other = xs.find(({ dtype }) => dtype !== xs[0].dtype);
  if (other) throw new Error(`concat: dtypes must be equal, got ${xs[0]} and ${other}.`);
  return concatOp(...xs, { axis: along });
}
