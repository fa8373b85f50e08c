// The loss of a small WGAN-GP critic in float64 (Gulrajani et al. 2017), its input gradient written by hand:
// differences of this loss judge second derivatives through convolution, layer norm and leaky relu.
import { type F64, map, type Random, randomNormal } from "./array";
import type { Scalar } from "./derivatives";
import {
  add,
  conv2d,
  conv2dInputGrad,
  layerNorm,
  leakyRelu,
  matmul,
  mean,
  mul,
  reshape,
  sub,
  sum,
} from "./forward";

const SLOPE = 0.2;
const EPSILON = 1e-5;
// 'same' for a 4x4 of stride 2 on even sizes.
const HALVE = { stride: [2, 2], padding: [1, 1, 1, 1] } as const;

/** conv 4x4 s2 → leaky → layer norm → conv 4x4 s2 → leaky → flatten → dense 1, in this order. */
export const parameterNames = [
  "conv1.weight", // (4, 4, channels, c1)
  "conv1.bias", // (c1)
  "norm.gamma", // (H/2, W/2, c1), or (c1) to normalise each pixel's channels alone
  "norm.beta",
  "conv2.weight", // (4, 4, c1, c2)
  "conv2.bias", // (c2)
  "dense.weight", // (H/4 · W/4 · c2, 1)
  "dense.bias", // (1)
] as const;

/** Random parameters in the order of parameterNames, large enough that gradient norms are near 1. */
export function penaltyParameters(
  random: Random,
  [h, w, channels]: readonly [number, number, number],
  [c1, c2]: readonly [number, number],
): F64[] {
  const normal = (shape: number[], deviation: number) => randomNormal(random, shape, deviation);
  return [
    normal([4, 4, channels, c1], 0.3),
    normal([c1], 0.1),
    map(normal([h / 2, w / 2, c1], 0.2), (v) => 1 + v),
    normal([h / 2, w / 2, c1], 0.2),
    normal([4, 4, c1, c2], 0.3),
    normal([c2], 0.1),
    normal([(h / 4) * (w / 4) * c2, 1], 0.3),
    normal([1], 0.1),
  ];
}

/** x (N, H, W, channels) → f (N, 1), and ∂f_n/∂x_n of x's shape. */
export function criticWithInputGradient(
  parameters: F64[],
  x: F64,
): { f: F64; inputGradient: F64; closestKink: number } {
  const [w1, b1, gamma, beta, w2, b2, dense, bias] = parameters;
  const h1 = add(conv2d(x, w1, HALVE), b1); // (N, H/2, W/2, c1)
  const a1 = leakyRelu(h1, SLOPE);
  const n1 = layerNorm(a1, gamma.shape, gamma, beta, EPSILON);
  const h2 = add(conv2d(n1, w2, HALVE), b2); // (N, H/4, W/4, c2)
  const flat = reshape(leakyRelu(h2, SLOPE), [x.shape[0], dense.shape[0]]);
  const f = add(matmul(flat, dense), bias);

  // Every sample's f depends on its own x alone, so one pass from df = 1 gives all the gradients.
  const dh2 = map(h2, (v, i) => (v > 0 ? 1 : SLOPE) * dense.data[i % dense.data.length]);
  const dn1 = conv2dInputGrad(dh2, w2, { ...HALVE, outputSize: [h1.shape[1], h1.shape[2]] });
  const da1 = layerNormInputGrad(a1, gamma, dn1);
  const dh1 = map(da1, (d, i) => (h1.data[i] > 0 ? d : SLOPE * d));
  const inputGradient = conv2dInputGrad(dh1, w1, { ...HALVE, outputSize: [x.shape[1], x.shape[2]] });
  const nearest = (h: F64) => h.data.reduce((least, v) => Math.min(least, Math.abs(v)), Infinity);
  return { f, inputGradient, closestKink: Math.min(nearest(h1), nearest(h2)) };
}

/** With g = gamma·dy and x̂ the standardised x: (g − mean g − x̂·mean(g·x̂)) / √(variance + ε). */
function layerNormInputGrad(x: F64, gamma: F64, dy: F64): F64 {
  const axes = gamma.shape.map((_, axis) => axis - gamma.shape.length);
  const centred = sub(x, mean(x, axes, true));
  const deviation = map(mean(mul(centred, centred), axes, true), (v) => Math.sqrt(v + EPSILON));
  const inverse = map(deviation, (v) => 1 / v);
  const standard = mul(centred, inverse);
  const g = mul(dy, gamma);
  const along = mul(standard, mean(mul(g, standard), axes, true));
  return mul(sub(sub(g, mean(g, axes, true)), along), inverse);
}

export interface PenaltyLoss {
  loss: number;
  /** mean f(fake) − mean f(real), without the penalty. */
  difference: number;
  /** mean (‖∇f(x̂)‖ − 1)², before λ. */
  penalty: number;
  /** ‖∇f(x̂)‖ of each sample (N). */
  norms: F64;
  /** ∇f(x̂), of the images' shape. */
  inputGradient: F64;
  /** The least |input| of any leaky relu: the loss jumps where one is crossed, so steps must stay below it. */
  closestKink: number;
}

/** real, fake (N, H, W, channels), mix (N) in [0, 1]; x̂ = mix·real + (1 − mix)·fake. */
export function penaltyLoss(parameters: F64[], real: F64, fake: F64, mix: F64, lambda: number): PenaltyLoss {
  const share = reshape(mix, [mix.data.length, 1, 1, 1]);
  const between = add(fake, mul(share, sub(real, fake)));
  const onReal = criticWithInputGradient(parameters, real);
  const onFake = criticWithInputGradient(parameters, fake);
  const { inputGradient, closestKink } = criticWithInputGradient(parameters, between);
  const norms = map(sum(mul(inputGradient, inputGradient), [1, 2, 3]), Math.sqrt);
  const penalty = mean(map(norms, (norm) => (norm - 1) ** 2)).data[0];
  const difference = mean(onFake.f).data[0] - mean(onReal.f).data[0];
  return {
    loss: difference + lambda * penalty,
    difference,
    penalty,
    norms,
    inputGradient,
    closestKink: Math.min(closestKink, onReal.closestKink, onFake.closestKink),
  };
}

/** The loss as a function of its parameters alone, for `directional` and `gradients`. */
export const penaltyLossOf =
  (real: F64, fake: F64, mix: F64, lambda: number): Scalar =>
  (parameters) =>
    penaltyLoss(parameters, real, fake, mix, lambda).loss;
