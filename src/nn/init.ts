// Initialisers: each is a function from random numbers and a shape to a tensor. As in Keras, the last two axes are (in,
// out), and the fans are these sizes times the positions of a convolution's kernel.
import { type Random, type Shape, sizeOf, type Tensor, zeros } from "../autograd";

/** How a weight begins: a tensor of that shape. */
export type Initializer = (random: Random, shape: Shape) => Tensor;

/** Normal with mean 0; not truncated. */
export const normal =
  (deviation: number): Initializer =>
  (random, shape) =>
    random.normal(shape, 0, deviation);

/** All zeros, as biases begin. */
export const zero: Initializer = (_, shape) => zeros(shape);

/** Glorot and Bengio 2010, eq. 16: uniform with variance 2 / (in + out). */
export const glorotUniform: Initializer = (random, shape) => {
  const bound = Math.sqrt(6 / (fanIn(shape) + fanOut(shape)));
  return random.uniform(shape, -bound, bound);
};

/** He et al. 2015, eq. 10: normal with variance 2 / in, for relu behind it. */
export const heNormal: Initializer = (random, shape) => random.normal(shape, 0, Math.sqrt(2 / fanIn(shape)));

const positions = (shape: Shape): number => sizeOf(shape.slice(0, -2));
/** At least 1: a weight without entries has a fan of 0, and no use for an infinite deviation. */
const fanIn = (shape: Shape): number => Math.max(1, positions(shape) * (shape.at(-2) ?? 1));
const fanOut = (shape: Shape): number => Math.max(1, positions(shape) * (shape.at(-1) ?? 1));
