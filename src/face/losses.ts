// Losses, each a mean over all numbers that it is given, and the clipping of a step's gradients.
import {
  abs,
  add,
  clamp,
  detach,
  div,
  max,
  maximum,
  mean,
  minimum,
  mul,
  neg,
  softmaxCrossEntropy,
  softplus,
  sqrt,
  square,
  sub,
  sum,
  type Tensor,
} from "../autograd";
import { sameShape, shapeError } from "../autograd/shape";

/** The mean squared distance of y from the target, of one shape. */
export function mse(y: Tensor, target: Tensor): Tensor {
  checkShapes("mse", y, target);
  return mean(square(sub(y, target)));
}

/**
 * The mean cross-entropy of sigmoid(logits) with a target from 0 to 1, of one shape: −t log σ(x) − (1 − t) log σ(−x),
 * with all digits however large a logit is.
 */
export function bceWithLogits(logits: Tensor, target: Tensor): Tensor {
  checkShapes("bceWithLogits", logits, target);
  return mean(add(mul(target, softplus(neg(logits))), mul(sub(1, target), softplus(logits))));
}

/** The mean cross-entropy of logits (N, C) with labels (N) u32. */
export const crossEntropy = (logits: Tensor, labels: Tensor): Tensor =>
  mean(softmaxCrossEntropy(logits, labels));

/** Broadcasting would make another loss of a column and a row, in silence. */
function checkShapes(op: string, y: Tensor, target: Tensor): void {
  if (!sameShape(y.shape, target.shape))
    throw shapeError(op, "shapes of y and target must be equal", [y.shape, target.shape]);
}

/**
 * The gradients, all scaled by one number where their common norm is above `norm`: Pascanu et al. 2013. Squares of their
 * parts of the largest number are added up, since its own square may be infinite.
 */
export function clipGradNorm(gradients: readonly Tensor[], { norm }: { norm: number }): Tensor[] {
  if (gradients.length === 0) return [];
  const most = gradients.map((gradient) => max(abs(detach(gradient)))).reduce((a, b) => maximum(a, b));
  const unit = clamp(most, { low: 1e-30, high: 3e38 }); // infinite gradients are that still
  const squares = gradients.map((gradient) => sum(square(div(gradient, unit))));
  const total = mul(unit, sqrt(squares.reduce((a, b) => add(a, b))));
  const scale = minimum(1, div(norm, add(total, 1e-6)));
  return gradients.map((gradient) => mul(gradient, scale));
}
