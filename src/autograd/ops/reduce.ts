// Maxima, minima, means and variances over any axes.
import { checkInputs, defineOp } from "../op";
import { normalizeAxes, reducedShape, sizeOf } from "../shape";
import type { Tensor } from "../tensor";
import { div, equal, mul, square, sub } from "./pointwise";
import { type ReduceOptions, type Reduction, reduceAxes, stretch, sum } from "./sum";

const extremum = (name: string, entry: "max_" | "min_") =>
  defineOp<[x: Tensor], Reduction>({
    name,
    shape: ([x], { axes, keepDims }) => reducedShape(x, axes, keepDims),
    forward: ([x], y, { axes }) => reduceAxes(entry, x, y, axes),
    saves: [["x0", "y"]],
    vjp: ({ xs: [x], y, dy, attributes: { axes } }) => [
      () => {
        // Nothing equals NaN, so there each gets 0 / 0: NaN, too.
        const winners = equal(x, stretch(y, x.shape, axes));
        const count = stretch(sum(winners, { axes }), x.shape, axes);
        return mul(stretch(dy, x.shape, axes), div(winners, count));
      },
    ],
  });

const maxOp = extremum("max", "max_");
const minOp = extremum("min", "min_");

/** The largest over some axes: NaN where there is one, −∞ over an empty axis. Winners that tie share the derivative. */
export function max(x: Tensor, { axes, keepDims = false }: ReduceOptions = {}): Tensor {
  return maxOp(x, { axes: normalizeAxes("max", x.shape.length, axes), keepDims });
}

/** The smallest over some axes: NaN where there is one, ∞ over an empty axis. Winners that tie share the derivative. */
export function min(x: Tensor, { axes, keepDims = false }: ReduceOptions = {}): Tensor {
  return minOp(x, { axes: normalizeAxes("min", x.shape.length, axes), keepDims });
}

/** The mean over some axes; NaN over an empty one. */
export function mean(x: Tensor, options: ReduceOptions = {}): Tensor {
  checkInputs({ name: "mean" }, [x]);
  const axes = normalizeAxes("mean", x.shape.length, options.axes);
  return sum(x, { ...options, axes, scale: 1 / sizeOf(axes.map((axis) => x.shape[axis])) });
}

/** The biased variance over some axes: the mean squared distance from the mean. */
export function variance(x: Tensor, options: ReduceOptions = {}): Tensor {
  checkInputs({ name: "variance" }, [x]);
  const axes = normalizeAxes("variance", x.shape.length, options.axes);
  const center = mean(x, { axes, keepDims: true });
  return mean(square(sub(x, center)), { ...options, axes });
}
