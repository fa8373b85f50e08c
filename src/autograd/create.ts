// Tensors made from nothing: constants, and random numbers from a seed and a counter.

import { clear } from "../kernels/block";
import { fill } from "../kernels/fill";
import { randomInteger, randomNormal, randomUniform } from "../kernels/random";
import type { Shape } from "./shape";
import { empty, Tensor } from "./tensor";

export function zeros(shape: Shape): Tensor {
  const made = empty(shape, "f32", "zeros");
  clear(made.storage);
  return made;
}

/** A tensor filled with one number. */
export function full(shape: Shape, value: number): Tensor {
  const made = empty(shape, "f32", "full");
  fill(made, value);
  return made;
}

export const ones = (shape: Shape): Tensor => full(shape, 1);

/**
 * A stream of random numbers: Threefry-2x32 (Salmon et al. 2011) under a 64-bit seed, with a counter that moves
 * on by what was drawn. The two determine all that follows, so they are all that a checkpoint needs.
 */
export class Random {
  constructor(
    readonly seed: number,
    /** Number of 64-bit blocks drawn so far. */
    public counter = 0,
  ) {}

  /** Uniform in [low, high). */
  uniform(shape: Shape, low = 0, high = 1): Tensor {
    const made = empty(shape, "f32", "uniform");
    randomUniform(made, () => this.next(made.size), low, high);
    return made;
  }

  /** Normal with the given mean and standard deviation. */
  normal(shape: Shape, mean = 0, deviation = 1): Tensor {
    const made = empty(shape, "f32", "normal");
    randomNormal(made, () => this.next(made.size), mean, deviation);
    return made;
  }

  /** u32, each whole number below `bound` equally likely (to 1 in 2^32 / bound). */
  integer(shape: Shape, bound: number): Tensor {
    const made = empty(shape, "u32", "integer");
    randomInteger(made, () => this.next(made.size), bound);
    return made;
  }

  private next(count: number) {
    const at = this.counter;
    this.counter += Math.ceil(count / 2);
    return { key: words(this.seed), counter: words(at) };
  }
}

const words = (value: number) => [value % 2 ** 32, Math.floor(value / 2 ** 32)] as const;

/** The same numbers without a history: gradients stop here. Shares the storage. */
export const detach = (x: Tensor): Tensor => new Tensor(x.shape, x.dtype, x.share);

/** Marks a leaf: `grad` may be asked for with respect to it. */
export function requireGrad<T extends Tensor>(x: T): T {
  x.requiresGrad = true;
  return x;
}
