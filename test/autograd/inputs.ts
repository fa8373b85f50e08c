// Random inputs for the cases of derivatives: seeded, exact in f32, and away from kinks and poles.
// A second difference moves an input by 0.06 at most, so 0.15 is away.
import {
  awayFrom,
  type F64,
  make,
  makeRandom,
  map,
  randomNormal,
  randomUniform,
  roundToF32,
} from "../reference/array";

export type Input = (...shape: number[]) => F64;

const random = makeRandom(5);

export const normal: Input = (...shape) => roundToF32(randomNormal(random, shape));

export const between =
  (low: number, high: number): Input =>
  (...shape) =>
    roundToF32(randomUniform(random, shape, low, high));

/** Of either sign, at least `low` and at most `high` in size. */
export const signed =
  (low: number, high: number): Input =>
  (...shape) =>
    map(between(low, high)(...shape), (v) => (random.uniform() < 0.5 ? -v : v));

export const away =
  (...kinks: number[]): Input =>
  (...shape) =>
    roundToF32(awayFrom(randomNormal(random, shape), kinks, 0.15));

/** Halves plus an offset: two lattices with other offsets have no number in common. */
export const lattice =
  (offset: number): Input =>
  (...shape) =>
    map(make(shape), () => Math.round(8 * random.uniform() - 4) / 2 + offset);

/** No two entries nearer than 0.25. */
export const distinct: Input = (...shape) => {
  const x = make(shape);
  for (let i = 0; i < x.data.length; i++) {
    const j = Math.floor(random.uniform() * (i + 1));
    x.data[i] = x.data[j];
    x.data[j] = 0.25 * i;
  }
  return map(x, (v) => v - 0.125 * x.data.length);
};

export const show = (...shapes: (readonly number[])[]): string =>
  shapes.map((shape) => `[${shape.join(",")}]`).join(" ");
