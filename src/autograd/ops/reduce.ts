// Maxima, means and variances over any axes.
import { checkInputs, defineOp } from "../op";
import { normalizeAxes, reducedShape, shapeError, sizeOf } from "../shape";
import type { Tensor } from "../tensor";
import { div, equal, mul, square, sub } from "./pointwise";
import { type ReduceOptions, type Reduction, reduceAxes, stretch, sum } from "./sum";

const maxOp = defineOp<[x: Tensor], Reduction>({
  name: "max",
  shape: ([x], { axes, keepDims }) => {
    if (axes.some((axis) => x[axis] === 0))
      throw shapeError("max", "there must be something to take it of", [x]);
    return reducedShape(x, axes, keepDims);
  },
  forward: ([x], y, { axes }) => reduceAxes("max_", x, y, axes),
  saves: [["x0", "y"]],
  vjp: ({ xs: [x], y, dy, attributes: { axes } }) => [
    () => {
      const winners = equal(x, stretch(y, x.shape, axes));
      const count = stretch(sum(winners, { axes }), x.shape, axes);
      return mul(stretch(dy, x.shape, axes), div(winners, count));
    },
  ],
});

/** The largest over some axes. Winners that tie share the derivative equally. */
export function max(x: Tensor, { axes, keepDims = false }: ReduceOptions = {}): Tensor {
  return maxOp(x, { axes: normalizeAxes("max", x.shape.length, axes), keepDims });
}

/** The mean over some axes; NaN where they hold nothing. */
export function mean(x: Tensor, options: ReduceOptions = {}): Tensor {
  checkInputs({ name: "mean" }, [x]);
  const axes = normalizeAxes("mean", x.shape.length, options.axes);
  return mul(sum(x, { ...options, axes }), 1 / sizeOf(axes.map((axis) => x.shape[axis])));
}

/** The biased variance over some axes: the mean squared distance from the mean. */
export function variance(x: Tensor, options: ReduceOptions = {}): Tensor {
  checkInputs({ name: "variance" }, [x]);
  const axes = normalizeAxes("variance", x.shape.length, options.axes);
  const center = mean(x, { axes, keepDims: true });
  return mean(square(sub(x, center)), { ...options, axes });
}
