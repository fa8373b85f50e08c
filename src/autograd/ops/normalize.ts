// Batch norm and layer norm. Forward and first derivative are fused kernels; the derivative is also written out
// in public ops, which is the definition that the fused one is held to and what a second derivative runs through.
import { hasGradKernel, moments, normalize, normalizeGrad } from "../../kernels/normalize";
import type { Middle } from "../../kernels/reduce";
import { checkStorage } from "../inplace";
import { type Backward, defineMultiOp, defineOp } from "../op";
import { type Shape, sameShape, shapeError, show, sizeOf } from "../shape";
import { empty, emptyTogether, type Tensor } from "../tensor";
import { add, leakyReluGrad, mul, rsqrt, square, sub } from "./pointwise";
import { mean as meanOf } from "./reduce";
import { stretch, sum } from "./sum";

/** Batch norm moves running averages of its statistics, where it is given them. */
type Inputs = [x: Tensor, gamma: Tensor, beta: Tensor, ...running: Tensor[]];
interface Attributes {
  /** Axes that share a mean and variance. */
  axes: readonly number[];
  epsilon: number;
  /** Slope below 0 of a leaky relu behind it; 1 means none. */
  slope: number;
  /** Weight of the newest batch in the running averages. */
  momentum?: number;
}

/** The inputs and the statistics; y can be made of them. */
const all = ["x0", "x1", "x2", "y1", "y2"] as const;

const normOp = (name: string, view: (x: Shape, gamma: Shape) => Middle) =>
  defineMultiOp<Inputs, Attributes>({
    name,
    shape: ([x, gamma, beta, ...running], { axes }) => {
      if (!sameShape(gamma, beta) || !sameShape(x.slice(x.length - gamma.length), gamma))
        throw new Error(
          `${name}: gamma and beta must have the last axes of x ${show(x)}, got ${show(gamma)} and ${show(beta)}.`,
        );
      const statistics = x.filter((_, axis) => !axes.includes(axis));
      if (running.some((shape) => !sameShape(shape, statistics)))
        throw shapeError(name, `running averages must be ${show(statistics)}`, running);
      return [x, statistics, statistics];
    },
    forward: ([x, gamma, beta, ...running], [y, mean, variance], { epsilon, slope, momentum = 0 }) => {
      checkStorage(name, running, [x, gamma, beta]);
      const norm = { ...view(x.shape, gamma.shape), epsilon, slope };
      moments(x, [mean, variance], norm, running, momentum);
      normalize({ x, mean, variance, gamma, beta }, y, norm);
    },
    saves: [all, all, all],
    movesFrom: 3,
    vjp: (context) => compositeGrad(context),
    fusedVjp: (context) => {
      const { xs, y, dy: dys, attributes } = context;
      const [x, gamma, beta] = xs;
      const [, mean, variance] = y;
      const [dy, dMean, dVariance] = dys;
      const norm = { ...view(x.shape, gamma.shape), epsilon: attributes.epsilon, slope: attributes.slope };
      if (!dy || dMean || dVariance || !hasGradKernel(norm)) return compositeGrad(context);
      let made: Tensor[] | undefined;
      const run = () => {
        if (made) return made;
        const dx = empty(x.shape, "f32", name);
        const sums = emptyTogether([gamma.shape, gamma.shape], name);
        const [dbeta, dgamma] = sums.made;
        const outputs = { dx, sums: sums.whole, second: dgamma.storage.offset / 4 };
        normalizeGrad({ x, mean, variance, gamma, beta, dy }, outputs, norm);
        made = [dx, dgamma, dbeta];
        return made;
      };
      return [0, 1, 2].map((i) => () => run()[i]);
    },
  });

const batchNormOp = normOp("batchNorm", (x) => ({ a: 1, r: sizeOf(x.slice(0, -1)), b: x.at(-1)! }));
const layerNormOp = normOp("layerNorm", (x, gamma) => ({
  a: sizeOf(x.slice(0, x.length - gamma.length)),
  r: sizeOf(gamma),
  b: 1,
}));

/**
 * Ioffe and Szegedy 2015, training: each channel of x (…, C) gets mean 0 and variance 1 over all other axes, then
 * gamma (C) and beta (C), then leaky relu of that `slope` below 0 (1: none). Returns y, the mean (C) and the
 * biased variance (C). `running` averages (C) move in place, by the Bessel-corrected variance, as PyTorch's do.
 * Throws when there is nothing to take a mean of.
 */
export function batchNorm(
  x: Tensor,
  gamma: Tensor,
  beta: Tensor,
  epsilon: number,
  slope = 1,
  running?: { mean: Tensor; variance: Tensor; momentum: number },
) {
  const axes = x.shape.map((_, axis) => axis).slice(0, -1);
  if (gamma.shape.length !== 1) throw shapeError("batchNorm", "gamma must be (C)", [x.shape, gamma.shape]);
  if (x.size === 0 && gamma.size > 0)
    throw shapeError("batchNorm", "each channel must have something to take the mean of", [x.shape]);
  const averages = running ? [running.mean, running.variance] : [];
  const attributes = { axes, epsilon, slope, momentum: running?.momentum };
  return batchNormOp(x, gamma, beta, ...averages, attributes) as [Tensor, Tensor, Tensor];
}

