// Layers without weights: pools and upsampling, each one composite op, and dropout.
import { greaterEqual, mul, type Random, type Tensor } from "../autograd";
import { Module, Sequential } from "../nn";
import { checkDecay } from "../nn/decay";
import {
  averagePool2d,
  checkPool,
  maxPool2d,
  type PoolOptions,
  type UpsampleOptions,
  upsample2d,
} from "./images";

/** Of layers in a list, which can be looked at as one argument. */
export class Sequence extends Sequential {
  constructor(layers: readonly Module[]) {
    super(...layers);
  }
}

/** The largest of each window of (N, H, W, C). */
export class MaxPool2d extends Module {
  constructor(private readonly options: PoolOptions) {
    super();
    checkPool("MaxPool2d", options);
  }

  override forward(x: Tensor): Tensor {
    return maxPool2d(x, this.options);
  }
}

/** The mean of each window of (N, H, W, C). */
export class AveragePool2d extends Module {
  constructor(private readonly options: PoolOptions) {
    super();
    checkPool("AveragePool2d", options);
  }

  override forward(x: Tensor): Tensor {
    return averagePool2d(x, this.options);
  }
}

/** Each pixel of (N, H, W, C) so many times along rows and columns. */
export class Upsample2d extends Module {
  constructor(private readonly options: UpsampleOptions) {
    super();
  }

  override forward(x: Tensor): Tensor {
    return upsample2d(x, this.options);
  }
}

/** Of a dropout. */
export interface DropoutOptions {
  /** Where it draws from; a captured step that is replayed draws on. */
  random: Random;
  /** The part that becomes 0, from 0 up to below 1; 0.5 where it is not given. */
  rate?: number;
}

/** Srivastava et al. 2014, in training alone: a part of the numbers becomes 0, and the others grow to make up for it. */
export class Dropout extends Module {
  private readonly rate: number;
  private readonly random: Random;

  constructor({ random, rate = 0.5 }: DropoutOptions) {
    super();
    checkDecay("Dropout", "rate", rate);
    this.random = random;
    this.rate = rate;
  }

  override forward(x: Tensor): Tensor {
    if (!this.training || this.rate === 0) return mul(x, 1);
    x.checkAlive("Dropout"); // before the stream moves on
    const stays = greaterEqual(this.random.uniform(x.shape), this.rate);
    return mul(x, mul(stays, 1 / (1 - this.rate)));
  }
}
