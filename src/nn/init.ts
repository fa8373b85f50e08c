// Initialisers: a function from random numbers and a shape to a tensor. Fans are read off the last two axes,
// as Keras does: (…, in, out), and a convolution's kernel positions multiply both.
import { type Random, type Shape, sizeOf, type Tensor, zeros } from "../autograd";

export type Initializer = (random: Random, shape: Shape) => Tensor;

/** Normal with mean 0; not truncated. */
export const normal =
  (deviation: number): Initializer =>
  (random, shape) =>
    random.normal(shape, 0, deviation);

/** Uniform in [low, high). */
export const uniform =
  (low: number, high: number): Initializer =>
  (random, shape) =>
    random.uniform(shape, low, high);

export const zero: Initializer = (_, shape) => zeros(shape);

/** Glorot and Bengio 2010, eq. 16: uniform with variance 2 / (in + out). */
export const glorotUniform: Initializer = (random, shape) => {
  const [fanIn, fanOut] = fans(shape);
  const bound = Math.sqrt(6 / (fanIn + fanOut));
  return random.uniform(shape, -bound, bound);
};

/** Glorot's variance as a normal. */
export const glorotNormal: Initializer = (random, shape) => {
  const [fanIn, fanOut] = fans(shape);
  return random.normal(shape, 0, Math.sqrt(2 / (fanIn + fanOut)));
};

/** He et al. 2015, eq. 10: normal with variance 2 / in, for relu behind it. */
export const heNormal: Initializer = (random, shape) =>
  random.normal(shape, 0, Math.sqrt(2 / fans(shape)[0]));

/** He's variance as a uniform. */
export const heUniform: Initializer = (random, shape) => {
  const bound = Math.sqrt(6 / fans(shape)[0]);
  return random.uniform(shape, -bound, bound);
};

/** At least 1: a weight without entries has a fan of 0, and no use for an infinite deviation. */
function fans(shape: Shape): [number, number] {
  const positions = sizeOf(shape.slice(0, -2));
  return [Math.max(1, positions * (shape.at(-2) ?? 1)), Math.max(1, positions * (shape.at(-1) ?? 1))];
}