/**
 * Ba, Kiros and Hinton 2016: each sample of x gets mean 0 and variance 1 over the last axes, those of gamma, then
 * gamma and beta, entry by entry. Returns y.
 */
export function layerNorm(x: Tensor, gamma: Tensor, beta: Tensor, epsilon: number): Tensor {
  const lead = x.shape.length - gamma.shape.length;
  const axes = gamma.shape.map((_, axis) => axis + lead);
  return layerNormOp(x, gamma, beta, { axes, epsilon, slope: 1 })[0];
}

/** The derivative in public ops; the statistics are made anew from x, so that they are differentiated too. */
function compositeGrad({ xs, dy: dys, attributes }: Backward<Inputs, Tensor[], Attributes>) {
  const { axes, epsilon, slope } = attributes;
  const [[x, gamma, beta], [dOutput, dMean, dVariance]] = [xs, dys];
  const keep = { axes, keepDims: true };
  const lead = Array.from({ length: x.shape.length - gamma.shape.length }, (_, axis) => axis);
  const mean = meanOf(x, keep);
  const centered = sub(x, mean);
  const scale = rsqrt(add(meanOf(square(centered), keep), epsilon));
  const normalized = mul(centered, scale);
  const dy = slope === 1 || !dOutput ? dOutput : beforeLeaky(dOutput, normalized, gamma, beta, slope);
  const stretched = (t: Tensor) => stretch(t, x.shape, axes);
  return [
    () => {
      const terms: Tensor[] = [];
      if (dy) {
        const g = mul(dy, gamma);
        const away = add(meanOf(g, keep), mul(normalized, meanOf(mul(g, normalized), keep)));
        terms.push(mul(scale, sub(g, away)));
      }
      const r = sizeOf(axes.map((axis) => x.shape[axis]));
      if (dMean) terms.push(mul(stretched(dMean), 1 / r));
      if (dVariance) terms.push(mul(mul(stretched(dVariance), centered), 2 / r));
      return terms.reduce((a, b) => add(a, b));
    },
    () => (dy ? sum(mul(dy, normalized), { axes: lead }) : mul(gamma, 0)),
    () => (dy ? sum(dy, { axes: lead }) : mul(gamma, 0)),
  ];
}

/** The gradient of gamma · x̂ + beta from that of its leaky relu. */
const beforeLeaky = (dy: Tensor, normalized: Tensor, gamma: Tensor, beta: Tensor, slope: number) =>
  leakyReluGrad(add(mul(normalized, gamma), beta), dy, { slope });

/**
 * Batch norm at inference: x (…, C) by given mean (C) and variance (C), then gamma (C) and beta (C), then leaky relu
 * of that `slope` below 0, if one is given.
 */
export const batchNormInference = defineOp<
  [x: Tensor, mean: Tensor, variance: Tensor, gamma: Tensor, beta: Tensor],
  { epsilon: number; slope?: number }
>({
  name: "batchNormInference",
  shape: ([x, ...rest]) => {
    const bad = rest.find((shape) => !sameShape(shape, [x.at(-1)!]));
    if (bad) throw shapeError("batchNormInference", "statistics, gamma, beta must be (channels)", [x, bad]);
    return x;
  },
  forward: ([x, mean, variance, gamma, beta], y, { epsilon, slope = 1 }) => {
    const b = x.shape.at(-1)!;
    normalize({ x, mean, variance, gamma, beta }, y, { a: 1, r: x.size / b, b, epsilon, slope });
  },
  saves: ({ slope = 1 }) => {
    // Where a leaky relu is behind it, its input is made anew.
    const before = slope === 1 ? ([] as const) : (["x0", "x1", "x2", "x3", "x4"] as const);
    const scaled = [...before, "x2", "x3"] as const;
    return [scaled, scaled, [...scaled, "x0", "x1"], [...before, "x0", "x1", "x2"], before];
  },
  vjp: ({ xs: [x, mean, variance, gamma, beta], dy: dOutput, attributes: { epsilon, slope = 1 } }) => {
    const lead = x.shape.map((_, axis) => axis).slice(0, -1);
    const scale = () => rsqrt(add(variance, epsilon));
    const centered = () => sub(x, mean);
    const dy = slope === 1 ? dOutput : beforeLeaky(dOutput, mul(centered(), scale()), gamma, beta, slope);
    return [
      () => mul(dy, mul(gamma, scale())),
      () => mul(sum(dy, { axes: lead }), mul(mul(gamma, scale()), -1)),
      () => {
        const s = scale();
        return mul(sum(mul(dy, centered()), { axes: lead }), mul(mul(gamma, -0.5), mul(s, square(s))));
      },
      () => mul(sum(mul(dy, centered()), { axes: lead }), scale()),
      () => sum(dy, { axes: lead }),
    ];
  },
});
