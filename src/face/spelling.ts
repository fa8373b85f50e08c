// Where the face's spelling differs from the engine's: numbers beside tensors are options with PyTorch's defaults, and a
// shape is an argument of its own.

import type { Shape, Tensor } from "../autograd";
import * as engine from "../autograd";

/** x repeated along the axes where it has size 1 or none, to fill the shape. */
export const broadcastTo = (x: Tensor, shape: Shape): Tensor => engine.broadcastTo(x, { shape });

/** What stands around a tensor, and how much of it. */
export type PadOptions = Parameters<typeof engine.pad>[1];

/** As the engine's; the value must be one that x's dtype has. */
export function pad(x: Tensor, options: PadOptions): Tensor {
  const { value = 0 } = options;
  if (x.dtype === "u32" && !(Number.isInteger(value) && value >= 0 && value < 2 ** 32))
    throw new Error(`pad: value must be a whole number from 0 to 2^32 - 1 beside ${x}, got ${value}.`);
  return engine.pad(x, options);
}

/** Of a layer norm. */
export type LayerNormOptions = { epsilon?: number };

/**
 * Ba, Kiros and Hinton 2016: each sample of x gets mean 0 and variance 1 over the last axes, those of gamma, then
 * gamma and beta, entry by entry. `epsilon`, 1e-5 where it is not given, is added to the variance.
 */
export const layerNorm = (x: Tensor, gamma: Tensor, beta: Tensor, options: LayerNormOptions = {}): Tensor =>
  engine.layerNorm(x, gamma, beta, options.epsilon ?? 1e-5);

/** What all batch norms take. */
export interface NormOptions {
  /** Added to the variance; 1e-5 where it is not given. */
  epsilon?: number;
  /** Slope below 0 of a leaky relu behind it, in the same kernel; 1, none, where it is not given. */
  slope?: number;
}

/** Of a batch norm in training. */
export interface BatchNormOptions extends NormOptions {
  /** Averages (C) that move by `momentum` towards the batch's mean and Bessel-corrected variance, in place. */
  running?: { mean: Tensor; variance: Tensor; momentum: number };
}

/**
 * Ioffe and Szegedy 2015, training: each channel of x (…, C) gets mean 0 and variance 1 over all other axes, then
 * gamma (C) and beta (C). Returns y, the mean (C) and the biased variance (C).
 */
export function batchNorm(x: Tensor, gamma: Tensor, beta: Tensor, options: BatchNormOptions = {}) {
  const { epsilon = 1e-5, slope = 1, running } = options;
  return engine.batchNorm(x, gamma, beta, epsilon, slope, running);
}

/** Batch norm at inference: x (…, C) by given mean (C) and variance (C), then gamma (C) and beta (C). */
export function batchNormInference(
  x: Tensor,
  mean: Tensor,
  variance: Tensor,
  gamma: Tensor,
  beta: Tensor,
  options: NormOptions = {},
): Tensor {
  const { epsilon = 1e-5, slope = 1 } = options;
  return engine.batchNormInference(x, mean, variance, gamma, beta, { epsilon, slope });
}
