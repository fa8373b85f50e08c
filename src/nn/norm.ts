// Normalisation layers. Batch norm is the one layer that behaves differently in training and at inference.
import type { Shape, Tensor } from "../autograd";
import { batchNorm, batchNormInference, layerNorm, ones, zeros } from "../autograd";
import { Module } from "./module";

/** What a `BatchNorm2d` may be told; epsilon is 1e-5, slope 1, momentum 0.1 and scale true where not given. */
export interface BatchNormOptions {
  /** Added to the variance under the root. */
  epsilon?: number;
  /** Slope below 0 of a leaky relu behind it, in the same kernel; 1 means none. */
  slope?: number;
  /** Weight of the newest batch in the running averages; Keras's momentum is 1 minus this. */
  momentum?: number;
  /** Whether gamma is trained; else it stays 1. */
  scale?: boolean;
}

abstract class Affine extends Module {
  readonly gamma: Tensor;
  readonly beta: Tensor;

  constructor(shape: Shape, scale = true) {
    super();
    this.gamma = scale ? this.parameter("gamma", ones(shape)) : this.buffer("gamma", ones(shape));
    this.beta = this.parameter("beta", zeros(shape));
  }
}

/**
 * Ioffe and Szegedy 2015 over (N, H, W, C), with PyTorch's semantics: biased variance for the batch, the running
 * variance Bessel-corrected (Keras 2 does the same).
 */
export class BatchNorm2d extends Affine {
  readonly runningMean: Tensor;
  readonly runningVariance: Tensor;
  private readonly options: Required<Omit<BatchNormOptions, "scale">>;

  constructor(channels: number, options: BatchNormOptions = {}) {
    const { epsilon = 1e-5, momentum = 0.1, slope = 1, scale } = options;
    super([channels], scale);
    this.options = { epsilon, momentum, slope };
    this.runningMean = this.buffer("runningMean", zeros([channels]));
    this.runningVariance = this.buffer("runningVariance", ones([channels]));
  }

  override forward(x: Tensor): Tensor {
    const { gamma, beta, runningMean, runningVariance } = this;
    const { epsilon, momentum, slope } = this.options;
    if (!this.training)
      return batchNormInference(x, runningMean, runningVariance, gamma, beta, { epsilon, slope });
    const running = { mean: runningMean, variance: runningVariance, momentum };
    return batchNorm(x, gamma, beta, epsilon, slope, running)[0];
  }
}

/** Ba, Kiros and Hinton 2016: each sample is normalised over its last axes, those of `shape`. */
export class LayerNorm extends Affine {
  private readonly epsilon: number;

  constructor(shape: Shape, { epsilon = 1e-5 }: { epsilon?: number } = {}) {
    super(shape);
    this.epsilon = epsilon;
  }

  override forward(x: Tensor): Tensor {
    return layerNorm(x, this.gamma, this.beta, this.epsilon);
  }
}
