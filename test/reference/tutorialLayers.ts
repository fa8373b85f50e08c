// The layers of the tutorial's networks with their backward passes written by hand in float64: dense,
// leaky relu, and batch norm with its moving statistics as Keras 2 keeps them.
import { type F64, make, map, size } from "./array";
import { add, batchNorm, batchNormInference, leakyRelu, matmul, sum } from "./forward";

/** Parameters, gradients, slots or statistics by name, as in "critic.conv1.weight". */
export type Weights = Record<string, F64>;

export const LEAKY_SLOPE = 0.2;
export const NORM_EPSILON = 1e-3;
const NORM_MOMENTUM = 0.99;

/** x (N, in) · weight (in, out) + bias (out). */
export const dense = (x: F64, weight: F64, bias: F64): F64 => add(matmul(x, weight), bias);

export function denseBackward(x: F64, weight: F64, dy: F64): { dx: F64; dWeight: F64; dBias: F64 } {
  return {
    dx: matmul(dy, weight, { transposeB: true }),
    dWeight: matmul(x, dy, { transposeA: true }),
    dBias: biasGrad(dy),
  };
}

/** The sum over every axis but the last. */
export const biasGrad = (dy: F64): F64 => sum(dy, [...dy.shape.keys()].slice(0, -1));

export const leaky = (x: F64): F64 => leakyRelu(x, LEAKY_SLOPE);

export const leakyBackward = (x: F64, dy: F64): F64 =>
  map(dy, (d, i) => (x.data[i] > 0 ? d : LEAKY_SLOPE * d));

/** What the backward pass of batch norm and its leaky relu needs. */
export interface NormTape {
  x: F64;
  mean: F64;
  variance: F64;
  /** Before the leaky relu. */
  normalized: F64;
}

/** Batch norm with the batch's own statistics, then leaky relu. */
export function normLeaky(weights: Weights, name: string, x: F64): { y: F64; tape: NormTape } {
  const result = batchNorm(x, weights[`${name}.gamma`], weights[`${name}.beta`], NORM_EPSILON);
  const tape = { x, mean: result.mean, variance: result.variance, normalized: result.y };
  return { y: leaky(result.y), tape };
}

/** Batch norm with the moving statistics, then leaky relu. */
export function normLeakyInference(weights: Weights, name: string, x: F64): F64 {
  const [gamma, beta, mean, variance] = ["gamma", "beta", "movingMean", "movingVariance"].map(
    (part) => weights[`${name}.${part}`],
  );
  return leaky(batchNormInference(x, gamma, beta, mean, variance, NORM_EPSILON));
}

/** Through leaky relu and batch norm, whose mean and variance depend on x; sets gamma's and beta's gradients. */
export function normLeakyBackward(
  weights: Weights,
  name: string,
  tape: NormTape,
  dOut: F64,
  gradients: Weights,
): F64 {
  const dy = leakyBackward(tape.normalized, dOut);
  const gamma = weights[`${name}.gamma`];
  const channels = gamma.data.length;
  const rows = dy.data.length / channels;
  const deviation = map(tape.variance, (v) => Math.sqrt(v + NORM_EPSILON));
  const standard = map(tape.x, (v, i) => (v - tape.mean.data[i % channels]) / deviation.data[i % channels]);
  const dBeta = make([channels]);
  const dGamma = make([channels]);
  for (let i = 0; i < dy.data.length; i++) {
    dBeta.data[i % channels] += dy.data[i];
    dGamma.data[i % channels] += dy.data[i] * standard.data[i];
  }
  gradients[`${name}.gamma`] = dGamma;
  gradients[`${name}.beta`] = dBeta;
  return map(dy, (d, i) => {
    const c = i % channels;
    const centred = d - dBeta.data[c] / rows - (standard.data[i] * dGamma.data[c]) / rows;
    return (gamma.data[c] / deviation.data[c]) * centred;
  });
}

/** The moving statistics after this batch; Keras 2 moves towards the Bessel-corrected variance. */
export function movingAfter(weights: Weights, name: string, tape: NormTape): Weights {
  const rows = size(tape.x.shape.slice(0, -1));
  const toward = (moving: F64, batch: F64, factor: number): F64 =>
    map(moving, (m, c) => NORM_MOMENTUM * m + (1 - NORM_MOMENTUM) * factor * batch.data[c]);
  return {
    [`${name}.movingMean`]: toward(weights[`${name}.movingMean`], tape.mean, 1),
    [`${name}.movingVariance`]: toward(weights[`${name}.movingVariance`], tape.variance, rows / (rows - 1)),
  };
}
