// The float64 array that every reference function takes and returns: a shape and row-major data,
// with the few helpers that tests need to make, compare and perturb one.

export interface F64 {
  shape: number[];
  data: Float64Array;
}

export const size = (shape: readonly number[]): number => shape.reduce((product, n) => product * n, 1);

/** Row-major strides in elements: the last axis runs fastest. */
export function strides(shape: readonly number[]): number[] {
  const out = new Array<number>(shape.length).fill(1);
  for (let axis = shape.length - 2; axis >= 0; axis--) out[axis] = out[axis + 1] * shape[axis + 1];
  return out;
}

/** A new array, zeros unless values are given (they are copied). */
export function make(shape: readonly number[], values?: ArrayLike<number>): F64 {
  const data = values ? Float64Array.from(values) : new Float64Array(size(shape));
  if (data.length !== size(shape)) throw new Error(`make: ${data.length} values for shape [${shape}]`);
  return { shape: [...shape], data };
}

export const scalar = (value: number): F64 => make([], [value]);

export function fill(shape: readonly number[], value: number): F64 {
  return { shape: [...shape], data: new Float64Array(size(shape)).fill(value) };
}

export const clone = (x: F64): F64 => make(x.shape, x.data);

export const map = (x: F64, f: (value: number, index: number) => number): F64 => ({
  shape: [...x.shape],
  data: x.data.map(f),
});

export const sameShape = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((n, axis) => n === b[axis]);

export function expectSameShape(name: string, a: F64, b: F64): void {
  if (!sameShape(a.shape, b.shape)) throw new Error(`${name}: shapes differ, [${a.shape}] and [${b.shape}]`);
}

/** The nearest f32 of every value: what a GPU receives, so that both sides start from the same numbers. */
export const roundToF32 = (x: F64): F64 => map(x, Math.fround);

/** Σ a·b over arrays of one shape. */
export function dot(a: F64, b: F64): number {
  expectSameShape("dot", a, b);
  let total = 0;
  for (let i = 0; i < a.data.length; i++) total += a.data[i] * b.data[i];
  return total;
}

/** a + t·b over arrays of one shape. */
export function axpy(a: F64, t: number, b: F64): F64 {
  expectSameShape("axpy", a, b);
  return map(a, (value, i) => value + t * b.data[i]);
}

/** The largest |a − b|; NaN when any entry is. */
export function maxDifference(a: F64, b: F64): number {
  expectSameShape("maxDifference", a, b);
  return a.data.reduce((worst, value, i) => Math.max(worst, Math.abs(value - b.data[i])), 0);
}

/** The data offset of every position of `shape`, in row-major order, under any strides (0 repeats an axis). */
export function offsets(shape: readonly number[], by: readonly number[]): Int32Array {
  const out = new Int32Array(size(shape));
  const position = new Array<number>(shape.length).fill(0);
  let offset = 0;
  for (let i = 0; i < out.length; i++) {
    out[i] = offset;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      offset += by[axis];
      if (++position[axis] < shape[axis]) break;
      offset -= by[axis] * shape[axis];
      position[axis] = 0;
    }
  }
  return out;
}

export interface Random {
  /** In (0, 1). */
  uniform(): number;
  /** N(0, 1). */
  normal(): number;
}

/** A seeded generator: Marsaglia's 32-bit xorshift (13, 17, 5), ample for test inputs. */
export function makeRandom(seed: number): Random {
  // Neighbouring seeds start far apart, and the state must never be 0.
  let state = Math.imul(seed + 1, 0x9e3779b9) | 0 || 1;
  const uniform = (): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
  for (let i = 0; i < 8; i++) uniform();
  const normal = (): number => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
  return { uniform, normal };
}

export const randomNormal = (random: Random, shape: readonly number[], deviation = 1): F64 =>
  map(make(shape), () => deviation * random.normal());

export const randomUniform = (random: Random, shape: readonly number[], low = 0, high = 1): F64 =>
  map(make(shape), () => low + (high - low) * random.uniform());

/** Moves values nearer than `gap` to a kink out to the gap, so that no difference step crosses it. */
export function awayFrom(x: F64, kinks: readonly number[], gap: number): F64 {
  return map(x, (value) => {
    for (const kink of kinks) {
      if (Math.abs(value - kink) < gap) return value < kink ? kink - gap : kink + gap;
    }
    return value;
  });
}
