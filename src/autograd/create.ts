// Tensors made from nothing: constants, and random numbers from a seed and a counter.
import { clear, type DType, isFloat } from "../kernels/block";
import { count, fill } from "../kernels/fill";
import { type Next, randomInteger, randomNormal, randomUniform } from "../kernels/random";
import { recording } from "./recording";
import { checkShape, type Shape, sizeOf } from "./shape";
import { empty, Tensor } from "./tensor";

/** A tensor (…shape) of zeros, f32. */
export function zeros(shape: Shape): Tensor {
  const made = empty(shape, "f32", "zeros");
  clear(made.storage);
  return made;
}

/** A tensor filled with one number. */
export const full = (shape: Shape, value: number): Tensor => filled("full", shape, value);

/** A tensor (…shape) of ones, f32. */
export const ones = (shape: Shape): Tensor => filled("ones", shape, 1);

function filled(op: string, shape: Shape, value: number): Tensor {
  const made = empty(shape, "f32", op);
  fill(made, value);
  return made;
}

/** 0, 1, 2, …: so many numbers, f32. */
export function arange(size: number): Tensor {
  const made = empty([size], "f32", "arange");
  count(made);
  return made;
}

/** Whether a seed or a counter is a whole number in [0, 2^53): others have no two words of their own. */
const isWhole = (n: number) => Number.isSafeInteger(n) && n >= 0;
const words = (value: number) => [value % 2 ** 32, Math.floor(value / 2 ** 32)] as const;

/** Where a `Random` is in its stream: another one of that state goes on alike. */
export interface RandomState {
  seed: number;
  counter: number;
}

/**
 * A stream of random numbers: Threefry-2x32 (Salmon et al. 2011) under a 64-bit seed, with a counter that moves
 * on by what was drawn. The two determine all that follows, so they are all that a checkpoint needs. Both are whole
 * numbers in [0, 2^53).
 */
export class Random {
  #seed = 0;
  #counter = 0;

  constructor(seed: number, counter = 0) {
    this.loadState({ seed, counter });
  }

  get seed(): number {
    return this.#seed;
  }

  /** Number of 64-bit blocks drawn so far. */
  get counter(): number {
    return this.#counter;
  }

  set counter(counter: number) {
    this.loadState({ seed: this.#seed, counter });
  }

  /** Where the stream is, for `loadState`. */
  state(): RandomState {
    return { seed: this.#seed, counter: this.#counter };
  }

  /** Goes on where the stream stood that gave this state; not inside of a capture, since a replay draws on. */
  loadState({ seed, counter }: RandomState): void {
    if (recording()) throw new Error("Random: set a stream's state before the capture: a replay draws on.");
    if (!isWhole(seed)) throw new Error(`Random: the seed must be a whole number in [0, 2^53), got ${seed}.`);
    if (!isWhole(counter))
      throw new Error(`Random: the counter must be a whole number in [0, 2^53), got ${counter}.`);
    this.#seed = seed;
    this.#counter = counter;
  }

  /** Uniform in [low, high), the two rounded to f32; low, where there is no number between. */
  uniform(shape: Shape, low = 0, high = 1): Tensor {
    if (!isFloat(low) || !isFloat(high) || low > high)
      throw new Error(`uniform: low must be at most high, both finite in f32, got ${low} and ${high}.`);
    return this.draw("uniform", shape, "f32", (y, next) => randomUniform(y, next, low, high));
  }

  /** Normal with the given mean and standard deviation. */
  normal(shape: Shape, mean = 0, deviation = 1): Tensor {
    if (!isFloat(mean) || !isFloat(deviation) || deviation < 0)
      throw new Error(
        `normal: mean and deviation must be finite in f32, and the deviation at least 0, got ${mean} and ${deviation}.`,
      );
    return this.draw("normal", shape, "f32", (y, next) => randomNormal(y, next, mean, deviation));
  }

  /** u32, each whole number below `bound` (1 to 2^32) equally likely (to 1 in 2^32 / bound). */
  integer(shape: Shape, bound: number): Tensor {
    if (!Number.isInteger(bound) || bound < 1 || bound > 2 ** 32)
      throw new Error(`integer: the bound must be a whole number from 1 to 2^32, got ${bound}.`);
    return this.draw("integer", shape, "u32", (y, next) => randomInteger(y, next, bound));
  }

  /** A new tensor of numbers that `kernel` draws. The counter is asked again whenever a captured draw is replayed. */
  private draw(op: string, shape: Shape, dtype: DType, kernel: (y: Tensor, next: Next) => void): Tensor {
    checkShape(op, shape);
    const blocks = Math.ceil(sizeOf(shape) / 2);
    const after = () => {
      const end = this.counter + blocks;
      if (isWhole(end)) return end;
      throw new Error(`${op}: the counter must stay below 2^53, got ${this.counter} and ${blocks} blocks.`);
    };
    after(); // throws before there is a tensor
    const made = empty(shape, dtype, op);
    kernel(made, (undo) => {
      const at = this.counter;
      this.#counter = after();
      undo(() => {
        this.#counter = at;
      });
      return { key: words(this.seed), counter: words(at) };
    });
    return made;
  }
}

/** The same numbers without a history: gradients stop here. Shares the storage. */
export function detach(x: Tensor): Tensor {
  x.checkAlive("detach");
  return new Tensor(x.shape, x.dtype, x.share);
}

/**
 * Marks a leaf: `grad` may be asked for with respect to it. To be done before the leaf is used; that it was used first is
 * told where that lies at most some 200 tensors back.
 */
export function requireGrad<T extends Tensor>(x: T): T {
  x.requiresGrad = true;
  return x;
}
