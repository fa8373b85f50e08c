// Float64 references of batch normalisation (Ioffe and Szegedy 2015), in training and inference, and of
// layer normalisation (Ba, Kiros and Hinton 2016).
import { type F64, scalar } from "./array";
import { add, div, mul, sqrt, sub } from "./pointwise";
import { mean, variance } from "./reduce";

/** gamma·(x − mean)/√(variance + eps) + beta, everything broadcasting against x. */
function normalize(x: F64, middle: F64, spread: F64, gamma: F64, beta: F64, eps: number): F64 {
  const deviation = sqrt(add(spread, scalar(eps)));
  return add(mul(gamma, div(sub(x, middle), deviation)), beta);
}

/** x (..., C), gamma and beta (C): statistics over all axes but the last, the variance biased. */
export function batchNorm(x: F64, gamma: F64, beta: F64, eps: number): { y: F64; mean: F64; variance: F64 } {
  const axes = [...x.shape.keys()].slice(0, -1);
  const [middle, spread] = [mean(x, axes), variance(x, axes)];
  return { y: normalize(x, middle, spread, gamma, beta, eps), mean: middle, variance: spread };
}

/** The same with given statistics (C). */
export function batchNormInference(
  x: F64,
  gamma: F64,
  beta: F64,
  movingMean: F64,
  movingVariance: F64,
  eps: number,
): F64 {
  return normalize(x, movingMean, movingVariance, gamma, beta, eps);
}

/** Normalises over the trailing axes; gamma and beta have the shape of those axes, normalizedShape. */
export function layerNorm(
  x: F64,
  normalizedShape: readonly number[],
  gamma: F64,
  beta: F64,
  eps: number,
): F64 {
  const axes = normalizedShape.map((_, axis) => axis - normalizedShape.length);
  return normalize(x, mean(x, axes, true), variance(x, axes, true), gamma, beta, eps);
}
